variable "distributions" {
  type        = map(string)
  description = "ARNs of distributions by a short name."

  validation {
    condition     = alltrue([for arn in var.distributions : can(regex("^arn:aws[a-z-]*:cloudfront::\\d{12}:distribution/.+$", arn))])
    error_message = "distributions are ARNs, such as \"arn:aws:cloudfront::111122223333:distribution/E1EXAMPLE\"."
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

