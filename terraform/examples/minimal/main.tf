# One account, to try it out: a public domain of one small node, limited to your own networks.

module "siem" {
  source = "../.."

  alert_email   = var.alert_email
  allowed_cidrs = var.allowed_cidrs
}
