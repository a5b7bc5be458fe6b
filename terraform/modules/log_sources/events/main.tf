# Events of EventBridge, through Firehose, to the log bucket.

module "firehose" {
  source = "../firehose"

  folder     = var.folder
  log_bucket = var.log_bucket
  name       = var.name
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
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
  name               = "${var.name}-events"
  description        = "Of the rules that send to ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "put"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.put.json
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.event_patterns

  name          = "${var.name}-${each.key}"
  description   = "To the log bucket ${var.log_bucket}"
  event_pattern = each.value
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = var.event_patterns

  rule     = aws_cloudwatch_event_rule.this[each.key].name
  arn      = module.firehose.arn
  role_arn = aws_iam_role.this.arn
}
