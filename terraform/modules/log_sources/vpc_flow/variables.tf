variable "log_bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "transit_gateway_ids" {
  type        = set(string)
  description = "Transit gateways whose flows are logged."
  default     = []
  nullable    = false
}

variable "vpc_ids" {
  type        = set(string)
  description = "VPCs whose flows are logged."
  default     = []
  nullable    = false
}
