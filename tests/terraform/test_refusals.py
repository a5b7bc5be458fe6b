"""Bad input is refused with a sentence of ours, before anything is created."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.conftest import New
from tests.terraform.workspace import Workspace

GOOD: dict[str, Any] = {"allowed_cidrs": ["198.51.100.0/24"], "alert_email": None}
ROLE = "arn:aws:iam::444455556666:role/reader"

# what is wrong, and words of the message
BAD: list[tuple[dict[str, Any], str]] = [
    ({"allowed_cidrs": ["0.0.0.0/0"]}, "would open the domain to everybody"),
    ({"allowed_cidrs": ["0.0.0.0/1", "128.0.0.0/1"]}, "would open the domain to everybody"),
    ({"allowed_cidrs": ["198.51.100.7"]}, 'one address is "198.51.100.7/32"'),
    ({"allowed_cidrs": []}, "A public domain needs allowed_cidrs"),
    ({"alert_email": "nobody"}, "alert_email is an e-mail address"),
    ({"prefix": "aws-siem"}, "prefix has 3 to 20 small letters"),
    ({"prefix": "a-prefix-that-is-too-long"}, "prefix has 3 to 20 small letters"),
    ({"engine_version": "OpenSearch_1.3"}, "engine_version is OpenSearch_2.19 or OpenSearch_3.x"),
    ({"engine_version": "3.3"}, "engine_version is OpenSearch_2.19 or OpenSearch_3.x"),
    ({"architecture": "arm"}, "architecture is arm64 or x86_64"),
    ({"log_accounts": ["4444"]}, "log_accounts are numbers of 12 digits"),
    ({"organization_id": "r-exampleorg1"}, 'organization_id looks like "o-exampleorg1"'),
    ({"admin_arns": ["admin"]}, "admin_arns are ARNs of IAM roles or users"),
    ({"analyst_arns": ["arn:aws:sts::111122223333:assumed-role/x/y"]}, "analyst_arns are ARNs"),
    ({"function_log_days": 10}, "a number that CloudWatch Logs knows"),
    ({"loader_reserved_concurrency": 3}, "at least 4, 2 for each queue"),
    ({"existing_log_bucket": {"name": "arn:aws:s3:::x"}}, "is the name of a bucket, not an ARN"),
    ({"extra_log_buckets": {"b": {"role_arn": "x"}}}, "role_arn is the ARN of a role"),
    (
        {"extra_log_buckets": {"b": {"role_arn": ROLE, "account_id": "4"}}},
        "account_id is a number of 12 digits",
    ),
    (
        {"extra_log_buckets": {"b": {"role_arn": ROLE, "queue_arn": "https://sqs"}}},
        "queue_arn is the ARN of an SQS queue",
    ),
    (
        {
            "extra_log_buckets": {
                f"b{each}": {
                    "role_arn": ROLE,
                    "queue_arn": f"arn:aws:sqs:eu-west-1:444455556666:q{each}",
                }
                for each in range(4)
            }
        },
        "loader_reserved_concurrency has to be at least 12 with this many queues",
    ),
    (
        {"geoip": {"credentials_arn": "secret-key"}},
        "the licence key itself belongs in there, not here",
    ),
    ({"geoip": {"address_lists": {"x": "http://192.0.2.1/list"}}}, "and an https URL"),
    ({"trusted_proxies": ["192.0.2.1"]}, 'one address is "192.0.2.1/32"'),
    ({"trusted_proxies": [f"10.{each}.0.0/16" for each in range(250)]}, "at most 2,048 characters"),
    ({"index_retention": {"*": {"cold": 30}}}, "an index becomes cold only from warm"),
    ({"index_retention": {"*": {"delete": 0}}}, "days are whole numbers above 0"),
    (
        {"index_retention": {"*": {"warm": 30, "delete": 30}}},
        "each step is later than the one before",
    ),
    ({"index_retention": {"*": {"warm": 30}}}, "only with UltraWarm: give cluster.warm"),
    ({"log_bucket": {"expire_days": 30, "glacier_days": 90}}, "glacier_days comes before"),
    ({"log_bucket": {"expire_days": 0}}, "log_bucket: days are numbers above 0"),
    (
        {"log_bucket": {"object_lock_days": 365, "expire_days": 90, "s3_access_logs": False}},
        "expire_days cannot come before log_bucket.object_lock_days",
    ),
    (
        {"log_bucket": {"object_lock_days": 365}},
        "S3 delivers no server access logs to a bucket with",
    ),
    ({"network": {"vpc_id": "vpc-1"}}, "give vpc_id and subnet_ids, or neither"),
    ({"network": {"vpc_cidr": "10.0.0.0/28"}}, "is an IPv4 network of /16 to /24"),
    ({"network": {"interface_endpoints": ["s3"]}}, "S3 has s3_endpoint"),
    ({"cluster": {"availability_zones": 4}}, "availability_zones is 1, 2 or 3"),
    ({"cluster": {"instance_type": "r6g.large"}}, 'looks like "r6g.large.search"'),
    ({"cluster": {"instance_type": "t2.small.search"}}, "t2 has no encryption at rest"),
    (
        {"cluster": {"masters": {"instance_type": "m6g.large.search", "count": 2}}},
        "count is 3 or 5",
    ),
    ({"cluster": {"off_peak_start_utc": "25:00"}}, 'is a time such as "17:00"'),
    ({"cluster": {"storage_gb": 5}}, "storage_gb is a whole number of at least 10"),
    ({"cluster": {"storage_gb": 300}}, "storage_gb of t3.medium.search is at most 200: 300"),
    ({"cluster": {"warm": {}}}, "UltraWarm needs dedicated masters"),
    (
        {"cluster": {"warm": {}, "masters": {"instance_type": "m6g.large.search"}}},
        "UltraWarm needs data nodes other than t3",
    ),
    ({"cluster": {"availability_zones": 2, "instance_count": 3}}, "instance_count is even: 3"),
    ({"cluster": {"availability_zones": 3, "instance_count": 2}}, "needs a data node"),
    ({"cluster": {"standby": True}}, "standby needs 3 availability zones"),
    (
        {
            "network": {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1"]},
            "cluster": {"availability_zones": 2, "instance_count": 2},
        },
        "needs a subnet in its own zone (network): 2",
    ),
]


@pytest.fixture(scope="module")
def root(new_workspace: New) -> Workspace:
    """The root module."""
    return new_workspace()


@pytest.mark.parametrize(("bad", "words"), BAD)
def test_bad_input_is_refused_with_our_own_sentence(
    root: Workspace, bad: dict[str, Any], words: str
) -> None:
    assert words in root.refusal(**{**GOOD, **bad})


@pytest.mark.parametrize("name", ["allowed_cidrs", "alert_email"])
def test_what_has_no_sane_default_has_to_be_given(root: Workspace, name: str) -> None:
    given = {key: value for key, value in GOOD.items() if key != name}
    assert f'input variable "{name}" is not set' in root.refusal(**given)


def test_a_missing_zip_is_told_before_anything_is_created(new_workspace: New) -> None:
    made = new_workspace()
    (made.folder.parent / "dist" / "arm64" / "es_loader.zip").unlink()
    error = made.refusal(**GOOD)
    assert "run `make build` before Terraform: dist/arm64/es_loader.zip" in error


def test_a_policy_that_s3_would_refuse_is_told_before(root: Workspace) -> None:
    accounts = [f"{each:012}" for each in range(200)]
    assert "name the organization instead" in root.refusal(**GOOD, log_accounts=accounts)


def test_an_unchanged_function_plans_no_change_and_a_changed_one_does(new_workspace: New) -> None:
    made = new_workspace()
    made.apply(**GOOD)
    zips = made.folder.parent / "dist" / "arm64"
    (zips / "es_loader.zip").touch()
    assert made.plan(**GOOD) == {}
    (zips / "es_loader.zip").write_text("new code")
    loader = "module.loader.module.function.aws_lambda_function.this"
    assert made.plan(**GOOD) == {loader: ["update"]}
    made.apply(**GOOD)
    (zips / "configure_domain.zip").write_text("new code")
    # A real provider replaces the invocation; the stand-in does not know what forces that.
    assert set(made.plan(**GOOD)) == {
        "module.configure_domain.aws_lambda_function.this",
        "aws_lambda_invocation.configure_domain",
    }


def test_what_the_functions_change_plans_no_change(new_workspace: New) -> None:
    made = new_workspace()
    made.apply(**GOOD)
    file = made.folder / "terraform.tfstate"
    state = json.loads(file.read_text())
    changed = 0
    for resource in state["resources"]:
        for instance in resource["instances"]:
            values = instance["attributes"]
            if values.get("function_name") == "aes-siem-es-loader":
                values["reserved_concurrent_executions"] = 0  # loader_stopper
            elif resource["type"] == "aws_lambda_event_source_mapping":
                values["enabled"] = False  # loader_stopper
            elif resource["type"] == "aws_opensearch_domain":  # configure_domain
                (options,) = values["advanced_security_options"]
                options["internal_user_database_enabled"] = True
                options["master_user_options"][0]["master_user_arn"] = ""
                options["master_user_options"][0]["master_user_name"] = "aesadmin"
            else:
                continue
            changed += 1
    assert changed == 4
    file.write_text(json.dumps(state))
    assert made.plan(**GOOD) == {}


def test_no_password_is_in_the_state(new_workspace: New) -> None:
    made = new_workspace()
    state = made.apply(**GOOD)
    (domain,) = state.of_type("aws_opensearch_domain").values()
    (options,) = domain["advanced_security_options"]
    (user,) = options["master_user_options"]
    assert user["master_user_arn"] == "arn:aws:iam::111122223333:role/aes-siem-configure-aes"
    assert not user["master_user_password"]
    assert not state.of_type("aws_secretsmanager_secret_version")
    assert "password" not in {name for name in state.outputs if name != "password_secret_arn"}


# module, right, wrong, words of Terraform's error
MISTAKES = [
    (
        "domain",
        "node_to_node_encryption {",
        "node_to_node_encrypt {",
        'Blocks of type "node_to_node',
    ),
    ("domain", "encrypt_at_rest {", "encrypt_at_rest = {", "Unsupported argument"),
    ("domain", "  domain_name    = var.prefix\n", "", 'argument "domain_name" is required'),
    ("domain", "enforce_https ", "enforce_htps ", 'named "enforce_htps" is not expected here'),
    ("log_bucket", "sse_algorithm = ", "# ", 'argument "sse_algorithm" is required'),
    ("log_bucket", "enable_key_rotation ", "enable_key_rotatoin ", 'named "enable_key_rotatoin"'),
    (
        "loader",
        "batch_size              = local.batch_size",
        'batch_size = "many"',
        "a number is required",
    ),
    ("loader", "aws_sqs_queue.dead.arn", "aws_sqs_queue.dead.urn", 'attribute named "urn"'),
    (
        "monitoring",
        'resource "aws_sns_topic" "alert"',
        'resource "aws_sns_topik" "alert"',
        "aws_sns_topik",
    ),
    ("function", "    size = var.tmp_mb", "    size = true", "number required"),
    (
        "network",
        "data.aws_region.current.region",
        "data.aws_region.current.regoin",
        'named "regoin"',
    ),
]


@pytest.mark.parametrize(("module", "right", "wrong", "words"), MISTAKES)
def test_a_mistake_in_a_module_is_found_by_validate(
    root: Workspace, tmp_path: Path, module: str, right: str, wrong: str, words: str
) -> None:
    # The provider and the modules that are installed are those of the root's workspace.
    shutil.copytree(root.folder.parent, tmp_path / "copy", symlinks=True)
    copy = Workspace(tmp_path / "copy" / "terraform", root.environment, root.plugins)
    (file,) = (
        file
        for file in (copy.folder / "modules" / module).glob("*.tf")
        if right in file.read_text()
    )
    file.write_text(file.read_text().replace(right, wrong, 1))
    assert any(words in error for error in copy.validate())
