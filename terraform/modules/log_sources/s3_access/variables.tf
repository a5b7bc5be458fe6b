variable "buckets" {
  type        = set(string)
  description = "Buckets whose requests are logged: of the log bucket's own account and region."

  validation {
    condition     = !contains(var.buckets, var.log_bucket)
    error_message = "buckets: the log bucket cannot log onto itself, each request would make the next."
  }
}

variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

