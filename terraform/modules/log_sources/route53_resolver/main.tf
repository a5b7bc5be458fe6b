# DNS queries of VPCs.

data "aws_partition" "current" {}

resource "aws_route53_resolver_query_log_config" "this" {
  name            = "${var.prefix}-dns"
  destination_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.log_bucket}"
}

resource "aws_route53_resolver_query_log_config_association" "this" {
  for_each = var.vpc_ids

  resolver_query_log_config_id = aws_route53_resolver_query_log_config.this.id
  resource_id                  = each.value
}
