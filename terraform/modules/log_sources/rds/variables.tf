variable "clusters" {
  type        = map(set(string))
  description = "Aurora clusters and their logs, such as { orders = [\"audit\", \"slowquery\"], users = [\"postgresql\"] }."
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(flatten([for logs in var.clusters : tolist(logs)]), ["audit", "error", "general", "postgresql", "slowquery"])) == 0
    error_message = "clusters: logs are some of audit, error, general, postgresql and slowquery."
  }
}

variable "instances" {
  type        = map(set(string))
  description = "Instances of RDS and their logs, as in clusters."
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(flatten([for logs in var.instances : tolist(logs)]), ["audit", "error", "general", "postgresql", "slowquery"])) == 0
    error_message = "instances: logs are some of audit, error, general, postgresql and slowquery."
  }
}

variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
  default     = "aes-siem"
}

variable "retention_days" {
  type        = number
  description = "Days that the logs are kept in CloudWatch too."
  default     = 30
}
