# The GeoIP databases and lists of bad addresses: their bucket, and the function that fetches them.

data "aws_caller_identity" "current" {}

locals {
  name = "${var.prefix}-geoip-downloader"
  # What a secret's ARN is of: arn:aws:secretsmanager:... or arn:aws:ssm:...
  credentials_service = try(split(":", var.maxmind_credentials_arn)[2], "")
  read_credentials    = { secretsmanager = "secretsmanager:GetSecretValue", ssm = "ssm:GetParameter" }
}

resource "aws_s3_bucket" "geo" {
  # checkov:skip=CKV_AWS_18: what it holds is public, and fetched again every 12 hours
  # checkov:skip=CKV_AWS_21: what it holds is fetched again every 12 hours
  # checkov:skip=CKV_AWS_144: what it holds is fetched again every 12 hours
  # checkov:skip=CKV2_AWS_62: nothing waits for its objects
  bucket        = "${var.prefix}-${data.aws_caller_identity.current.account_id}-geo"
  force_destroy = false
}

resource "aws_s3_bucket_ownership_controls" "geo" {
  bucket = aws_s3_bucket.geo.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "geo" {
  bucket                  = aws_s3_bucket.geo.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "geo" {
  bucket = aws_s3_bucket.geo.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.function.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "geo" {
  bucket = aws_s3_bucket.geo.id

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyByTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.geo.arn, "${aws_s3_bucket.geo.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "geo" {
  bucket = aws_s3_bucket.geo.id
  policy = data.aws_iam_policy_document.bucket.json

  depends_on = [aws_s3_bucket_public_access_block.geo]
}

data "aws_iam_policy_document" "downloader" {
  # Without s3:ListBucket S3 says "access denied" of an object that is not there yet.
  statement {
    sid       = "TellMissingFromDenied"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.geo.arn]
  }

  statement {
    sid       = "ReplaceDatabases"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.geo.arn}/GeoLite2/*", "${aws_s3_bucket.geo.arn}/AddressLists/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.function.key_arn]
  }

  dynamic "statement" {
    for_each = var.maxmind_credentials_arn[*]

    content {
      sid       = "ReadCredentials"
      actions   = [local.read_credentials[local.credentials_service]]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.maxmind_key_arn[*]

    content {
      sid       = "KeyOfCredentials"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

# Outside the VPC: what it fetches is on the internet.
module "function" {
  source = "../function"

  architecture    = var.function.architecture
  description     = "Fetches GeoIP databases and lists of bad addresses"
  folder          = "geoip_downloader"
  key_arn         = var.function.key_arn
  log_days        = var.function.log_days
  memory_mb       = 512
  name            = local.name
  policy          = data.aws_iam_policy_document.downloader.json
  timeout_seconds = 300
  tmp_mb          = 1024

  environment = {
    ADDRESS_LISTS       = jsonencode(var.address_lists)
    GEO_BUCKET          = aws_s3_bucket.geo.id
    MAXMIND_CREDENTIALS = var.maxmind_credentials_arn == null ? "" : var.maxmind_credentials_arn
    MAXMIND_URL         = ""
  }
}

resource "aws_cloudwatch_event_rule" "downloader" {
  name                = "${var.prefix}-CwlRuleLambdaGeoipDownloader"
  description         = "GeoIP databases and lists of bad addresses, every 12 hours"
  schedule_expression = "rate(12 hours)"
}

resource "aws_cloudwatch_event_target" "downloader" {
  rule = aws_cloudwatch_event_rule.downloader.name
  arn  = module.function.arn
}

resource "aws_lambda_permission" "downloader" {
  statement_id  = "Schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.downloader.arn
}
