# What is watched. An alarm tells the topic when it begins and when it is over.
# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html

locals {
  domain_dimensions = { ClientId = local.account, DomainName = var.domain.name }
  minute            = 60
  day               = 24 * 3600

  domain_alarms = {
    TotalFreeStorageSpaceRemainsLowAlarm = {
      text       = "The domain has had at most 200 MB of free storage for 30 minutes: es_loader is stopped. Delete indices or add storage."
      metric     = "FreeStorageSpace"
      statistic  = "Sum"
      comparison = "LessThanOrEqualToThreshold"
      threshold  = 200
      minutes    = 30
    }
    ClusterRed = {
      text    = "A primary shard is not assigned: some documents can neither be read nor written."
      metric  = "ClusterStatus.red"
      minutes = 5
    }
    ClusterYellow = {
      text    = "A replica is not assigned for 30 minutes: the loss of a node could lose documents."
      metric  = "ClusterStatus.yellow"
      minutes = 30
    }
    WritesBlocked = {
      text    = "The domain takes no writes: too little storage or memory."
      metric  = "ClusterIndexWritesBlocked"
      minutes = 5
    }
    SnapshotFailure = {
      text    = "The domain's hourly snapshot failed, mostly because of a red index."
      metric  = "AutomatedSnapshotFailure"
      minutes = 1
    }
    JvmPressure = {
      text      = "The memory of data nodes is nearly used up: use larger or more nodes, or fewer shards."
      metric    = "JVMMemoryPressure"
      threshold = 95
      minutes   = 3
    }
    Cpu = {
      text      = "The data nodes have been busy for 45 minutes."
      metric    = "CPUUtilization"
      threshold = 80
      minutes   = 45
    }
    KeyError = {
      text    = "The domain cannot use its key: without it, its data cannot be read."
      metric  = "KMSKeyError"
      minutes = 1
    }
  }

  master_alarms = {
    MasterUnreachable = {
      text       = "The dedicated masters stopped, or cannot be reached by the data nodes."
      metric     = "MasterReachableFromNode"
      statistic  = "Minimum"
      comparison = "LessThanThreshold"
      threshold  = 1
      minutes    = 5
    }
    MasterCpu = {
      text      = "The dedicated masters have been busy for 45 minutes: use larger ones."
      metric    = "MasterCPUUtilization"
      threshold = 50
      minutes   = 45
    }
    MasterJvmPressure = {
      text      = "The memory of dedicated masters is nearly used up: use larger ones."
      metric    = "MasterJVMMemoryPressure"
      threshold = 95
      minutes   = 3
    }
  }

  queue_alarms = {
    DeadLetters = {
      text      = "Messages failed 50 times. `siem replay dlq` tries them again once the cause is gone."
      queue     = "dead"
      metric    = "ApproximateNumberOfMessagesVisible"
      threshold = 0
    }
    OldestLogs = {
      text      = "A log object has waited for a day: es_loader is stopped, failing, or too slow. It is kept for 14 days."
      queue     = "logs"
      metric    = "ApproximateAgeOfOldestMessage"
      threshold = local.day
    }
    OldestSplittedLogs = {
      text      = "The rest of a long log object has waited for a day. It is kept for 14 days."
      queue     = "splitted"
      metric    = "ApproximateAgeOfOldestMessage"
      threshold = local.day
    }
  }

  watched = merge(var.functions, {
    EsLoader        = var.loader.name
    EsLoaderStopper = module.stopper.name
    MetricsExporter = module.exporter.name
  })
}

resource "aws_cloudwatch_metric_alarm" "domain" {
  for_each = merge(local.domain_alarms, var.has_masters ? local.master_alarms : {})

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = each.value.text
  namespace           = "AWS/ES"
  metric_name         = each.value.metric
  dimensions          = local.domain_dimensions
  statistic           = try(each.value.statistic, "Maximum")
  comparison_operator = try(each.value.comparison, "GreaterThanOrEqualToThreshold")
  threshold           = try(each.value.threshold, 1)
  period              = local.minute
  evaluation_periods  = each.value.minutes
  alarm_actions       = [aws_sns_topic.alert.arn]
  ok_actions          = [aws_sns_topic.alert.arn]
}

resource "aws_cloudwatch_metric_alarm" "queue" {
  for_each = local.queue_alarms

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = each.value.text
  namespace           = "AWS/SQS"
  metric_name         = each.value.metric
  dimensions          = { QueueName = var.queues[each.value.queue].name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 5 * local.minute
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # an idle queue tells nothing
  alarm_actions       = [aws_sns_topic.alert.arn]
  ok_actions          = [aws_sns_topic.alert.arn]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = local.watched

  alarm_name          = "${var.prefix}-${each.key}Errors"
  alarm_description   = "${each.value} ended with an error; its log group says why: /aws/lambda/${each.value}"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 5 * local.minute
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alert.arn]
  ok_actions          = [aws_sns_topic.alert.arn]
}

# Some throttles are how the mappings find their pace; only lasting ones mean that too little is reserved.
resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "${var.prefix}-EsLoaderThrottles"
  alarm_description   = "es_loader has been throttled for 30 minutes: the account's concurrency is used up by others."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = var.loader.name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 5 * local.minute
  evaluation_periods  = 6
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alert.arn]
  ok_actions          = [aws_sns_topic.alert.arn]
}

# The loader's metric is by log type, and new ones come: so each series that the query finds is watched, and
# the alarm names the log types that it is about.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
resource "aws_cloudwatch_metric_alarm" "quarantine" {
  alarm_name          = "${var.prefix}-Quarantine"
  alarm_description   = "Records could not be indexed and were put into quarantine, in the snapshot bucket under quarantine/. `siem replay quarantine` tries them again."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alert.arn]
  ok_actions          = [aws_sns_topic.alert.arn]

  metric_query {
    id          = "quarantined"
    expression  = "SELECT SUM(QuarantinedLogCount) FROM SCHEMA(SIEM, logtype, service) WHERE service = '${var.loader.name}' GROUP BY logtype"
    period      = 5 * local.minute
    return_data = true
  }
}

# The downloader tells the age of each database every 12 hours; in between the alarm stays as it is.
resource "aws_cloudwatch_metric_alarm" "geoip" {
  for_each = var.geoip_days == null ? [] : toset(["GeoLite2-City", "GeoLite2-Country", "GeoLite2-ASN"])

  alarm_name          = "${var.prefix}-GeoIpOld-${each.value}"
  alarm_description   = "The database is older than ${var.geoip_days} days: are MaxMind's account id and licence key right? The log of the downloader says."
  namespace           = "SIEM"
  metric_name         = "DatabaseAge"
  dimensions          = { database = each.value, service = "${var.prefix}-geoip-downloader" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.geoip_days * local.day
  period              = 5 * local.minute
  evaluation_periods  = 1
  treat_missing_data  = "ignore"
  alarm_actions       = [aws_sns_topic.alert.arn]
  ok_actions          = [aws_sns_topic.alert.arn]
}
