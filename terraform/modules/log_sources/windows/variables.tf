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
