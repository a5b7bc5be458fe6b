variable "actions" {
  type        = list(string)
  description = "What the function calls to read; the services have no resources to name."
}

variable "architecture" {
  type        = string
  description = "arm64 or x86_64."
}

variable "folder" {
  type        = string
  description = "Folder below AWSLogs/<account>/ that the function writes to."
}

variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "name" {
  type        = string
  description = "Name of the function and its rule."
}

variable "schedule" {
  type        = string
  description = "When it runs, as EventBridge writes it."
}

variable "source_name" {
  type        = string
  description = "What it fetches, as log_puller calls it."
}
