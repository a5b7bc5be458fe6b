variable "event_patterns" {
  type        = map(string)
  description = "EventBridge patterns by a short name, JSON."
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
  description = "Name of the rules, the stream and the roles."
}
