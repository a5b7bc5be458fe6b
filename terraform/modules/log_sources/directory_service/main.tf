# Security events of AWS Managed Microsoft AD.
# https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_log_forwarding.html

data "aws_caller_identity" "current" {}

locals {
  log_group = "/aws/directoryservice/${var.directory_id}"
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: the key of the SIEM is in another account; CloudWatch encrypts by itself
  # checkov:skip=CKV_AWS_338: the log bucket is where they are kept
  name              = local.log_group
  retention_in_days = var.retention_days
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["ds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = "${var.prefix}-${var.directory_id}"
  policy_document = data.aws_iam_policy_document.this.json
}

resource "aws_directory_service_log_subscription" "this" {
  directory_id   = var.directory_id
  log_group_name = aws_cloudwatch_log_group.this.name

  depends_on = [aws_cloudwatch_log_resource_policy.this]
}

module "subscription" {
  source = "../cloudwatch_logs"

  folder     = "DirectoryService/MicrosoftAD"
  log_bucket = var.log_bucket
  log_groups = [aws_cloudwatch_log_group.this.name]
  name       = "${var.prefix}-directory-service"
}
