# What does the smallest deployment look like?

variables {
  alert_email   = "security@example.com"
  allowed_cidrs = ["198.51.100.0/24"]
  region        = "ap-northeast-1"
}

run "the_example_plans_clean" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  assert {
    condition     = output.deployment.function.name == "aes-siem-es-loader"
    error_message = "the loader is called otherwise: ${output.deployment.function.name}"
  }

  assert {
    condition     = output.deployment.queues == { dlq = "aes-siem-dlq", logs = "aes-siem-sqs-logs", splitted_logs = "aes-siem-sqs-splitted-logs" }
    error_message = "the queues are called otherwise"
  }
}
