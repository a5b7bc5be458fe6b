variable "bucket" {
  type        = string
  description = "Log bucket of this account, in this region."
}

variable "bus_arn" {
  type        = string
  description = "Event bus of the SIEM: the output extra_log_bus_arn of its root module."
}

variable "key_arn" {
  type        = string
  description = "Key of the bucket's objects; null: that of S3."
  default     = null
}

variable "loader_role_arn" {
  type        = string
  description = "Role of the SIEM's es_loader, such as arn:aws:iam::111122223333:role/aes-siem-es-loader."
}

variable "notify" {
  type        = bool
  description = "Whether the bucket is made to tell EventBridge of new objects: this replaces all its notifications. False where it does already."
  default     = false
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
  default     = "aes-siem"
}
