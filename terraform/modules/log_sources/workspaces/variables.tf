variable "architecture" {
  type        = string
  description = "arm64 or x86_64, as in the root module."
  default     = "arm64"
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
