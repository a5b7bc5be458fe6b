# Server access logs of buckets. S3 delivers them neither to another account nor to another region.

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket_logging" "this" {
  for_each = var.buckets

  bucket        = each.value
  target_bucket = var.log_bucket
  target_prefix = "AWSLogs/${data.aws_caller_identity.current.account_id}/S3AccessLogs/"

  target_object_key_format {
    partitioned_prefix {
      partition_date_source = "EventTime"
    }
  }
}
