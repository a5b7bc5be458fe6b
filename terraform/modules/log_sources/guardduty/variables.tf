variable "detector_id" {
  type        = string
  description = "Detector that is there already; null: one is created."
  default     = null
}

variable "key_arn" {
  type        = string
  description = "Key of the SIEM's deployment: GuardDuty delivers only encrypted."
}

variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

