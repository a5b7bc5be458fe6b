variable "firewall_arn" {
  type        = string
  description = "Firewall whose logs are taken."
}

variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "log_types" {
  type        = set(string)
  description = "Which logs: ALERT, FLOW, TLS."
  default     = ["ALERT", "FLOW"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.log_types, ["ALERT", "FLOW", "TLS"])) == 0
    error_message = "log_types are some of ALERT, FLOW and TLS."
  }
}
