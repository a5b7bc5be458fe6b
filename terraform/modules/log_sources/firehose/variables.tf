variable "compressed" {
  type        = bool
  description = "Whether what comes is compressed already, as CloudWatch Logs does."
  default     = false
}

variable "folder" {
  type        = string
  description = "Folder below AWSLogs/<account>/ by which es_loader knows the log type."
}

variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "name" {
  type        = string
  description = "Name of the stream and of its role."

  validation {
    condition     = length(var.name) <= 64
    error_message = "The name of a stream has at most 64 characters; use a shorter name: ${var.name}"
  }
}
