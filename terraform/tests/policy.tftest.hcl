# Who may put logs into the bucket? The module computes JSON and nothing else.

variables {
  account = "111122223333"
  bucket  = "aes-siem-111122223333-log"
  region  = "ap-northeast-1"
}

run "every_statement_has_a_name_of_its_own" {
  module {
    source = "./modules/log_policy"
  }

  variables {
    organization_id = "o-exampleorg1"
  }

  assert {
    condition     = length(distinct(jsondecode(output.statements)[*].Sid)) == length(jsondecode(output.statements))
    error_message = "two statements have the same Sid"
  }
}

run "plain_http_is_denied_to_everybody" {
  module {
    source = "./modules/log_policy"
  }

  assert {
    condition = contains([for each in jsondecode(output.statements) :
      each.Principal == "*" && each.Action == "s3:*" if each.Effect == "Deny"
    ], true)
    error_message = "there is no statement that denies what does not come by TLS"
  }
}

run "nobody_is_allowed_to_read_objects" {
  module {
    source = "./modules/log_policy"
  }

  assert {
    condition = alltrue([for each in jsondecode(output.statements) :
      length(setintersection(flatten([each.Action]), ["s3:*", "s3:Get*", "s3:GetObject", "s3:GetObjectVersion"])) == 0 if each.Effect == "Allow"
    ])
    error_message = "a statement allows reading"
  }
}

run "every_allowed_write_is_limited_to_accounts" {
  module {
    source = "./modules/log_policy"
  }

  assert {
    condition = alltrue([for each in jsondecode(output.statements) :
      can(each.Condition) || strcontains(jsonencode(each.Resource), "/111122223333/") if each.Effect == "Allow"
    ])
    error_message = "a statement is limited neither by a condition nor by its resource"
  }
}

run "s3_access_logs_can_be_left_out" {
  module {
    source = "./modules/log_policy"
  }

  variables {
    s3_access_logs = false
  }

  assert {
    condition     = !strcontains(output.bucket_policy, "logging.s3.amazonaws.com")
    error_message = "S3 may deliver access logs"
  }
}

run "load_balancers_of_an_old_region_deliver_as_an_account" {
  module {
    source = "./modules/log_policy"
  }

  assert {
    condition     = strcontains(output.bucket_policy, "arn:aws:iam::582318560864:root")
    error_message = "the load balancers of Tokyo are not let in"
  }
}

run "load_balancers_of_a_new_region_deliver_as_the_service_alone" {
  module {
    source = "./modules/log_policy"
  }

  variables {
    region = "ap-southeast-4"
  }

  assert {
    condition     = strcontains(output.bucket_policy, "logdelivery.elasticloadbalancing.amazonaws.com") && !strcontains(output.bucket_policy, ":root")
    error_message = "the service alone should be named"
  }
}
