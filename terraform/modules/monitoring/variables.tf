variable "alert_email" {
  type        = string
  description = "Who is told of alarms; null: nobody yet."
}

variable "domain" {
  type = object({
    arn             = string
    endpoint        = string
    name            = string
    snapshot_bucket = object({ arn = string, name = string })
  })
  description = "The domain that is watched, and the bucket where the history of its log sources is kept."
}

variable "function" {
  type = object({
    architecture = string
    key_arn      = string
    log_days     = number
  })
  description = "What all functions have in common."
}

variable "functions" {
  type        = map(string)
  description = "Names of the other functions whose errors are watched."
}

variable "geoip_days" {
  type        = number
  description = "Age of a GeoIP database, in days, that is an alarm; null: no databases are fetched."
}

variable "has_masters" {
  type        = bool
  description = "Whether the domain has dedicated masters."
}

variable "loader" {
  type = object({
    arn          = string
    mapping_arns = list(string)
    name         = string
  })
  description = "es_loader, which is stopped when the domain is full."
}

variable "log_bucket" {
  type = object({
    arn  = string
    name = string
  })
  description = "Where the metrics of the indices go, as logs."
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
}

variable "queues" {
  type        = map(object({ name = string }))
  description = "Queues of the loader: dead, logs, splitted."
}

variable "vpc" {
  type = object({
    security_group_ids = list(string)
    subnet_ids         = list(string)
  })
  description = "Where in a VPC functions run that use the domain; null: outside."
  default     = null
}
