terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

# The security account, that of the SIEM.
provider "aws" {
  region = var.region

  default_tags {
    tags = { Application = "aes-siem" }
  }
}

# Each of the others by a role that the security account may take.

provider "aws" {
  alias  = "archive"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.archive_account_id}:role/${var.role_name}"
  }
}

provider "aws" {
  alias  = "management"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.management_account_id}:role/${var.role_name}"
  }
}

provider "aws" {
  alias  = "member"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.member_account_id}:role/${var.role_name}"
  }
}
