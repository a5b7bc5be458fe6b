variable "alert_email" {
  type        = string
  description = "Who is told of alarms."
}

variable "allowed_cidrs" {
  type        = list(string)
  description = "IPv4 networks that people reach OpenSearch Dashboards from."
}

variable "archive_account_id" {
  type        = string
  description = "Account of the log archive."
}

variable "archive_bucket" {
  type        = string
  description = "Log bucket of the log archive."
}

variable "management_account_id" {
  type        = string
  description = "Management account of the organization."
}

variable "member_account_id" {
  type        = string
  description = "Account that sends logs."
}

variable "member_vpc_ids" {
  type        = set(string)
  description = "VPCs of the member account."
}

variable "organization_id" {
  type        = string
  description = "The organization."
}

variable "region" {
  type        = string
  description = "Region of everything."
}

variable "role_name" {
  type        = string
  description = "Role in the other accounts that Terraform takes."
  default     = "OrganizationAccountAccessRole"
}

variable "siem_account_id" {
  type        = string
  description = "The security account."
}
