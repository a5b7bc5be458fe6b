# Log groups of CloudWatch, through Firehose, to the log bucket.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample

module "firehose" {
  source = "../firehose"

  compressed = true
  folder     = var.folder
  log_bucket = var.log_bucket
  name       = var.name
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["logs.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:*"]
    }
  }
}

data "aws_iam_policy_document" "put" {
  statement {
    sid       = "Put"
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [module.firehose.arn]
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-logs"
  description        = "Of the subscriptions that send to ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "put"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.put.json
}

resource "aws_cloudwatch_log_subscription_filter" "this" {
  for_each = var.log_groups

  name            = var.name
  log_group_name  = each.value
  filter_pattern  = var.filter_pattern
  destination_arn = module.firehose.arn
  role_arn        = aws_iam_role.this.arn

  depends_on = [aws_iam_role_policy.this]
}
