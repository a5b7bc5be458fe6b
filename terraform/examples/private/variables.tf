variable "alert_email" {
  type        = string
  description = "Who is told of alarms."
}

variable "allowed_cidrs" {
  type        = list(string)
  description = "Private networks that people reach OpenSearch Dashboards from: VPN, Direct Connect, peered VPCs."
}

variable "maxmind_credentials_arn" {
  type        = string
  description = "Secret or SSM parameter with MaxMind's account id and licence key; null: no place of addresses."
  default     = null
}

variable "region" {
  type        = string
  description = "Region of everything."
}

variable "vpc_cidr" {
  type        = string
  description = "Addresses of the new VPC."
  default     = "10.0.0.0/20"
}
