# Is what cannot work refused before anything is created?

variables {
  alert_email   = null
  allowed_cidrs = ["198.51.100.0/24"]
}

run "a_domain_open_to_everybody_is_refused" {
  command = plan

  variables {
    allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "an_engine_that_is_too_old_is_refused" {
  command = plan

  variables {
    engine_version = "OpenSearch_2.11"
  }

  expect_failures = [var.engine_version]
}

run "a_prefix_that_names_no_bucket_is_refused" {
  command = plan

  variables {
    prefix = "Aes_Siem"
  }

  expect_failures = [var.prefix]
}

run "less_concurrency_than_queues_is_refused" {
  command = plan

  variables {
    loader_reserved_concurrency = 2
  }

  expect_failures = [var.loader_reserved_concurrency]
}

run "an_index_that_is_cold_but_never_warm_is_refused" {
  command = plan

  variables {
    index_retention = { "*" = { cold = 30 } }
  }

  expect_failures = [var.index_retention]
}

run "retention_in_a_tier_that_the_domain_lacks_is_refused" {
  command = plan

  variables {
    index_retention = { "*" = { warm = 30 } }
  }

  expect_failures = [aws_lambda_invocation.configure_domain]
}
