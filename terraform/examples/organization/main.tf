# Many accounts: the SIEM in a security account, the trail of the organization in its management account, and
# the other logs of a member account. Production size: three zones, dedicated masters, UltraWarm.

module "siem" {
  source = "../.."

  alert_email     = var.alert_email
  allowed_cidrs   = var.allowed_cidrs
  organization_id = var.organization_id

  # Load balancers name no organization: each account that has some is listed.
  log_accounts = [var.member_account_id]

  cluster = {
    availability_zones = 3
    instance_count     = 3
    instance_type      = "r6g.xlarge.search"
    masters            = { instance_type = "m6g.large.search" }
    storage_gb         = 1000
    warm               = { cold = true }
  }

  index_retention = {
    "*"        = { warm = 30, cold = 120, delete = 400 }
    cloudtrail = { warm = 30, cold = 120, delete = 2555 }
  }

  # The log archive of Control Tower, in an account of its own.
  extra_log_buckets = {
    (var.archive_bucket) = {
      account_id = var.archive_account_id
      role_arn   = "arn:aws:iam::${var.archive_account_id}:role/aes-siem-read-${substr(sha256(var.archive_bucket), 0, 8)}"
    }
  }

  log_bucket = {
    glacier_days = 90
    expire_days  = 2555
  }
}

# The management account.

module "cloudtrail" {
  source    = "../../modules/log_sources/cloudtrail"
  providers = { aws = aws.management }

  is_organization_trail = true
  key_arn               = module.siem.key_arn
  log_bucket            = module.siem.log_bucket
}

# The account of the log archive.

module "archive" {
  source    = "../../modules/log_sources/extra_log_bucket"
  providers = { aws = aws.archive }

  bucket          = var.archive_bucket
  bus_arn         = module.siem.extra_log_bus_arn
  loader_role_arn = "arn:aws:iam::${var.siem_account_id}:role/aes-siem-es-loader"
}

# A member account: one block of these for each.

module "member_flow_logs" {
  source    = "../../modules/log_sources/vpc_flow"
  providers = { aws = aws.member }

  log_bucket = module.siem.log_bucket
  vpc_ids    = var.member_vpc_ids
}

module "member_dns" {
  source    = "../../modules/log_sources/route53_resolver"
  providers = { aws = aws.member }

  log_bucket = module.siem.log_bucket
  vpc_ids    = var.member_vpc_ids
}

module "member_guardduty" {
  source    = "../../modules/log_sources/guardduty"
  providers = { aws = aws.member }

  key_arn    = module.siem.key_arn
  log_bucket = module.siem.log_bucket
}

module "member_config" {
  source    = "../../modules/log_sources/config"
  providers = { aws = aws.member }

  log_bucket = module.siem.log_bucket
}

module "member_load_balancers" {
  source = "../../modules/log_sources/load_balancer"

  log_bucket = module.siem.log_bucket
}
