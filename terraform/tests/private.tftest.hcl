# Is everything that uses the domain inside the VPC?

variables {
  alert_email   = "security@example.com"
  allowed_cidrs = ["10.20.0.0/16"]
  region        = "ap-northeast-1"
}

run "the_example_plans_clean" {
  command = plan

  module {
    source = "./examples/private"
  }

  assert {
    condition     = output.deployment.function.timeout == 600
    error_message = "the loader's timeout is another one"
  }
}
