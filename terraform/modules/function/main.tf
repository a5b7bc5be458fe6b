# One Lambda function out of dist/, with its role and its log group.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # The folder that `make build` writes, beside terraform/.
  zip   = "${path.module}/../../../dist/${var.architecture}/${var.folder}.zip"
  shown = "dist/${var.architecture}/${var.folder}.zip"

  network_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  description        = "Of the Lambda function ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "runtime" {
  statement {
    sid       = "OwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.vpc == null ? [] : [1]

    content {
      # Lambda asks for these on no resource in particular, whatever the function's VPC is.
      # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
      sid       = "NetworkInterfaces"
      actions   = local.network_actions
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.vpc == null ? [] : [1]

    content {
      # The permission is Lambda's; the code itself could use it too, so it is denied to the code.
      # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
      sid       = "NotByTheCode"
      effect    = "Deny"
      actions   = local.network_actions
      resources = ["*"]

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = ["arn:${data.aws_partition.current.partition}:lambda:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:function:${var.name}"]
      }
    }
  }
}

resource "aws_iam_role_policy" "runtime" {
  name   = "runtime"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.runtime.json
}

resource "aws_iam_role_policy" "work" {
  name   = "work"
  role   = aws_iam_role.this.name
  policy = var.policy
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: X-Ray costs and shows nothing that the logs and metrics do not
  # checkov:skip=CKV_AWS_116: messages that fail have the queues' dead-letter queue, schedules run again
  # checkov:skip=CKV_AWS_117: a VPC is the operator's choice (network)
  # checkov:skip=CKV_AWS_173: the environment holds names, no secret
  # checkov:skip=CKV_AWS_272: the zip comes from this machine's dist/, there is nobody else to sign it
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  runtime                        = "python3.13"
  handler                        = "${var.folder}.handler.handler"
  architectures                  = [var.architecture]
  filename                       = local.zip
  source_code_hash               = fileexists(local.zip) ? filebase64sha256(local.zip) : null
  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency

  ephemeral_storage {
    size = var.tmp_mb
  }

  environment {
    variables = merge(
      {
        LOG_LEVEL               = "INFO"
        POWERTOOLS_SERVICE_NAME = var.name
      },
      var.environment,
    )
  }

  logging_config {
    log_format = "Text" # the code writes JSON by itself
    log_group  = aws_cloudwatch_log_group.this.name
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]

    content {
      security_group_ids = vpc_config.value.security_group_ids
      subnet_ids         = vpc_config.value.subnet_ids
    }
  }

  lifecycle {
    # loader_stopper sets it to 0 and back.
    ignore_changes = [reserved_concurrent_executions]

    precondition {
      condition     = fileexists(local.zip)
      error_message = "The function's zip is missing; run `make build` before Terraform: ${local.shown}"
    }
  }

  depends_on = [aws_iam_role_policy.runtime, aws_iam_role_policy.work]
}
