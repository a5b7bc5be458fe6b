# Where the domain and the functions are that use it: a new VPC, or subnets that are there already.

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394: only the first few are taken; one that AWS adds comes after them
  state = "available"

  # Without it Local Zones are among them, where they are opted in.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_region" "current" {}

locals {
  is_new = var.vpc_id == null
  vpc_id = local.is_new ? aws_vpc.this[0].id : var.vpc_id
  zones  = slice(data.aws_availability_zones.available.names, 0, min(var.zones, length(data.aws_availability_zones.available.names)))

  subnet_ids = local.is_new ? [for zone in local.zones : aws_subnet.private[zone].id] : var.subnet_ids

  # In China some services are named another way.
  # https://docs.amazonaws.cn/en_us/vpc/latest/privatelink/aws-services-privatelink-support.html
  region          = data.aws_region.current.region
  service_prefix  = "com.amazonaws.${local.region}"
  named_otherwise = startswith(local.region, "cn-") ? ["monitoring", "sqs", "sts"] : []
}

resource "aws_vpc" "this" {
  count = local.is_new ? 1 : 0

  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = "${var.prefix}-vpc" }
}

# Nothing uses it, and it allows nothing.
resource "aws_default_security_group" "this" {
  count = local.is_new ? 1 : 0

  vpc_id = aws_vpc.this[0].id
}

resource "aws_subnet" "private" {
  for_each = local.is_new ? { for index, zone in local.zones : zone => index } : {}

  vpc_id            = aws_vpc.this[0].id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, each.value)

  tags = { Name = "${var.prefix}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  count = local.is_new ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = { Name = "${var.prefix}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[0].id
}

resource "aws_flow_log" "this" {
  count = local.is_new ? 1 : 0

  vpc_id               = aws_vpc.this[0].id
  traffic_type         = "ALL"
  log_destination      = var.flow_log_bucket_arn
  log_destination_type = "s3"
}

resource "aws_security_group" "this" {
  name        = "${var.prefix}-vpc-sg"
  description = "The domain ${var.prefix}, the functions that use it, and endpoints"
  vpc_id      = local.vpc_id

  tags = { Name = "${var.prefix}-vpc-sg" }
}

resource "aws_vpc_security_group_ingress_rule" "own" {
  security_group_id            = aws_security_group.this.id
  description                  = "Functions to the domain and to endpoints"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "people" {
  for_each = toset(var.allowed_cidrs)

  security_group_id = aws_security_group.this.id
  description       = "People to the domain"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "Functions to AWS and to the domain"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
