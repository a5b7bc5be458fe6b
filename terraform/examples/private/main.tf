# Inside a VPC: nothing of the domain is reachable from the internet. People come by VPN or Direct Connect.

module "siem" {
  source = "../.."

  alert_email   = var.alert_email
  allowed_cidrs = var.allowed_cidrs

  cluster = {
    availability_zones = 2
    instance_count     = 2
    instance_type      = "r6g.large.search"
    storage_gb         = 500
  }

  geoip = {
    credentials_arn = var.maxmind_credentials_arn
  }

  index_retention = {
    "*"    = { delete = 400 }
    ledger = { delete = 1095 }
  }

  # A new VPC with endpoints for all services that have one, and a NAT gateway for the one that has none. For
  # a VPC that is there already: { vpc_id = "vpc-...", subnet_ids = ["subnet-...", "subnet-..."] }
  network = {
    vpc_cidr = var.vpc_cidr
  }
}

# Logs of this account.

module "cloudtrail" {
  source = "../../modules/log_sources/cloudtrail"

  key_arn    = module.siem.key_arn
  log_bucket = module.siem.log_bucket
}

module "guardduty" {
  source = "../../modules/log_sources/guardduty"

  key_arn    = module.siem.key_arn
  log_bucket = module.siem.log_bucket
}
