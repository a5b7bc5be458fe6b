# configure_domain: users, roles, templates, retention and dashboards of the domain, again whenever its code
# or its settings change.

locals {
  # By name: the domain waits for the role, so the role cannot wait for the domain.
  domain_arn = "arn:${data.aws_partition.current.partition}:es:${local.region}:${local.account}:domain/${var.prefix}"
}

data "aws_iam_policy_document" "configure" {
  statement {
    sid       = "ChangeMasterUser"
    actions   = ["es:DescribeDomain", "es:UpdateDomainConfig"]
    resources = [local.domain_arn]
  }

  statement {
    sid       = "Configure"
    actions   = ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPatch", "es:ESHttpPost", "es:ESHttpPut"]
    resources = ["${local.domain_arn}/*"]
  }

  statement {
    sid = "KeepPassword"
    actions = [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = [module.domain.master_secret_arn]
  }

  statement {
    sid       = "KeepSavedObjects"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${module.domain.snapshot_bucket.arn}/saved_objects/*"]
  }

  # Without it S3 says "access denied" of an object that is not there yet.
  statement {
    sid       = "TellMissingFromDenied"
    actions   = ["s3:ListBucket"]
    resources = [module.domain.snapshot_bucket.arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.log_bucket.key_arn]
  }

  statement {
    sid       = "GiveRolesToDomain"
    actions   = ["iam:PassRole"]
    resources = [module.domain.snapshot_role_arn, module.monitoring.alert_role_arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["es.amazonaws.com", "opensearchservice.amazonaws.com"]
    }
  }
}

module "configure_domain" {
  source = "./modules/function"

  architecture    = var.architecture
  description     = "Configures the OpenSearch domain"
  folder          = "configure_domain"
  key_arn         = module.log_bucket.key_arn
  log_days        = var.function_log_days
  memory_mb       = 1024
  name            = "${var.prefix}-configure-aes"
  policy          = data.aws_iam_policy_document.configure.json
  timeout_seconds = 900
  vpc             = local.vpc

  environment = {
    ADMIN_ARNS          = jsonencode(var.admin_arns)
    ALERT_ROLE_ARN      = module.monitoring.alert_role_arn
    ALERT_TOPIC_ARN     = module.monitoring.topic_arn
    ANALYST_ARNS        = jsonencode(var.analyst_arns)
    CLUSTER_SETTINGS    = jsonencode(var.cluster.settings)
    CONFIGURE_ROLE_ARN  = module.configure_domain.role_arn
    DOMAIN_NAME         = module.domain.name
    LOADER_ROLE_ARNS    = jsonencode([module.loader.role_arn])
    MASTER_SECRET_ARN   = module.domain.master_secret_arn
    MASTER_USER_NAME    = "aesadmin"
    METRICS_ROLE_ARNS   = jsonencode([module.monitoring.exporter_role_arn])
    OPENSEARCH_ENDPOINT = module.domain.endpoint
    RETENTION           = jsonencode(var.index_retention)
    SNAPSHOT_BUCKET     = module.domain.snapshot_bucket.name
    SNAPSHOT_ROLE_ARN   = module.domain.snapshot_role_arn
  }
}

resource "aws_lambda_invocation" "configure_domain" {
  function_name = module.configure_domain.name
  input         = jsonencode({ action = "apply" })
  triggers      = { content = module.configure_domain.content }

  lifecycle {
    precondition {
      condition     = alltrue([for days in var.index_retention : days.warm == null]) || var.cluster.warm != null
      error_message = "index_retention: an index can become warm only with UltraWarm: give cluster.warm."
    }

    precondition {
      condition     = alltrue([for days in var.index_retention : days.cold == null]) || try(var.cluster.warm.cold, false)
      error_message = "index_retention: an index can become cold only with the cold tier: set cluster.warm.cold."
    }
  }
}
