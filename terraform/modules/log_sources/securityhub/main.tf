# Findings of Security Hub: its own and those of Inspector, Macie, Access Analyzer and others; in the
# aggregation region of its administrator account those of all members and regions.

resource "aws_securityhub_account" "this" {
  count = var.enable ? 1 : 0
}

# https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
module "events" {
  source = "../events"

  folder     = "SecurityHub"
  log_bucket = var.log_bucket
  name       = "${var.prefix}-securityhub"

  event_patterns = {
    findings = jsonencode({
      source      = ["aws.securityhub"]
      detail-type = ["Security Hub Findings - Imported"]
    })
  }
}
