"""The stand-in for the AWS provider answers as the real one would, where the tests rely on it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.terraform import standin_build
from tests.terraform.conftest import TOOLS, New, need
from tests.terraform.standin import build_schema

DOMAIN = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
data "aws_secretsmanager_random_password" "this" {
  password_length = 32
}
resource "aws_opensearch_domain" "this" {
  domain_name = "aes-siem"
  advanced_security_options {
    enabled = true
    master_user_options {
      master_user_name     = "admin"
      master_user_password = data.aws_secretsmanager_random_password.this.random_password
    }
  }
  IGNORED
}
"""
IGNORED = """lifecycle {
    ignore_changes = [advanced_security_options[0].master_user_options]
  }"""
NAMES = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
data "aws_partition" "this" {}
data "aws_caller_identity" "this" {}
resource "aws_sqs_queue" "this" {
  name = "work"
  tags = { of = "the test" }
}
resource "aws_s3_bucket" "this" {
  bucket = "logs"
}
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "Own"
    actions   = ["s3:PutObject", "s3:GetObject"]
    resources = ["${aws_s3_bucket.this.arn}/&{aws:PrincipalAccount}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-exampleorg1"]
    }
  }
}
output "policy" {
  value = data.aws_iam_policy_document.this.json
}
output "partition" {
  value = data.aws_partition.this.partition
}
"""


def folder(tmp_path: Path, code: str) -> Path:
    """Return a folder that holds the code."""
    (tmp_path / "main.tf").write_text(code)
    return tmp_path


def test_names_and_policies_are_those_of_aws(new_workspace: New, tmp_path: Path) -> None:
    state = new_workspace(folder(tmp_path, NAMES)).apply()
    queue = state.one("aws_sqs_queue.this")
    assert queue["arn"] == "arn:aws:sqs:ap-northeast-1:111122223333:work"
    assert queue["url"] == "https://sqs.ap-northeast-1.amazonaws.com/111122223333/work"
    assert queue["tags_all"] == {"of": "the test"}
    assert json.loads(state.outputs["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Own",
                "Effect": "Allow",
                "Action": ["s3:PutObject", "s3:GetObject"],
                "Resource": "arn:aws:s3:::logs/${aws:PrincipalAccount}/*",
                "Principal": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}},
            }
        ],
    }


def test_an_applied_state_plans_no_change(new_workspace: New, tmp_path: Path) -> None:
    made = new_workspace(folder(tmp_path, NAMES))
    made.apply()
    assert made.plan() == {}


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_a_region_decides_the_partition(
    new_workspace: New, tmp_path: Path, region: str, partition: str, suffix: str
) -> None:
    state = new_workspace(folder(tmp_path, NAMES), AWS_REGION=region).apply()
    assert state.outputs["partition"] == partition
    queue = state.one("aws_sqs_queue.this")
    assert queue["arn"] == f"arn:{partition}:sqs:{region}:111122223333:work"
    assert queue["url"].startswith(f"https://sqs.{region}.{suffix}/")


def test_a_random_password_is_another_one_at_each_read(new_workspace: New, tmp_path: Path) -> None:
    made = new_workspace(folder(tmp_path, DOMAIN.replace("IGNORED", "")))
    made.apply()
    assert made.plan() == {"aws_opensearch_domain.this": ["update"]}


def test_a_password_under_ignore_changes_stays(new_workspace: New, tmp_path: Path) -> None:
    made = new_workspace(folder(tmp_path, DOMAIN.replace("IGNORED", IGNORED)))
    made.apply()
    assert made.plan() == {}


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [
        ("name =", "nmae =", 'argument named "nmae" is not expected'),
        ('"work"', "[1]", 'Inappropriate value for attribute "name": string required'),
        ('"work"', '"work"\n  arn = "x"', "Value for unconfigurable attribute"),
        ('"work"', '"work"\n  policy = "{"', '"policy" contains an invalid JSON document'),
        ('"work"', '"work"\n  redrive {}', 'Blocks of type "redrive" are not expected here'),
        ("aws_sqs_queue", "aws_sqs_quue", 'does not support resource type "aws_sqs_quue"'),
        ("aws_s3_bucket.this.arn", "aws_s3_bucket.this.an", "has no argument, nested block, or"),
    ],
)
def test_validate_refuses_what_the_schema_does(
    new_workspace: New, tmp_path: Path, right: str, wrong: str, error: str
) -> None:
    made = new_workspace(folder(tmp_path, NAMES))
    (made.folder / "main.tf").write_text(NAMES.replace(right, wrong))
    assert any(error in each for each in made.validate())


def test_a_wrong_cli_configuration_of_the_machine_does_not_matter(
    new_workspace: New, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing"))
    assert new_workspace(folder(tmp_path, NAMES)).validate() == []


@pytest.mark.parametrize("tool", TOOLS)
def test_a_missing_tool_is_told_in_one_line_and_fails_on_a_ci_machine(
    tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda command: None)
    assert "\n" not in TOOLS[tool]
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="is not installed"):
        need(tool)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="is not installed"):
        need(tool)


def test_the_ci_machine_says_that_it_is_one() -> None:
    assert "CI=true make test" in (standin_build.HERE.parents[2] / ".ci" / "run").read_text()


def test_the_same_content_is_built_once(terraform_provider: object) -> None:
    built = standin_build.plugin_dir() / standin_build.binary()
    before = built.stat().st_mtime_ns
    assert (standin_build.plugin_dir() / standin_build.binary()).stat().st_mtime_ns == before


def test_the_go_code_is_formatted() -> None:
    need("go")
    told = subprocess.run(
        ["gofmt", "-l", "."], cwd=standin_build.HERE, capture_output=True, text=True
    )
    assert (told.returncode, told.stdout) == (0, "")


def test_the_schema_has_the_types_that_are_listed() -> None:
    schema = build_schema.read()
    listed = build_schema.TYPES.read_text().split()
    (provider,) = schema["provider_schemas"].values()
    resources = provider["resource_schemas"]
    data = [f"data.{name}" for name in provider["data_source_schemas"]]
    assert sorted([*resources, *data]) == sorted(listed)
    assert schema["provider_version"] == standin_build.VERSION
