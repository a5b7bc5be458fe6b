# Flow logs of VPCs and transit gateways, with all columns up to version 5 and those of later versions
# that every VPC has.

data "aws_partition" "current" {}

locals {
  destination = "arn:${data.aws_partition.current.partition}:s3:::${var.log_bucket}"

  # https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
  columns = [
    "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets",
    "bytes", "start", "end", "action", "log-status", "vpc-id", "subnet-id", "instance-id", "tcp-flags", "type",
    "pkt-srcaddr", "pkt-dstaddr", "region", "az-id", "sublocation-type", "sublocation-id", "pkt-src-aws-service",
    "pkt-dst-aws-service", "flow-direction", "traffic-path",
  ]
}

resource "aws_flow_log" "vpc" {
  for_each = var.vpc_ids

  vpc_id                   = each.value
  traffic_type             = "ALL"
  log_destination          = local.destination
  log_destination_type     = "s3"
  log_format               = join(" ", [for column in local.columns : "$${${column}}"])
  max_aggregation_interval = 60
}

resource "aws_flow_log" "transit_gateway" {
  for_each = var.transit_gateway_ids

  transit_gateway_id       = each.value
  log_destination          = local.destination
  log_destination_type     = "s3"
  max_aggregation_interval = 60
}
