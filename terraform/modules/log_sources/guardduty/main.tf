# Findings of GuardDuty; in its administrator account those of all members.

data "aws_partition" "current" {}

resource "aws_guardduty_detector" "this" {
  # checkov:skip=CKV2_AWS_3: which accounts and regions is the caller's choice
  count = var.detector_id == null ? 1 : 0

  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}

resource "aws_guardduty_publishing_destination" "this" {
  detector_id     = var.detector_id == null ? aws_guardduty_detector.this[0].id : var.detector_id
  destination_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.log_bucket}"
  kms_key_arn     = var.key_arn
}
