# Slow log and engine log of ElastiCache for Redis OSS and Valkey. The cluster itself is the caller's: give it
# the output log_delivery_configuration.

locals {
  logs = { slow-log = "SlowLog", engine-log = "EngineLog" }
}

module "firehose" {
  source   = "../firehose"
  for_each = local.logs

  folder     = "ElastiCache/Redis/${each.value}"
  log_bucket = var.log_bucket
  name       = "${var.prefix}-elasticache-${each.key}"
}
