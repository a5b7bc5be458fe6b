# /var/log/secure (auth.log) and /var/log/messages (syslog) of Linux, by the CloudWatch agent: its configuration
# is in the SSM parameter. Amazon Linux 2023 needs rsyslog to have these files.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html

locals {
  files = {
    messages = ["/var/log/messages", "/var/log/syslog"]
    secure   = ["/var/log/secure", "/var/log/auth.log"]
  }
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: the key of the SIEM is in another account; CloudWatch encrypts by itself
  # checkov:skip=CKV_AWS_338: the log bucket is where they are kept
  for_each = local.files

  name              = "/${var.prefix}/linux/${each.key}"
  retention_in_days = var.retention_days
}

# The name is one that the agent's managed policy lets it read.
resource "aws_ssm_parameter" "agent" {
  # checkov:skip=CKV2_AWS_34: it holds paths, no secret
  name        = "AmazonCloudWatch-${var.prefix}-linux"
  description = "Configuration of the CloudWatch agent: logs to the SIEM"
  type        = "String"

  value = jsonencode({
    logs = {
      logs_collected = {
        files = {
          collect_list = flatten([for name, paths in local.files : [for path in paths : {
            file_path       = path
            log_group_name  = aws_cloudwatch_log_group.this[name].name
            log_stream_name = "{instance_id}"
          }]])
        }
      }
    }
  })
}

module "subscription" {
  source = "../cloudwatch_logs"

  log_bucket = var.log_bucket
  log_groups = [for name in keys(local.files) : "/${var.prefix}/linux/${name}"]
  name       = "${var.prefix}-linux"

  depends_on = [aws_cloudwatch_log_group.this]
}
