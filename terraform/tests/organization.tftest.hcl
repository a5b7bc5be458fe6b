# Does the example with many accounts fit together?

variables {
  alert_email           = "security@example.com"
  allowed_cidrs         = ["198.51.100.0/24"]
  archive_account_id    = "333344445555"
  archive_bucket        = "archive-333344445555"
  management_account_id = "222233334444"
  member_account_id     = "444455556666"
  member_vpc_ids        = ["vpc-0a1b2c3d4e5f60718"]
  organization_id       = "o-exampleorg1"
  region                = "ap-northeast-1"
  siem_account_id       = "111122223333"
}

run "the_example_plans_clean" {
  command = plan

  module {
    source = "./examples/organization"
  }

  assert {
    condition     = output.load_balancer_access_logs.enabled
    error_message = "load balancers of the member account do not log"
  }
}
