variable "address_lists" {
  type        = map(string)
  description = "Lists of bad addresses to fetch: name and URL."
}

variable "function" {
  type = object({
    architecture = string
    key_arn      = string
    log_days     = number
  })
  description = "What all functions have in common."
}

variable "maxmind_credentials_arn" {
  type        = string
  description = "Secret or SSM parameter with MaxMind's account id and licence key; null: no databases are fetched."
}

variable "maxmind_key_arn" {
  type        = string
  description = "Key that the secret or parameter is encrypted with, where it is none of AWS's own."
}

variable "prefix" {
  type        = string
  description = "What all names begin with."
}
