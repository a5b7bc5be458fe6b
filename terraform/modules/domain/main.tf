# The OpenSearch domain, who may use it, and what it logs.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  # Osaka has no t3.
  trial_type    = local.region == "ap-northeast-3" ? "r5.large.search" : "t3.medium.search"
  instance_type = coalesce(var.cluster.instance_type, local.trial_type)
  is_burstable  = startswith(local.instance_type, "t3.")
  zones         = var.cluster.availability_zones
  off_peak      = split(":", var.cluster.off_peak_start_utc)

  # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#ebsresource
  burstable_gb = { "t3.small.search" = 100, "t3.medium.search" = 200 }
  largest_gb   = lookup(local.burstable_gb, local.instance_type, 24576)

  logs = {
    AUDIT_LOGS          = "audit-logs"
    ES_APPLICATION_LOGS = "application-logs"
    INDEX_SLOW_LOGS     = "index-slow-logs"
    SEARCH_SLOW_LOGS    = "search-slow-logs"
  }
}

resource "aws_opensearch_domain" "this" {
  # checkov:skip=CKV_AWS_137: a VPC is the operator's choice (network); else allowed_cidrs limit it
  # checkov:skip=CKV_AWS_317: AUDIT_LOGS is one of local.logs, which checkov does not look into
  # checkov:skip=CKV_AWS_318: dedicated masters are the operator's choice (cluster.masters)
  # checkov:skip=CKV2_AWS_59: dedicated masters are the operator's choice (cluster.masters)
  domain_name    = var.prefix
  engine_version = var.engine_version

  cluster_config {
    instance_type  = local.instance_type
    instance_count = var.cluster.instance_count

    dedicated_master_enabled = var.cluster.masters != null
    dedicated_master_type    = try(var.cluster.masters.instance_type, null)
    dedicated_master_count   = try(var.cluster.masters.count, null)

    multi_az_with_standby_enabled = var.cluster.standby
    zone_awareness_enabled        = local.zones > 1

    dynamic "zone_awareness_config" {
      for_each = local.zones > 1 ? [local.zones] : []

      content {
        availability_zone_count = zone_awareness_config.value
      }
    }

    warm_enabled = var.cluster.warm != null
    warm_type    = try(var.cluster.warm.instance_type, null)
    warm_count   = try(var.cluster.warm.count, null)

    cold_storage_options {
      enabled = try(var.cluster.warm.cold, false)
    }
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = var.cluster.storage_gb
    iops        = var.cluster.iops
    throughput  = var.cluster.throughput_mb
  }

  encrypt_at_rest {
    enabled    = true
    kms_key_id = var.key_arn
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
  }

  advanced_options = {
    "override_main_response_version"         = "false"
    "rest.action.multi.allow_explicit_index" = "true"
  }

  # The role of configure_domain is the master user at first. Signed with it, that function maps the
  # roles, then makes a master user with a password, and with it the internal users (AWS has either the
  # one or the other). So no password is ever in the state.
  advanced_security_options {
    enabled                        = true
    internal_user_database_enabled = false

    master_user_options {
      master_user_arn = var.master_role_arn
    }
  }

  dynamic "vpc_options" {
    for_each = var.vpc[*]

    content {
      security_group_ids = vpc_options.value.security_group_ids
      # As many as zones, or AWS refuses them.
      subnet_ids = slice(vpc_options.value.subnet_ids, 0, min(local.zones, length(vpc_options.value.subnet_ids)))
    }
  }

  dynamic "log_publishing_options" {
    for_each = local.logs

    content {
      log_type                 = log_publishing_options.key
      cloudwatch_log_group_arn = aws_cloudwatch_log_group.this[log_publishing_options.key].arn
    }
  }

  auto_tune_options {
    desired_state       = local.is_burstable ? "DISABLED" : "ENABLED"
    rollback_on_disable = "NO_ROLLBACK"
    use_off_peak_window = !local.is_burstable
  }

  # A domain whose mandatory updates are put off is isolated in the end, and then deleted.
  # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/service-software.html
  software_update_options {
    auto_software_update_enabled = true
  }

  off_peak_window_options {
    enabled = true

    off_peak_window {
      window_start_time {
        hours   = tonumber(local.off_peak[0])
        minutes = tonumber(local.off_peak[1])
      }
    }
  }

  lifecycle {
    ignore_changes = [
      advanced_security_options[0].internal_user_database_enabled,
      advanced_security_options[0].master_user_options,
    ]

    precondition {
      condition     = var.cluster.warm == null || var.cluster.masters != null
      error_message = "UltraWarm needs dedicated masters: give cluster.masters too."
    }

    precondition {
      condition     = var.cluster.warm == null || !local.is_burstable
      error_message = "UltraWarm needs data nodes other than t3: choose another cluster.instance_type, such as r6g.large.search: ${local.instance_type}"
    }

    precondition {
      condition     = var.cluster.storage_gb <= local.largest_gb
      error_message = "cluster.storage_gb of ${local.instance_type} is at most ${local.largest_gb}: ${var.cluster.storage_gb}"
    }

    precondition {
      condition     = local.zones != 2 || var.cluster.instance_count % 2 == 0
      error_message = "In 2 availability zones cluster.instance_count is even: ${var.cluster.instance_count}"
    }

    precondition {
      condition     = var.cluster.instance_count >= local.zones
      error_message = "Each of cluster.availability_zones (${local.zones}) needs a data node; cluster.instance_count: ${var.cluster.instance_count}"
    }

    precondition {
      condition     = !var.cluster.standby || (local.zones == 3 && var.cluster.masters != null && var.cluster.instance_count % 3 == 0 && !local.is_burstable)
      error_message = "cluster.standby needs 3 availability zones, dedicated masters, a multiple of 3 data nodes, and no t3."
    }

    precondition {
      condition     = try(length(var.vpc.subnet_ids) >= local.zones, true)
      error_message = "Each of cluster.availability_zones needs a subnet in its own zone (network): ${local.zones}"
    }

    precondition {
      condition     = var.vpc != null || length(var.allowed_cidrs) > 0
      error_message = "A public domain needs allowed_cidrs: the networks that people reach it from, such as [\"198.51.100.0/24\"]."
    }
  }

  depends_on = [aws_cloudwatch_log_resource_policy.this]
}

# Signed requests of our functions; and people, who log in with a password, so that IAM does not know them:
# by their address, or (in a VPC, where AWS takes no condition on it) by the security group.
data "aws_iam_policy_document" "access" {
  # checkov:skip=CKV_AWS_283: limited to allowed_cidrs or to the VPC; the domain itself asks for user and password
  statement {
    sid       = "OurFunctions"
    actions   = ["es:ESHttp*"]
    resources = ["${aws_opensearch_domain.this.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = var.role_arns
    }
  }

  statement {
    sid       = "People"
    actions   = ["es:ESHttp*"]
    resources = ["${aws_opensearch_domain.this.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    dynamic "condition" {
      for_each = var.vpc == null ? [1] : []

      content {
        test     = "IpAddress"
        variable = "aws:SourceIp"
        values   = var.allowed_cidrs
      }
    }
  }
}

resource "aws_opensearch_domain_policy" "this" {
  domain_name     = aws_opensearch_domain.this.domain_name
  access_policies = data.aws_iam_policy_document.access.json
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.logs

  name              = "/aws/OpenSearchService/domains/${var.prefix}/${each.value}"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"]
    resources = [for each in aws_cloudwatch_log_group.this : "${each.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["es.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = "${var.prefix}-domain"
  policy_document = data.aws_iam_policy_document.logs.json
}

# What the master user logs in with. configure_domain puts the value there.
resource "aws_secretsmanager_secret" "master" {
  # checkov:skip=CKV2_AWS_57: configure_domain changes the password when asked to, on the domain too
  name                    = "${var.prefix}-master"
  description             = "Master user of the OpenSearch domain ${var.prefix}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = 7
}
