variable "alert_email" {
  type        = string
  description = "Who is told of alarms."
}

variable "allowed_cidrs" {
  type        = list(string)
  description = "IPv4 networks that people reach OpenSearch Dashboards from."
}

variable "region" {
  type        = string
  description = "Region of everything."
}
