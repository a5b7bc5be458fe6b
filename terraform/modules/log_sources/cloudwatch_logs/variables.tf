variable "filter_pattern" {
  type        = string
  description = "Which log events are taken; empty: all."
  default     = ""
}

variable "folder" {
  type        = string
  description = "Folder below AWSLogs/<account>/; in CloudWatchLogs the log group decides the log type."
  default     = "CloudWatchLogs"
}

variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "log_groups" {
  type        = set(string)
  description = "Log groups that are there already, or that the caller creates."
}

variable "name" {
  type        = string
  description = "Name of the subscriptions, the stream and the roles."
}
