# Alerts, flows and TLS events of a Network Firewall.

resource "aws_networkfirewall_logging_configuration" "this" {
  firewall_arn = var.firewall_arn

  logging_configuration {
    dynamic "log_destination_config" {
      for_each = var.log_types

      content {
        log_type             = log_destination_config.value
        log_destination_type = "S3"
        log_destination      = { bucketName = var.log_bucket }
      }
    }
  }
}
