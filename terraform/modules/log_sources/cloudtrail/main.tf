# A trail of this account, or of its organization, in all regions.

data "aws_partition" "current" {}

resource "aws_cloudtrail" "this" {
  # checkov:skip=CKV_AWS_252: the log bucket tells es_loader of new files, no topic is needed
  # checkov:skip=CKV2_AWS_10: the SIEM is where the trail is watched
  name                          = "${var.prefix}-trail"
  s3_bucket_name                = var.log_bucket
  enable_log_file_validation    = true
  include_global_service_events = true
  is_multi_region_trail         = true
  is_organization_trail         = var.is_organization_trail
  kms_key_id                    = var.key_arn

  advanced_event_selector {
    name = "Management events"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  dynamic "advanced_event_selector" {
    for_each = var.s3_data_events ? [1] : []

    content {
      name = "S3 objects, but for the logs themselves: each would make the next"

      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }

      field_selector {
        field  = "resources.type"
        equals = ["AWS::S3::Object"]
      }

      field_selector {
        field           = "resources.ARN"
        not_starts_with = ["arn:${data.aws_partition.current.partition}:s3:::${var.log_bucket}/"]
      }
    }
  }

  dynamic "insight_selector" {
    for_each = var.insights ? ["ApiCallRateInsight", "ApiErrorRateInsight"] : []

    content {
      insight_type = insight_selector.value
    }
  }
}
