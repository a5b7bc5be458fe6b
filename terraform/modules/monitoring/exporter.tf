# metrics_exporter: how large the indices are and which log sources are silent, every hour.

data "aws_iam_policy_document" "exporter" {
  statement {
    sid       = "ReadStatistics"
    actions   = ["es:ESHttpGet", "es:ESHttpPost"]
    resources = ["${var.domain.arn}/*"]
  }

  statement {
    sid       = "WriteMetricsAsLogs"
    actions   = ["s3:PutObject"]
    resources = ["${var.log_bucket.arn}/AWSLogs/${local.account}/IndexMetrics/*"]
  }

  statement {
    sid       = "KeepHistory"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.domain.snapshot_bucket.arn}/metrics_exporter/*"]
  }

  # Without s3:ListBucket S3 says "access denied" of the history that is not there yet.
  statement {
    sid       = "TellMissingFromDenied"
    actions   = ["s3:ListBucket"]
    resources = [var.domain.snapshot_bucket.arn]
  }

  statement {
    sid       = "KeyOfHistory"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.function.key_arn]
  }
}

module "exporter" {
  source = "../function"

  architecture    = var.function.architecture
  description     = "Measures the indices and finds silent log sources"
  folder          = "metrics_exporter"
  key_arn         = var.function.key_arn
  log_days        = var.function.log_days
  memory_mb       = 512
  name            = "${var.prefix}-index-metrics-exporter"
  policy          = data.aws_iam_policy_document.exporter.json
  timeout_seconds = 300
  vpc             = var.vpc

  environment = {
    LOG_BUCKET          = var.log_bucket.name
    OPENSEARCH_ENDPOINT = var.domain.endpoint
    SILENCE_FLOOR_HOURS = ""
    SNAPSHOT_BUCKET     = var.domain.snapshot_bucket.name
  }
}

resource "aws_cloudwatch_event_rule" "exporter" {
  name                = "${var.prefix}-EventBridgeRuleLambdaMetricsExporter"
  description         = "Metrics of the indices, every hour"
  schedule_expression = "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "exporter" {
  rule = aws_cloudwatch_event_rule.exporter.name
  arn  = module.exporter.arn
}

resource "aws_lambda_permission" "exporter" {
  statement_id  = "Schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.exporter.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.exporter.arn
}

# A time series for each silent source, and the alarm names those that it is about.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
resource "aws_cloudwatch_metric_alarm" "silent" {
  alarm_name          = "${var.prefix}-LogSourceSilent"
  alarm_description   = "A log source has been quiet for longer than it ever is: has somebody switched it off? docs/concepts/metrics.md tells how that is learned."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alert.arn]
  ok_actions          = [aws_sns_topic.alert.arn]

  metric_query {
    id          = "silent"
    expression  = "SELECT MAX(LogSourceSilence) FROM SCHEMA(SIEM, account, logtype, region, service) WHERE service = '${var.prefix}-index-metrics-exporter' GROUP BY account, logtype, region"
    period      = 60 * local.minute
    return_data = true
  }
}
