variable "allowed_cidrs" {
  type        = list(string)
  description = "Addresses that people reach a public domain from."
}

variable "cluster" {
  type = object({
    availability_zones = optional(number, 1)
    instance_count     = optional(number, 1)
    instance_type      = optional(string)
    iops               = optional(number)
    masters = optional(object({
      count         = optional(number, 3)
      instance_type = string
    }))
    off_peak_start_utc = optional(string, "17:00")
    standby            = optional(bool, false)
    storage_gb         = optional(number, 30)
    throughput_mb      = optional(number)
    warm = optional(object({
      cold          = optional(bool, false)
      count         = optional(number, 2)
      instance_type = optional(string, "ultrawarm1.medium.search")
    }))
  })
  description = "Nodes and disks of the domain, as the root module describes them."
}

variable "engine_version" {
  type        = string
  description = "Version of OpenSearch, such as OpenSearch_3.3."
}

variable "key_arn" {
  type        = string
  description = "Key of the domain, its logs, the snapshots and the secret."
}

variable "log_days" {
  type        = number
  description = "Days that the domain's own logs are kept."
}

variable "master_role_arn" {
  type        = string
  description = "Role of configure_domain: the master user until that function has made one with a password."
}

variable "prefix" {
  type        = string
  description = "What all names begin with; also the name of the domain."
}

variable "role_arns" {
  type        = list(string)
  description = "Roles of our functions that use the domain."
}

variable "vpc" {
  type = object({
    security_group_ids = list(string)
    subnet_ids         = list(string)
  })
  description = "Where in a VPC the domain is; null: it is public."
  default     = null
}
