# Log buckets of others tell of new objects by EventBridge: those of this account and region on the default
# bus, the others (they name an account) by a rule over there that sends to our bus: log_sources/extra_log_bucket.

locals {
  buses = merge(
    length(var.extra_log_buckets) > 0 ? { default = "default" } : {},
    length(local.extra_bucket_accounts) > 0 ? { others = "${var.prefix}-extra-log-buckets" } : {},
  )
}

resource "aws_cloudwatch_event_bus" "others" {
  count = length(local.extra_bucket_accounts) > 0 ? 1 : 0

  name = "${var.prefix}-extra-log-buckets"
}

data "aws_iam_policy_document" "bus" {
  count = length(local.extra_bucket_accounts) > 0 ? 1 : 0

  statement {
    sid       = "OwnersOfBuckets"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.others[0].arn]

    principals {
      type        = "AWS"
      identifiers = [for id in local.extra_bucket_accounts : "arn:${data.aws_partition.current.partition}:iam::${id}:root"]
    }
  }
}

resource "aws_cloudwatch_event_bus_policy" "others" {
  count = length(local.extra_bucket_accounts) > 0 ? 1 : 0

  event_bus_name = aws_cloudwatch_event_bus.others[0].name
  policy         = data.aws_iam_policy_document.bus[0].json
}

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
resource "aws_cloudwatch_event_rule" "extra" {
  for_each = local.buses

  name           = "${var.prefix}-extra-log-buckets"
  description    = "New objects in the log buckets of others, on the bus ${each.key}"
  event_bus_name = each.key == "others" ? aws_cloudwatch_event_bus.others[0].name : each.value

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail      = { bucket = { name = keys(var.extra_log_buckets) } }
  })
}

resource "aws_cloudwatch_event_target" "extra" {
  for_each = local.buses

  rule           = aws_cloudwatch_event_rule.extra[each.key].name
  event_bus_name = aws_cloudwatch_event_rule.extra[each.key].event_bus_name
  arn            = aws_sqs_queue.logs.arn

  depends_on = [aws_sqs_queue_policy.logs]
}
