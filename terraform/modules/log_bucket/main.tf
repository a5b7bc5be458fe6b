# The bucket that logs are put into, and the key of the deployment.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  bucket         = coalesce(var.existing_bucket, "${var.prefix}-${data.aws_caller_identity.current.account_id}-log")
  is_ours        = var.existing_bucket == null
  policy_is_ours = local.is_ours || var.manage_existing_bucket
  bucket_arn     = "arn:${data.aws_partition.current.partition}:s3:::${local.bucket}"
}

module "policy" {
  source = "../log_policy"

  account         = data.aws_caller_identity.current.account_id
  bucket          = local.bucket
  dns_suffix      = data.aws_partition.current.dns_suffix
  log_accounts    = var.log_accounts
  organization_id = var.organization_id
  partition       = data.aws_partition.current.partition
  region          = data.aws_region.current.region
  s3_access_logs  = var.s3_access_logs
}

resource "aws_s3_bucket" "logs" {
  # checkov:skip=CKV_AWS_18: it is where access logs go; logging onto itself would never end
  # checkov:skip=CKV_AWS_144: a copy in another region doubles the cost, and is the operator's choice
  # checkov:skip=CKV2_AWS_62: the module loader has its notification
  # checkov:skip=CKV_AWS_145: ALB and CLB write only to buckets whose default is SSE-S3
  count = local.is_ours ? 1 : 0

  bucket              = local.bucket
  force_destroy       = false
  object_lock_enabled = var.object_lock_days != null

  lifecycle {
    precondition {
      condition     = var.object_lock_days == null || !var.s3_access_logs
      error_message = "S3 delivers no server access logs to a bucket with a default retention: set log_bucket.s3_access_logs to false, or leave log_bucket.object_lock_days out."
    }
  }
}

resource "aws_s3_bucket_versioning" "logs" {
  count = local.is_ours ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "logs" {
  count = local.is_ours && var.object_lock_days != null ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.object_lock_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.logs]
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  count = local.is_ours ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "logs" {
  count = local.is_ours ? 1 : 0

  bucket                  = aws_s3_bucket.logs[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  count = local.is_ours ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  # checkov:skip=CKV_AWS_300: the rule `leftovers` does, for all objects
  count = local.is_ours ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  dynamic "rule" {
    for_each = var.glacier_days == null && var.expire_days == null ? [] : [1]

    content {
      id     = "logs"
      status = "Enabled"

      filter {}

      dynamic "transition" {
        for_each = var.glacier_days == null ? [] : [var.glacier_days]

        content {
          days          = transition.value
          storage_class = "GLACIER_IR"
        }
      }

      dynamic "expiration" {
        for_each = var.expire_days == null ? [] : [var.expire_days]

        content {
          days = expiration.value
        }
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.logs]
}

resource "aws_s3_bucket_policy" "logs" {
  count = local.policy_is_ours ? 1 : 0

  bucket = local.is_ours ? aws_s3_bucket.logs[0].id : local.bucket
  policy = module.policy.bucket_policy

  depends_on = [aws_s3_bucket_public_access_block.logs]
}

resource "aws_kms_key" "this" {
  description             = "${var.prefix}: domain, snapshots, alerts, and logs whose service names a key"
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = module.policy.key_policy
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.prefix}-key"
  target_key_id = aws_kms_key.this.key_id
}
