output "log_delivery_configuration" {
  description = "Blocks of aws_elasticache_replication_group."
  value = [for name, stream in module.firehose : {
    destination      = stream.name
    destination_type = "kinesis-firehose"
    log_format       = "json"
    log_type         = name
  }]
}
