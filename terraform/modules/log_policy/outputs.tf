output "accounts" {
  description = "Accounts that may deliver by their number."
  value       = local.accounts
}

output "bucket_policy" {
  description = "Policy of the log bucket, JSON."
  value       = local.bucket_policy

  precondition {
    condition     = length(local.bucket_policy) <= 20480
    error_message = "S3 takes bucket policies of 20,480 bytes. This one is larger, because each of log_accounts is named in it; name the organization instead (organization_id), and in log_accounts only accounts with load balancers. Bytes: ${length(local.bucket_policy)}"
  }
}

output "key_policy" {
  description = "Policy of the key, JSON."
  value       = local.key_policy
}

output "statements" {
  description = "Statements of the bucket's policy, for a bucket that has a policy of its own; JSON."
  value       = jsonencode(local.statements)
}
