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
