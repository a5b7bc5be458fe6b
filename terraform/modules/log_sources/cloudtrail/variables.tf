variable "insights" {
  type        = bool
  description = "Whether unusual rates of calls and errors are found; costs extra."
  default     = false
}

variable "is_organization_trail" {
  type        = bool
  description = "Whether the trail is of all accounts of the organization: only in its management account."
  default     = false
}

variable "key_arn" {
  type        = string
  description = "Key of the SIEM's deployment, by which the logs are encrypted; null: that of S3."
  default     = null
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

variable "s3_data_events" {
  type        = bool
  description = "Whether reads and writes of objects are logged, of all buckets but the log bucket; costs extra."
  default     = false
}
