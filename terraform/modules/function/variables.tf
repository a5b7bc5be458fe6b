variable "architecture" {
  type        = string
  description = "arm64 or x86_64."
}

variable "description" {
  type        = string
  description = "What the function does."
}

variable "environment" {
  type        = map(string)
  description = "Settings of the function, as its settings.py declares them."
}

variable "folder" {
  type        = string
  description = "Folder in functions/: it names the zip in dist/ and the handler."
}

variable "key_arn" {
  type        = string
  description = "Key of the log group; null: CloudWatch's own."
  default     = null
}

variable "log_days" {
  type        = number
  description = "Days that the function's own logs are kept."
}

variable "memory_mb" {
  type        = number
  description = "Memory, which also decides the share of a CPU."
}

variable "name" {
  type        = string
  description = "Name of the function, its role and its log group."
}

variable "policy" {
  type        = string
  description = "What the function may do beside writing its own logs; JSON."
}

variable "reserved_concurrency" {
  type        = number
  description = "Concurrent executions that are reserved at creation; null: none. Later changes are loader_stopper's."
  default     = null
}

variable "timeout_seconds" {
  type        = number
  description = "Longest run."
}

variable "tmp_mb" {
  type        = number
  description = "Size of /tmp."
  default     = 512
}

variable "vpc" {
  type = object({
    security_group_ids = list(string)
    subnet_ids         = list(string)
  })
  description = "Where in a VPC the function runs; null: outside."
  default     = null
}
