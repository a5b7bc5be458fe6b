# es_loader and the queues that feed it.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  name            = "${var.prefix}-es-loader"
  timeout_seconds = 600
  batch_size      = 10

  # A message may come again as often as the queues keep it: the loader sets when.
  retention_seconds = 14 * 24 * 3600
  receives          = 50

  extra_queues = { for bucket, each in var.extra_log_buckets : bucket => each.queue_arn if each.queue_arn != null }

  # What the mappings may run at once has to fit into what is reserved: a message that is received and
  # not processed is one step nearer to the dead-letter queue. The least that a mapping takes is 2.
  concurrency           = coalesce(var.reserved_concurrency, 10)
  splitted_concurrency  = 2
  extra_concurrency     = 2
  logs_concurrency      = local.concurrency - local.splitted_concurrency - local.extra_concurrency * length(local.extra_queues)
  extra_bucket_arns     = [for bucket in keys(var.extra_log_buckets) : "arn:${data.aws_partition.current.partition}:s3:::${bucket}"]
  extra_bucket_accounts = sort(toset(compact([for each in var.extra_log_buckets : each.account_id])))
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.prefix}-dlq"
  message_retention_seconds = local.retention_seconds
  sqs_managed_sse_enabled   = true
  # Where a message is looked at by hand, it is hidden as long as in its own queue.
  visibility_timeout_seconds = 6 * local.timeout_seconds
}

resource "aws_sqs_queue" "logs" {
  name                       = "${var.prefix}-sqs-logs"
  message_retention_seconds  = local.retention_seconds
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 6 * local.timeout_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = local.receives
  })
}

resource "aws_sqs_queue" "splitted" {
  name                       = "${var.prefix}-sqs-splitted-logs"
  message_retention_seconds  = local.retention_seconds
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 6 * local.timeout_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = local.receives
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.logs.arn, aws_sqs_queue.splitted.arn]
  })
}

data "aws_iam_policy_document" "logs_queue" {
  statement {
    sid       = "LogBucket"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.logs.arn]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [var.log_bucket.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }

  dynamic "statement" {
    for_each = length(var.extra_log_buckets) > 0 ? [1] : []

    content {
      sid       = "ExtraLogBuckets"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.logs.arn]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [for each in aws_cloudwatch_event_rule.extra : each.arn]
      }
    }
  }

  source_policy_documents = [data.aws_iam_policy_document.tls["logs"].json]
}

data "aws_iam_policy_document" "tls" {
  for_each = {
    dead     = aws_sqs_queue.dead.arn
    logs     = aws_sqs_queue.logs.arn
    splitted = aws_sqs_queue.splitted.arn
  }

  statement {
    sid       = "OnlyByTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "logs" {
  queue_url = aws_sqs_queue.logs.id
  policy    = data.aws_iam_policy_document.logs_queue.json
}

resource "aws_sqs_queue_policy" "splitted" {
  queue_url = aws_sqs_queue.splitted.id
  policy    = data.aws_iam_policy_document.tls["splitted"].json
}

resource "aws_sqs_queue_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id
  policy    = data.aws_iam_policy_document.tls["dead"].json
}

resource "aws_s3_bucket_notification" "logs" {
  count = var.log_bucket.is_ours ? 1 : 0

  bucket = var.log_bucket.name

  queue {
    id        = "${var.prefix}-es-loader"
    queue_arn = aws_sqs_queue.logs.arn
    events    = ["s3:ObjectCreated:*"]
  }

  depends_on = [aws_sqs_queue_policy.logs]
}
