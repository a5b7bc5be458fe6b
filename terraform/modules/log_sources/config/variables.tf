variable "all_regions_resources" {
  type        = bool
  description = "Whether resources without a region (IAM) are recorded: in one region of an account."
  default     = true
}

variable "create_service_linked_role" {
  type        = bool
  description = "Whether the role of AWS Config is created; false where the account has it already."
  default     = true
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

