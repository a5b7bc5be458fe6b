# Logs of Aurora, RDS for MySQL and MariaDB, and RDS for PostgreSQL, as they export them to CloudWatch. The
# databases themselves are the caller's: give them the output enabled_cloudwatch_logs_exports.

locals {
  log_groups = toset(concat(
    flatten([for id, logs in var.clusters : [for log in logs : "/aws/rds/cluster/${id}/${log}"]]),
    flatten([for id, logs in var.instances : [for log in logs : "/aws/rds/instance/${id}/${log}"]]),
  ))
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: the key of the SIEM is in another account; CloudWatch encrypts by itself
  # checkov:skip=CKV_AWS_338: the log bucket is where they are kept
  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.retention_days
}

module "subscription" {
  source = "../cloudwatch_logs"

  log_bucket = var.log_bucket
  log_groups = local.log_groups
  name       = "${var.prefix}-rds"

  depends_on = [aws_cloudwatch_log_group.this]
}
