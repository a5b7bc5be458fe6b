variable "account" {
  type        = string
  description = "Account that owns the log bucket and the key; it may always deliver."

  validation {
    condition     = can(regex("^\\d{12}$", var.account))
    error_message = "account is a number of 12 digits such as \"111122223333\"."
  }
}

variable "bucket" {
  type        = string
  description = "Name of the log bucket."
}

variable "dns_suffix" {
  type        = string
  description = "DNS suffix of the partition, by which CloudWatch Logs is named in a key policy."
  default     = "amazonaws.com"
}

variable "log_accounts" {
  type        = set(string)
  description = "Further accounts that may deliver, each below its own prefix AWSLogs/<account>/."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.log_accounts : can(regex("^\\d{12}$", each))])
    error_message = "log_accounts are numbers of 12 digits such as \"444455556666\", in quotes."
  }
}

variable "organization_id" {
  type        = string
  description = "Organization whose accounts may deliver, each below its own prefix; null: none."
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "organization_id looks like \"o-exampleorg1\": o- and 10 to 32 small letters and digits."
  }
}

variable "partition" {
  type        = string
  description = "Partition of the region: aws, aws-cn or aws-us-gov."
  default     = "aws"
}

variable "region" {
  type        = string
  description = "Region of the log bucket."
}

variable "s3_access_logs" {
  type        = bool
  description = "Whether S3 may deliver server access logs of this account's buckets in this region."
  default     = true
}
