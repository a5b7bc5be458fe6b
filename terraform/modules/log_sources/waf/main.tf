# Requests that a web ACL of AWS WAF saw. WAF takes only destinations named aws-waf-logs-*, which the log
# bucket is not: so they go through Firehose.
# https://docs.aws.amazon.com/waf/latest/developerguide/logging-destinations.html

module "firehose" {
  source = "../firehose"

  folder     = "WAFLogs"
  log_bucket = var.log_bucket
  name       = "aws-waf-logs-${var.prefix}-${var.name}"
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = var.web_acl_arn
  log_destination_configs = [module.firehose.arn]

  dynamic "redacted_fields" {
    for_each = var.redacted_headers

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }
}
