variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

