output "arn" {
  description = "ARN of the domain."
  value       = aws_opensearch_domain.this.arn
}

output "dashboards_url" {
  description = "URL of OpenSearch Dashboards."
  value       = "https://${aws_opensearch_domain.this.endpoint}/_dashboards"
}

output "endpoint" {
  description = "URL of the domain."
  value       = "https://${aws_opensearch_domain.this.endpoint}"

  # Who calls it needs the policy.
  depends_on = [aws_opensearch_domain_policy.this]
}

output "master_secret_arn" {
  description = "ARN of the secret with the master user's name and password."
  value       = aws_secretsmanager_secret.master.arn
}

output "name" {
  description = "Name of the domain."
  value       = aws_opensearch_domain.this.domain_name
}

output "snapshot_bucket" {
  description = "Name and ARN of the bucket of snapshots, saved objects and quarantined records."
  value = {
    arn  = aws_s3_bucket.snapshots.arn
    name = aws_s3_bucket.snapshots.id
  }
}

output "snapshot_role_arn" {
  description = "ARN of the role that the domain writes snapshots as."
  value       = aws_iam_role.snapshot.arn
}
