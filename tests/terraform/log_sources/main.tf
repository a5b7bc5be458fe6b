# Calls every module of log_sources once, as a member account would.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/terraform"
  }
}

locals {
  key_arn    = "arn:aws:kms:ap-northeast-1:111122223333:key/0a1b2c3d-1111-2222-3333-444455556666"
  log_bucket = "aes-siem-111122223333-log"
}

module "cloudfront" {
  source        = "../modules/log_sources/cloudfront"
  distributions = { shop = "arn:aws:cloudfront::444455556666:distribution/E1EXAMPLE" }
  log_bucket    = local.log_bucket
}

module "cloudtrail" {
  source         = "../modules/log_sources/cloudtrail"
  insights       = true
  key_arn        = local.key_arn
  log_bucket     = local.log_bucket
  s3_data_events = true
}

module "config" {
  source     = "../modules/log_sources/config"
  log_bucket = local.log_bucket
}

module "directory_service" {
  source       = "../modules/log_sources/directory_service"
  directory_id = "d-1234567890"
  log_bucket   = local.log_bucket
}

module "elasticache" {
  source     = "../modules/log_sources/elasticache"
  log_bucket = local.log_bucket
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id = "sessions"
  description          = "Takes what the module gives"

  dynamic "log_delivery_configuration" {
    for_each = module.elasticache.log_delivery_configuration

    content {
      destination      = log_delivery_configuration.value.destination
      destination_type = log_delivery_configuration.value.destination_type
      log_format       = log_delivery_configuration.value.log_format
      log_type         = log_delivery_configuration.value.log_type
    }
  }
}

module "extra_log_bucket" {
  source          = "../modules/log_sources/extra_log_bucket"
  bucket          = "archive-444455556666"
  bus_arn         = "arn:aws:events:ap-northeast-1:111122223333:event-bus/aes-siem-extra-log-buckets"
  key_arn         = "arn:aws:kms:ap-northeast-1:444455556666:key/0a1b2c3d-5555-6666-7777-444455556666"
  loader_role_arn = "arn:aws:iam::111122223333:role/aes-siem-es-loader"
  notify          = true
}

module "guardduty" {
  source     = "../modules/log_sources/guardduty"
  key_arn    = local.key_arn
  log_bucket = local.log_bucket
}

module "linux" {
  source     = "../modules/log_sources/linux"
  log_bucket = local.log_bucket
}

module "load_balancer" {
  source     = "../modules/log_sources/load_balancer"
  log_bucket = local.log_bucket
}

resource "aws_lb" "shop" {
  name               = "shop"
  load_balancer_type = "application"

  access_logs {
    bucket  = module.load_balancer.access_logs.bucket
    enabled = module.load_balancer.access_logs.enabled
  }

  connection_logs {
    bucket  = module.load_balancer.access_logs.bucket
    enabled = module.load_balancer.access_logs.enabled
  }
}

resource "aws_elb" "old" {
  name = "old"

  access_logs {
    bucket  = module.load_balancer.access_logs.bucket
    enabled = module.load_balancer.access_logs.enabled
  }

  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}

module "network_firewall" {
  source       = "../modules/log_sources/network_firewall"
  firewall_arn = "arn:aws:network-firewall:ap-northeast-1:444455556666:firewall/edge"
  log_bucket   = local.log_bucket
  log_types    = ["ALERT", "FLOW", "TLS"]
}

module "rds" {
  source     = "../modules/log_sources/rds"
  clusters   = { orders = ["audit", "slowquery"] }
  instances  = { users = ["postgresql"] }
  log_bucket = local.log_bucket
}

module "route53_resolver" {
  source     = "../modules/log_sources/route53_resolver"
  log_bucket = local.log_bucket
  vpc_ids    = ["vpc-0a1b2c3d4e5f60718"]
}

module "s3_access" {
  source     = "../modules/log_sources/s3_access"
  buckets    = ["shop-pictures"]
  log_bucket = local.log_bucket
}

module "securityhub" {
  source     = "../modules/log_sources/securityhub"
  log_bucket = local.log_bucket
}

module "trusted_advisor" {
  source     = "../modules/log_sources/trusted_advisor"
  log_bucket = local.log_bucket
}

module "vpc_flow" {
  source              = "../modules/log_sources/vpc_flow"
  log_bucket          = local.log_bucket
  transit_gateway_ids = ["tgw-0a1b2c3d4e5f60718"]
  vpc_ids             = ["vpc-0a1b2c3d4e5f60718"]
}

module "waf" {
  source      = "../modules/log_sources/waf"
  log_bucket  = local.log_bucket
  web_acl_arn = "arn:aws:wafv2:ap-northeast-1:444455556666:regional/webacl/shop/0a1b2c3d-1111-2222-3333-444455556666"
}

module "windows" {
  source     = "../modules/log_sources/windows"
  log_bucket = local.log_bucket
}

module "workspaces" {
  source     = "../modules/log_sources/workspaces"
  log_bucket = local.log_bucket
}

output "rds_exports" {
  value = module.rds.enabled_cloudwatch_logs_exports
}
