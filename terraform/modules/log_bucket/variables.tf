variable "existing_bucket" {
  type        = string
  description = "Name of a log bucket that is there already and is left as it is; null: one is created."
  default     = null
}

variable "expire_days" {
  type        = number
  description = "Days after which log objects are deleted; null: never."
  default     = null
}

variable "glacier_days" {
  type        = number
  description = "Days after which log objects become Glacier Instant Retrieval; null: never."
  default     = null
}

variable "log_accounts" {
  type        = set(string)
  description = "Further accounts that may deliver."
  default     = []
  nullable    = false
}

variable "manage_existing_bucket" {
  type        = bool
  description = "Whether the policy and the notification of the existing bucket become ours."
  default     = false
}

variable "object_lock_days" {
  type        = number
  description = "Days for which nobody can delete a log object (governance mode); null: no Object Lock."
  default     = null
}

variable "organization_id" {
  type        = string
  description = "Organization whose accounts may deliver; null: none."
  default     = null
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
}

variable "s3_access_logs" {
  type        = bool
  description = "Whether S3 may deliver server access logs."
  default     = true
}
