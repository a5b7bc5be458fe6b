# Standard logs (v2) of CloudFront, which need no ACLs; their delivery is set up in us-east-1.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html

locals {
  region = "us-east-1"
}

data "aws_partition" "current" {}

resource "aws_cloudwatch_log_delivery_source" "this" {
  for_each = var.distributions

  region       = local.region
  name         = "${var.prefix}-cloudfront-${each.key}"
  log_type     = "ACCESS_LOGS"
  resource_arn = each.value
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  region        = local.region
  name          = "${var.prefix}-cloudfront"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.log_bucket}"
  }
}

resource "aws_cloudwatch_log_delivery" "this" {
  for_each = var.distributions

  region                   = local.region
  delivery_source_name     = aws_cloudwatch_log_delivery_source.this[each.key].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this.arn

  # Below AWSLogs/<account>/CloudFront/, which AWS puts before it.
  s3_delivery_configuration = [{
    enable_hive_compatible_path = false
    suffix_path                 = "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}"
  }]
}
