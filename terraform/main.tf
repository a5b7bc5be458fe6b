# What `terraform apply` creates. Providers are the caller's: see examples/.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.region

  function = {
    architecture = var.architecture
    key_arn      = module.log_bucket.key_arn
    log_days     = var.function_log_days
  }

  vpc = one(module.network[*].vpc)
}

module "log_bucket" {
  source = "./modules/log_bucket"

  existing_bucket        = try(var.existing_log_bucket.name, null)
  expire_days            = var.log_bucket.expire_days
  glacier_days           = var.log_bucket.glacier_days
  log_accounts           = var.log_accounts
  manage_existing_bucket = var.manage_existing_bucket
  object_lock_days       = var.log_bucket.object_lock_days
  organization_id        = var.organization_id
  prefix                 = var.prefix
  s3_access_logs         = var.log_bucket.s3_access_logs
}

module "network" {
  source = "./modules/network"
  count  = var.network == null ? 0 : 1

  allowed_cidrs       = var.allowed_cidrs
  flow_log_bucket_arn = module.log_bucket.arn
  interface_endpoints = coalesce(var.network.interface_endpoints, var.network.vpc_id == null ? ["kms", "logs", "monitoring", "secretsmanager", "sns", "sqs", "ssm", "sts"] : [])
  nat_gateway         = var.network.nat_gateway
  prefix              = var.prefix
  s3_endpoint         = var.network.s3_endpoint
  subnet_ids          = var.network.subnet_ids
  vpc_cidr            = var.network.vpc_cidr
  vpc_id              = var.network.vpc_id
  zones               = max(2, var.cluster.availability_zones)
}

module "domain" {
  source = "./modules/domain"

  allowed_cidrs   = var.allowed_cidrs
  cluster         = var.cluster
  engine_version  = var.engine_version
  key_arn         = module.log_bucket.key_arn
  log_days        = var.function_log_days
  master_role_arn = module.configure_domain.role_arn
  prefix          = var.prefix
  vpc             = local.vpc

  role_arns = [
    module.configure_domain.role_arn,
    module.loader.role_arn,
    module.monitoring.exporter_role_arn,
  ]
}

module "enrichment" {
  source = "./modules/enrichment"

  address_lists           = var.geoip.address_lists
  function                = local.function
  maxmind_credentials_arn = var.geoip.credentials_arn
  maxmind_key_arn         = var.geoip.credentials_key_arn
  prefix                  = var.prefix
}

module "loader" {
  source = "./modules/loader"

  domain               = module.domain
  extra_log_buckets    = var.extra_log_buckets
  function             = local.function
  geo_bucket           = module.enrichment.bucket
  prefix               = var.prefix
  reserved_concurrency = var.loader_reserved_concurrency
  snapshot_bucket      = module.domain.snapshot_bucket
  trusted_proxies      = var.trusted_proxies
  vpc                  = local.vpc

  log_bucket = {
    arn     = module.log_bucket.arn
    is_ours = module.log_bucket.is_ours
    key_arn = try(var.existing_log_bucket.key_arn, null)
    name    = module.log_bucket.name
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  alert_email = var.alert_email
  domain      = module.domain
  function    = local.function
  geoip_days  = var.geoip.credentials_arn == null ? null : var.geoip.oldest_days
  has_masters = var.cluster.masters != null
  loader      = module.loader
  log_bucket  = module.log_bucket
  prefix      = var.prefix
  queues      = module.loader.queues
  vpc         = local.vpc

  functions = {
    ConfigureAes    = module.configure_domain.name
    GeoipDownloader = module.enrichment.name
  }
}
