# Which accounts may deliver?

variables {
  account = "111122223333"
  bucket  = "aes-siem-111122223333-log"
  region  = "ap-northeast-1"
}

run "this_account_always_may" {
  module {
    source = "./modules/log_policy"
  }

  assert {
    condition     = jsonencode(output.accounts) == jsonencode(["111122223333"])
    error_message = "it is not this account alone: ${jsonencode(output.accounts)}"
  }
}

run "named_accounts_may_each_once" {
  module {
    source = "./modules/log_policy"
  }

  variables {
    log_accounts = ["444455556666", "111122223333"]
  }

  assert {
    condition     = jsonencode(output.accounts) == jsonencode(["111122223333", "444455556666"])
    error_message = "unexpected accounts: ${jsonencode(output.accounts)}"
  }
}

run "without_an_organization_none_is_named" {
  module {
    source = "./modules/log_policy"
  }

  assert {
    condition     = !strcontains(output.bucket_policy, "OrgID")
    error_message = "an organization is named"
  }
}

run "an_organization_is_named_in_bucket_and_key_policy" {
  module {
    source = "./modules/log_policy"
  }

  variables {
    organization_id = "o-exampleorg1"
  }

  assert {
    condition     = strcontains(output.bucket_policy, "o-exampleorg1") && strcontains(output.key_policy, "o-exampleorg1")
    error_message = "the organization is missing"
  }
}

run "an_account_that_is_no_number_is_refused" {
  command = plan

  module {
    source = "./modules/log_policy"
  }

  variables {
    log_accounts = ["prod"]
  }

  expect_failures = [var.log_accounts]
}

run "a_policy_that_is_too_large_is_refused" {
  command = plan

  module {
    source = "./modules/log_policy"
  }

  variables {
    log_accounts = [for number in range(200) : format("%012d", number)]
  }

  expect_failures = [output.bucket_policy]
}
