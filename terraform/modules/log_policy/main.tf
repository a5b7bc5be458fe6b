# Who may write where in the log bucket, and who may use the key. Only JSON is computed here, from
# nothing but the variables, so that a test needs neither a provider nor an account.

locals {
  arn      = "arn:${var.partition}:s3:::${var.bucket}"
  accounts = sort(setunion([var.account], var.log_accounts))

  # An account and an organization are named by one condition each, and conditions of a statement all
  # have to hold: so each statement is there once for the accounts and once for the organization.
  senders = merge(
    {
      Accounts = {
        service = { "aws:SourceAccount" = local.accounts }
        role    = { "aws:PrincipalAccount" = local.accounts }
      }
    },
    {
      for id in [var.organization_id] : "Organization" => {
        service = { "aws:SourceOrgID" = [id] }
        role    = { "aws:PrincipalOrgID" = [id] }
      } if id != null
    },
  )

  owned_by_us = { "s3:x-amz-acl" = "bucket-owner-full-control" }

  # The account that a service works for, and that of a role, name the prefix: a policy of one size for
  # any number of accounts, and nobody writes below another's prefix.
  own      = "${local.arn}/AWSLogs/$${aws:SourceAccount}"
  own_role = "${local.arn}/AWSLogs/$${aws:PrincipalAccount}"

  deliveries = {
    CloudTrail = {
      # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
      service   = "cloudtrail.amazonaws.com"
      resources = ["${local.own}/CloudTrail*"]
    }
    Config = {
      # https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
      service   = "config.amazonaws.com"
      resources = ["${local.own}/Config/*"]
    }
    # VPC and transit gateway flow logs, Route 53 Resolver, Network Firewall, NLB, CloudFront v2.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    LogDelivery = {
      service = "delivery.logs.amazonaws.com"
      resources = [
        "${local.own}/*",
        # flow logs with partitions as Hive names them
        "${local.arn}/AWSLogs/aws-account-id=$${aws:SourceAccount}/*",
      ]
    }
  }

  writes = [
    for each in setproduct(keys(local.deliveries), keys(local.senders)) : {
      Sid       = "${each[0]}Of${each[1]}"
      Effect    = "Allow"
      Principal = { Service = local.deliveries[each[0]].service }
      Action    = "s3:PutObject"
      Resource  = local.deliveries[each[0]].resources
      Condition = { StringEquals = merge(local.senders[each[1]].service, local.owned_by_us) }
    }
  ]

  # What services look at before they deliver; a bucket has no prefix.
  looks = [
    for name, sender in local.senders : {
      Sid    = "LookOf${name}"
      Effect = "Allow"
      Principal = {
        Service = [
          "cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com",
        ]
      }
      Action    = "s3:GetBucketAcl"
      Resource  = local.arn
      Condition = { StringEquals = sender.service }
    }
  ]

  config_looks = [
    for name, sender in local.senders : {
      Sid       = "ConfigLookOf${name}"
      Effect    = "Allow"
      Principal = { Service = "config.amazonaws.com" }
      Action    = "s3:ListBucket"
      Resource  = local.arn
      Condition = { StringEquals = sender.service }
    }
  ]

  # The administrator of GuardDuty delivers the findings of its members below their prefixes.
  # https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
  guardduty = flatten([
    for name, sender in local.senders : [
      {
        Sid       = "GuardDutyOf${name}"
        Effect    = "Allow"
        Principal = { Service = "guardduty.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${local.arn}/AWSLogs/*/GuardDuty/*"
        Condition = { StringEquals = sender.service }
      },
      {
        Sid       = "GuardDutyLookOf${name}"
        Effect    = "Allow"
        Principal = { Service = "guardduty.amazonaws.com" }
        Action    = "s3:GetBucketLocation"
        Resource  = local.arn
        Condition = { StringEquals = sender.service }
      },
    ]
  ])

  # The trail of an organization belongs to its management account and writes for all its members.
  organization_trail = [
    for id in [var.organization_id] : {
      Sid       = "CloudTrailForOrganization"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${local.arn}/AWSLogs/${id}/*"
      Condition = { StringEquals = merge(local.senders["Organization"].service, local.owned_by_us) }
    } if id != null
  ]

  # ALB and CLB name no account in their requests, only in the key: so each account has to be named.
  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
  load_balancers = [
    {
      Sid    = "LoadBalancers"
      Effect = "Allow"
      Principal = merge(
        { Service = "logdelivery.elasticloadbalancing.amazonaws.com" },
        { for region, id in local.load_balancer_accounts : "AWS" => "arn:${var.partition}:iam::${id}:root" if region == var.region },
      )
      Action   = "s3:PutObject"
      Resource = [for each in local.accounts : "${local.arn}/AWSLogs/${each}/elasticloadbalancing/*"]
    }
  ]

  # Firehose (WAF, Security Hub, CloudWatch Logs) and whatever else writes as a role of an account.
  # https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#cross-account-delivery-s3
  roles = flatten([
    for name, sender in local.senders : [
      {
        Sid       = "RolesOf${name}"
        Effect    = "Allow"
        Principal = { AWS = "*" } # limited by the condition
        Action    = ["s3:AbortMultipartUpload", "s3:PutObject"]
        Resource  = "${local.own_role}/*"
        Condition = { StringEquals = sender.role }
      },
      {
        Sid       = "RolesLookOf${name}"
        Effect    = "Allow"
        Principal = { AWS = "*" } # limited by the condition
        Action    = ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
        Resource  = local.arn
        Condition = { StringEquals = sender.role }
      },
    ]
  ])

  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
  s3_access = [
    for _ in range(var.s3_access_logs ? 1 : 0) : {
      Sid       = "S3AccessLogs"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${local.arn}/AWSLogs/${var.account}/S3AccessLogs/*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }
  ]

  tls = [
    {
      Sid       = "OnlyByTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.arn, "${local.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
  ]

  statements = concat(
    local.looks, local.config_looks, local.writes, local.organization_trail, local.guardduty,
    local.load_balancers, local.roles, local.s3_access, local.tls,
  )
  bucket_policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
