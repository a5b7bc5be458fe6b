variable "allowed_cidrs" {
  type        = list(string)
  description = "Addresses that people reach the domain from."
}

variable "flow_log_bucket_arn" {
  type        = string
  description = "Log bucket that the flow logs of a new VPC go to."
}

variable "interface_endpoints" {
  type        = set(string)
  description = "AWS services that are reached by an endpoint of their own in the VPC."
}

variable "nat_gateway" {
  type        = bool
  description = "Whether a new VPC has a way to AWS services without an endpoint."
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
}

variable "s3_endpoint" {
  type        = bool
  description = "Whether a new VPC reaches S3 by a gateway endpoint."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets of the VPC that is there already, one a zone."
}

variable "vpc_cidr" {
  type        = string
  description = "Addresses of a new VPC."
}

variable "vpc_id" {
  type        = string
  description = "VPC that is there already; null: a new one."
}

variable "zones" {
  type        = number
  description = "Availability zones that a new VPC has subnets in."
}
