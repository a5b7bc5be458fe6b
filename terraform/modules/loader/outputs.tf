output "arn" {
  description = "ARN of es_loader."
  value       = module.function.arn
}

output "bus_arn" {
  description = "ARN of the event bus that owners of extra log buckets send to; null: there is none."
  value       = one(aws_cloudwatch_event_bus.others[*].arn)
}

output "deployment" {
  description = "What `siem --deployment` and the local stack need of the loader."
  value = {
    environment = module.function.environment
    function = {
      batch_size = local.batch_size
      memory     = 2048
      name       = module.function.name
      timeout    = local.timeout_seconds
    }
    queues = {
      dlq           = aws_sqs_queue.dead.name
      logs          = aws_sqs_queue.logs.name
      splitted_logs = aws_sqs_queue.splitted.name
    }
  }
}

output "mapping_arns" {
  description = "ARNs of the event source mappings."
  value       = [for each in aws_lambda_event_source_mapping.this : each.arn]
}

output "name" {
  description = "Name of es_loader."
  value       = module.function.name
}

output "queues" {
  description = "ARN, name and URL of each queue: dead, logs, splitted."
  value = {
    for name, queue in { dead = aws_sqs_queue.dead, logs = aws_sqs_queue.logs, splitted = aws_sqs_queue.splitted } :
    name => { arn = queue.arn, name = queue.name, url = queue.url }
  }
}

output "role_arn" {
  description = "ARN of the loader's role."
  value       = module.function.role_arn
}
