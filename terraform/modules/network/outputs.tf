output "vpc" {
  description = "Where in the VPC the domain and the functions are, once they reach AWS from there."
  value = {
    security_group_ids = [aws_security_group.this.id]
    subnet_ids         = local.subnet_ids
  }

  depends_on = [
    aws_route.private,
    aws_route_table_association.private,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.s3,
    aws_vpc_security_group_egress_rule.https,
    aws_vpc_security_group_ingress_rule.own,
  ]
}

output "vpc_id" {
  description = "ID of the VPC."
  value       = local.vpc_id
}
