# The key policy to match: services that encrypt what they deliver, and those that read for us.

locals {
  key_writes = flatten([
    for name, sender in local.senders : [
      {
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
        Sid       = "CloudTrailOf${name}"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = ["kms:DescribeKey", "kms:GenerateDataKey*"]
        Resource  = "*" # this key: a key policy is about no other
        Condition = {
          StringEquals = sender.service
          StringLike   = { "kms:EncryptionContext:aws:cloudtrail:arn" = "arn:${var.partition}:cloudtrail:*:*:trail/*" }
        }
      },
      {
        # https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
        # https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
        Sid       = "DeliveryOf${name}"
        Effect    = "Allow"
        Principal = { Service = ["config.amazonaws.com", "guardduty.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*" # this key
        Condition = { StringEquals = sender.service }
      },
    ]
  ])

  key_use = [
    {
      # Lets IAM policies of this account decide, as for a key without a policy.
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:${var.partition}:iam::${var.account}:root" }
      Action    = "kms:*"
      Resource  = "*" # this key
    },
    {
      # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      Sid       = "LogGroups"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.${var.dns_suffix}" }
      Action    = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      Resource  = "*" # this key
      Condition = {
        ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${var.partition}:logs:${var.region}:${var.account}:*" }
      }
    },
    {
      # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
      Sid       = "Alarms"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = "*" # this key
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    },
  ]

  key_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.key_use, local.key_writes)
  })
}
