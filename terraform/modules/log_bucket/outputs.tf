output "arn" {
  description = "ARN of the log bucket."
  value       = local.bucket_arn

  # Services look whether they may deliver when they are told to.
  depends_on = [aws_s3_bucket_policy.logs]
}

output "is_ours" {
  description = "Whether policy and notification of the bucket are managed here."
  value       = local.policy_is_ours
}

output "key_arn" {
  description = "ARN of the key."
  value       = aws_kms_key.this.arn
}

output "name" {
  description = "Name of the log bucket, once it takes logs."
  value       = local.is_ours ? aws_s3_bucket.logs[0].id : local.bucket

  depends_on = [aws_s3_bucket_policy.logs]
}

output "statements" {
  description = "Statements for the policy of a bucket that is left as it is; JSON."
  value       = module.policy.statements
}
