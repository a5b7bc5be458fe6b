# Security and System events of Windows as XML, by the CloudWatch agent: its configuration is in the SSM
# parameter.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: the key of the SIEM is in another account; CloudWatch encrypts by itself
  # checkov:skip=CKV_AWS_338: the log bucket is where they are kept
  name              = "/${var.prefix}/windows-event"
  retention_in_days = var.retention_days
}

# The name is one that the agent's managed policy lets it read.
resource "aws_ssm_parameter" "agent" {
  # checkov:skip=CKV2_AWS_34: it holds names of logs, no secret
  name        = "AmazonCloudWatch-${var.prefix}-windows"
  description = "Configuration of the CloudWatch agent: events to the SIEM"
  type        = "String"

  value = jsonencode({
    logs = {
      logs_collected = {
        windows_events = {
          collect_list = [for name in ["Security", "System"] : {
            event_format    = "xml"
            event_levels    = ["INFORMATION", "WARNING", "ERROR", "CRITICAL"]
            event_name      = name
            log_group_name  = aws_cloudwatch_log_group.this.name
            log_stream_name = "{instance_id}"
          }]
        }
      }
    }
  })
}

module "subscription" {
  source = "../cloudwatch_logs"

  log_bucket = var.log_bucket
  log_groups = [aws_cloudwatch_log_group.this.name]
  name       = "${var.prefix}-windows"
}
