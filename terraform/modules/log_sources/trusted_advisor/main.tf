# Results of the checks of Trusted Advisor, every day. The account needs a Business or Enterprise support plan.

module "checks" {
  source = "../log_puller"

  architecture = var.architecture
  folder       = "TrustedAdvisor"
  log_bucket   = var.log_bucket
  name         = "${var.prefix}-log-puller-trusted-advisor"
  schedule     = "rate(1 day)"
  source_name  = "trusted_advisor"

  actions = [
    "support:DescribeTrustedAdvisorCheckRefreshStatuses",
    "support:DescribeTrustedAdvisorCheckResult",
    "support:DescribeTrustedAdvisorChecks",
    "support:RefreshTrustedAdvisorCheck",
  ]
}
