output "alert_role_arn" {
  description = "ARN of the role that the domain publishes alerts as."
  value       = aws_iam_role.alert.arn
}

output "exporter_role_arn" {
  description = "ARN of metrics_exporter's role."
  value       = module.exporter.role_arn
}

output "topic_arn" {
  description = "ARN of the topic of alarms."
  value       = aws_sns_topic.alert.arn
}
