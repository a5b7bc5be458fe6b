variable "domain" {
  type = object({
    arn      = string
    endpoint = string
  })
  description = "The domain that documents are written to."
}

variable "extra_log_buckets" {
  type = map(object({
    account_id = optional(string)
    queue_arn  = optional(string)
    role_arn   = string
  }))
  description = "Log buckets of others, as the root module describes them."
}

variable "function" {
  type = object({
    architecture = string
    key_arn      = string
    log_days     = number
  })
  description = "What all functions have in common."
}

variable "geo_bucket" {
  type = object({
    arn  = string
    name = string
  })
  description = "Bucket of the GeoIP databases."
}

variable "log_bucket" {
  type = object({
    arn     = string
    is_ours = bool
    key_arn = optional(string)
    name    = string
  })
  description = "The log bucket; is_ours: its notification is set here; key_arn: a key of its own."
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
}

variable "reserved_concurrency" {
  type        = number
  description = "Concurrent executions of the loader that are reserved; null: none."
}

variable "snapshot_bucket" {
  type = object({
    arn  = string
    name = string
  })
  description = "Bucket that quarantined records are put into."
}

variable "trusted_proxies" {
  type        = list(string)
  description = "Networks of proxies whose X-Forwarded-For is believed."
}

variable "vpc" {
  type = object({
    security_group_ids = list(string)
    subnet_ids         = list(string)
  })
  description = "Where in a VPC the loader runs; null: outside."
  default     = null
}
