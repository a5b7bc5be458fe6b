variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "name" {
  type        = string
  description = "What the stream is called after aws-waf-logs-aes-siem-; one of its own for each call in an account and region."
  default     = "waf"

  validation {
    condition     = can(regex("^[a-z0-9-]{1,30}$", var.name))
    error_message = "name has 1 to 30 small letters, digits and -."
  }
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
  default     = "aes-siem"
}

variable "redacted_headers" {
  type        = set(string)
  description = "Headers that are left out of the logs."
  default     = ["authorization", "cookie"]
  nullable    = false
}

variable "web_acl_arn" {
  type        = string
  description = "Web ACL whose requests are logged; one of CloudFront is in us-east-1, and so has this module to be."
}
