output "role_arn" {
  description = "For extra_log_buckets of the SIEM."
  value       = aws_iam_role.read.arn
}
