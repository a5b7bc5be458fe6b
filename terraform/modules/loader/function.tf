# The function, what it may do, and what invokes it.

data "aws_iam_policy_document" "loader" {
  statement {
    sid       = "ReceiveMessages"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = concat([aws_sqs_queue.logs.arn, aws_sqs_queue.splitted.arn], values(local.extra_queues))
  }

  statement {
    sid       = "SendContinuations"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.splitted.arn]
  }

  # Without s3:ListBucket S3 says "access denied" of an object that was deleted.
  statement {
    sid       = "TellGoneFromDenied"
    actions   = ["s3:ListBucket"]
    resources = [var.log_bucket.arn, var.geo_bucket.arn]
  }

  statement {
    sid       = "ReadLogs"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${var.log_bucket.arn}/*"]
  }

  statement {
    sid       = "ReadGeoIp"
    actions   = ["s3:GetObject"]
    resources = ["${var.geo_bucket.arn}/*"]
  }

  statement {
    sid       = "Quarantine"
    actions   = ["s3:PutObject"]
    resources = ["${var.snapshot_bucket.arn}/quarantine/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.function.key_arn]
  }

  dynamic "statement" {
    for_each = var.log_bucket.key_arn[*]

    content {
      sid       = "KeyOfLogs"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }

  statement {
    sid       = "Index"
    actions   = ["es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost", "es:ESHttpPut"]
    resources = ["${var.domain.arn}/*"]
  }

  dynamic "statement" {
    for_each = length(var.extra_log_buckets) > 0 ? [1] : []

    content {
      sid       = "ReadAsOthers"
      actions   = ["sts:AssumeRole"]
      resources = distinct([for each in var.extra_log_buckets : each.role_arn])
    }
  }
}

module "function" {
  source = "../function"

  architecture         = var.function.architecture
  description          = "Loads log objects of S3 into OpenSearch"
  folder               = "es_loader"
  key_arn              = var.function.key_arn
  log_days             = var.function.log_days
  memory_mb            = 2048
  name                 = local.name
  policy               = data.aws_iam_policy_document.loader.json
  reserved_concurrency = var.reserved_concurrency
  timeout_seconds      = local.timeout_seconds
  tmp_mb               = 1024
  vpc                  = var.vpc

  environment = {
    DLQ_URL                 = aws_sqs_queue.dead.url
    EXTRA_LOG_BUCKETS       = jsonencode({ for bucket, each in var.extra_log_buckets : bucket => each.role_arn })
    GEO_BUCKET              = var.geo_bucket.name
    LOGS_QUEUE_URL          = aws_sqs_queue.logs.url
    OPENSEARCH_ENDPOINT     = var.domain.endpoint
    SNAPSHOT_BUCKET         = var.snapshot_bucket.name
    SPLITTED_LOGS_QUEUE_URL = aws_sqs_queue.splitted.url
    TRUSTED_PROXIES         = join(",", var.trusted_proxies)
  }
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each = merge(
    {
      logs     = { queue_arn = aws_sqs_queue.logs.arn, concurrency = local.logs_concurrency }
      splitted = { queue_arn = aws_sqs_queue.splitted.arn, concurrency = local.splitted_concurrency }
    },
    { for bucket, queue_arn in local.extra_queues : "extra-${bucket}" => { queue_arn = queue_arn, concurrency = local.extra_concurrency } },
  )

  event_source_arn        = each.value.queue_arn
  function_name           = module.function.arn
  batch_size              = local.batch_size
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = each.value.concurrency
  }

  lifecycle {
    # loader_stopper disables it and enables it again.
    ignore_changes = [enabled]

    precondition {
      condition     = local.logs_concurrency >= 2
      error_message = "Each mapping runs at least 2 at once: loader_reserved_concurrency has to be at least ${4 + local.extra_concurrency * length(local.extra_queues)} with this many queues in extra_log_buckets: ${local.concurrency}"
    }
  }
}
