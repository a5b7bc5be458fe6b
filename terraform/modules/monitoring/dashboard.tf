# One page of CloudWatch: is everything loaded, and does the domain bear it?

locals {
  domain_metric = { for name in ["FreeStorageSpace", "CPUUtilization", "JVMMemoryPressure", "ClusterStatus.red", "ClusterStatus.yellow"] :
    name => ["AWS/ES", name, "DomainName", var.domain.name, "ClientId", local.account]
  }
  loader_search = { for name in ["SuccessLogLoadCount", "QuarantinedLogCount", "ExcludedLogCount", "RetryCount"] :
    name => "SUM(SEARCH('{SIEM,logtype,service} service=\"${var.loader.name}\" MetricName=\"${name}\"', 'Sum', 300))"
  }

  widgets = [
    {
      title   = "Records: indexed, quarantined, excluded"
      metrics = [for name, expression in local.loader_search : [{ expression = expression, id = lower(name), label = name }] if name != "RetryCount"]
    },
    {
      title   = "Messages waiting"
      metrics = [for queue in var.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name]]
    },
    {
      title   = "Age of the oldest message (s)"
      metrics = [for queue in var.queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue.name]]
    },
    {
      title = "es_loader"
      metrics = [for name in ["Invocations", "Errors", "Throttles", "ConcurrentExecutions"] :
        ["AWS/Lambda", name, "FunctionName", var.loader.name, { stat = name == "ConcurrentExecutions" ? "Maximum" : "Sum" }]
      ]
    },
    {
      title   = "Free storage of the domain (MB)"
      metrics = [concat(local.domain_metric["FreeStorageSpace"], [{ stat = "Sum" }])]
    },
    {
      title   = "CPU and memory of the domain (%)"
      metrics = [for name in ["CPUUtilization", "JVMMemoryPressure"] : concat(local.domain_metric[name], [{ stat = "Maximum" }])]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.prefix

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm"
        x          = 0
        y          = 0
        width      = 24
        height     = 4
        properties = { title = "Alarms", alarms = [for each in aws_cloudwatch_metric_alarm.domain : each.arn] }
      }],
      [for index, each in local.widgets : {
        type   = "metric"
        x      = index % 2 * 12
        y      = 4 + floor(index / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = each.title
          metrics = each.metrics
          region  = local.region
          period  = 300
          stat    = "Maximum"
          view    = "timeSeries"
        }
      }],
    )
  })
}
