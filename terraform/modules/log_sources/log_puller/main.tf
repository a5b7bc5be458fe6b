# log_puller: fetches on a schedule what AWS delivers nowhere.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "this" {
  statement {
    # These calls are about all of an account; they take no resource.
    sid       = "Read"
    actions   = var.actions
    resources = ["*"]
  }

  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.log_bucket}/AWSLogs/${data.aws_caller_identity.current.account_id}/${var.folder}/*"]
  }
}

module "function" {
  source = "../../function"

  architecture    = var.architecture
  description     = "Fetches ${var.source_name} for the SIEM"
  folder          = "log_puller"
  log_days        = 365
  memory_mb       = 512
  name            = var.name
  policy          = data.aws_iam_policy_document.this.json
  timeout_seconds = 900

  environment = {
    LOG_BUCKET        = var.log_bucket
    LOG_PULLER_SOURCE = var.source_name
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  name                = var.name
  description         = "Fetches ${var.source_name} for the SIEM"
  schedule_expression = var.schedule
}

resource "aws_cloudwatch_event_target" "this" {
  rule = aws_cloudwatch_event_rule.this.name
  arn  = module.function.arn
}

resource "aws_lambda_permission" "this" {
  statement_id  = "Schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this.arn
}
