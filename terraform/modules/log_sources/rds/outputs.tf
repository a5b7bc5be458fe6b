output "enabled_cloudwatch_logs_exports" {
  description = "What aws_rds_cluster and aws_db_instance take, by the id of the database."
  value       = { for id, logs in merge(var.clusters, var.instances) : id => sort(logs) }
}
