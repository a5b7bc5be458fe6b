variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
  default     = "aes-siem"
}

variable "vpc_ids" {
  type        = set(string)
  description = "VPCs whose DNS queries are logged."
}
