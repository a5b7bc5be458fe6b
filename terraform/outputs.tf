locals {
  buckets = {
    geo      = module.enrichment.bucket.name
    log      = module.log_bucket.name
    snapshot = module.domain.snapshot_bucket.name
  }
}

output "buckets" {
  description = "Names of the buckets: logs, snapshots (also quarantined records), GeoIP."
  value       = local.buckets
}

output "dashboards_url" {
  description = "URL of OpenSearch Dashboards."
  value       = module.domain.dashboards_url
}

output "deployment" {
  description = "What `siem --deployment FILE` needs: terraform output -json deployment > FILE"
  value = merge(module.loader.deployment, {
    account = local.account
    buckets = local.buckets
    region  = local.region
  })
}

output "existing_log_bucket_additions" {
  description = "What to add to the policy and to the notifications of existing_log_bucket; null where they are managed here."
  value = module.log_bucket.is_ours ? null : {
    notification = jsonencode({
      QueueConfigurations = [{
        Id       = "${var.prefix}-es-loader"
        QueueArn = module.loader.queues.logs.arn
        Events   = ["s3:ObjectCreated:*"]
      }]
    })
    policy_statements = module.log_bucket.statements
  }
}

output "extra_log_bus_arn" {
  description = "Event bus that accounts with extra_log_buckets send to; null without such accounts."
  value       = module.loader.bus_arn
}

output "key_arn" {
  description = "Key of the deployment, which services that encrypt their logs name."
  value       = module.log_bucket.key_arn
}

output "log_bucket" {
  description = "Name of the log bucket, for the modules of log_sources, once it takes logs."
  value       = module.log_bucket.name
}

output "next_steps" {
  description = "What is left to do by hand."
  value = join("\n", compact([
    "1. Open ${module.domain.dashboards_url}",
    "   user aesadmin; the password is in the secret ${var.prefix}-master:",
    "   aws secretsmanager get-secret-value --region ${local.region} --secret-id ${var.prefix}-master --query SecretString --output text",
    var.alert_email == null ? "2. Subscribe to the topic ${module.monitoring.topic_arn}: nobody is told of alarms yet." : "2. Confirm the subscription that AWS mailed to ${var.alert_email}.",
    "3. Turn logs on with the modules of terraform/modules/log_sources, bucket ${module.log_bucket.name}.",
    module.log_bucket.is_ours ? "" : "4. Add existing_log_bucket_additions to the bucket ${module.log_bucket.name}.",
    var.geoip.credentials_arn == null ? "Without geoip.credentials_arn addresses get no place and no network owner." : "",
  ]))
}

output "password_secret_arn" {
  description = "Secret with the name and the password of the master user."
  value       = module.domain.master_secret_arn
}

output "queues" {
  description = "ARN, name and URL of the queues: dead, logs, splitted."
  value       = module.loader.queues
}

output "topic_arn" {
  description = "Topic of alarms."
  value       = module.monitoring.topic_arn
}
