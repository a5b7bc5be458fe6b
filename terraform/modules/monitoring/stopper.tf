# loader_stopper: what the alarm on free storage starts, and stops again.

data "aws_iam_policy_document" "stopper" {
  statement {
    # Takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    sid       = "FindMappings"
    actions   = ["lambda:ListEventSourceMappings"]
    resources = ["*"]
  }

  statement {
    sid       = "SwitchMappings"
    actions   = ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"]
    resources = var.loader.mapping_arns
  }

  statement {
    sid       = "SwitchLoader"
    actions   = ["lambda:DeleteFunctionConcurrency", "lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency"]
    resources = [var.loader.arn]
  }

  statement {
    sid       = "KeepWhatWas"
    actions   = ["ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"]
    resources = ["arn:${local.partition}:ssm:${local.region}:${local.account}:parameter/${var.prefix}/es-loader-paused"]
  }

  statement {
    sid       = "LookAgain"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [aws_cloudwatch_metric_alarm.domain["TotalFreeStorageSpaceRemainsLowAlarm"].arn]
  }

  statement {
    sid       = "Tell"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alert.arn]
  }

  statement {
    sid       = "KeyOfTopic"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.function.key_arn]
  }
}

# Outside the VPC: it has to work when nothing else does, and needs nothing in there.
module "stopper" {
  source = "../function"

  architecture    = var.function.architecture
  description     = "Stops es_loader while the domain is full"
  folder          = "loader_stopper"
  key_arn         = var.function.key_arn
  log_days        = var.function.log_days
  memory_mb       = 256
  name            = "${var.prefix}-es-loader-stopper"
  policy          = data.aws_iam_policy_document.stopper.json
  timeout_seconds = 300

  environment = {
    ALERT_TOPIC_ARN    = aws_sns_topic.alert.arn
    ES_LOADER_FUNCTION = var.loader.name
  }
}

resource "aws_cloudwatch_event_rule" "stopper" {
  name        = "${var.prefix}-EsLoaderStopperRule"
  description = "The alarm on free storage changes its state"

  event_pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    resources   = [aws_cloudwatch_metric_alarm.domain["TotalFreeStorageSpaceRemainsLowAlarm"].arn]
  })
}

resource "aws_cloudwatch_event_target" "stopper" {
  rule = aws_cloudwatch_event_rule.stopper.name
  arn  = module.stopper.arn
}

resource "aws_lambda_permission" "stopper" {
  statement_id  = "Alarm"
  action        = "lambda:InvokeFunction"
  function_name = module.stopper.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.stopper.arn
}
