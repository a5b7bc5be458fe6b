# For the owner of a log bucket: lets the SIEM read it, and tells it of new objects.

data "aws_partition" "current" {}

locals {
  bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"
}

data "aws_iam_policy_document" "loader_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.loader_role_arn]
    }
  }
}

data "aws_iam_policy_document" "read" {
  # Without s3:ListBucket S3 says "access denied" of an object that was deleted.
  statement {
    sid       = "TellGoneFromDenied"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${local.bucket_arn}/*"]
  }

  dynamic "statement" {
    for_each = var.key_arn[*]

    content {
      sid       = "Key"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role" "read" {
  name               = "${var.prefix}-read-${substr(sha256(var.bucket), 0, 8)}"
  description        = "What the SIEM reads ${var.bucket} as"
  assume_role_policy = data.aws_iam_policy_document.loader_trust.json
}

resource "aws_iam_role_policy" "read" {
  name   = "read"
  role   = aws_iam_role.read.name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_s3_bucket_notification" "this" {
  count = var.notify ? 1 : 0

  bucket      = var.bucket
  eventbridge = true
}

data "aws_iam_policy_document" "events_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.this.arn]
    }
  }
}

data "aws_iam_policy_document" "send" {
  statement {
    sid       = "Send"
    actions   = ["events:PutEvents"]
    resources = [var.bus_arn]
  }
}

resource "aws_iam_role" "send" {
  name               = "${var.prefix}-send-${substr(sha256(var.bucket), 0, 8)}"
  description        = "What EventBridge tells the SIEM of ${var.bucket} as"
  assume_role_policy = data.aws_iam_policy_document.events_trust.json
}

resource "aws_iam_role_policy" "send" {
  name   = "send"
  role   = aws_iam_role.send.name
  policy = data.aws_iam_policy_document.send.json
}

resource "aws_cloudwatch_event_rule" "this" {
  name        = "${var.prefix}-${substr(sha256(var.bucket), 0, 8)}"
  description = "New objects in ${var.bucket}, for the SIEM"

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail      = { bucket = { name = [var.bucket] } }
  })
}

resource "aws_cloudwatch_event_target" "this" {
  rule     = aws_cloudwatch_event_rule.this.name
  arn      = var.bus_arn
  role_arn = aws_iam_role.send.arn
}
