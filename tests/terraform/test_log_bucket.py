"""Who may write where in the log bucket: own prefix only, no reads, no plain HTTP."""

import json
from typing import Any

import pytest

from tests.terraform.conftest import EXAMPLES, New
from tests.terraform.policy_evaluator import Policy, Request, decide
from tests.terraform.workspace import ACCOUNT, State

MEMBER, STRANGER = "444455556666", "777788889999"
ORGANIZATION = "o-exampleorg1"
BUCKET = f"arn:aws:s3:::aes-siem-{ACCOUNT}-log"
OURS = {"s3:x-amz-acl": "bucket-owner-full-control"}
ALL: Policy = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}

# service -> where it delivers below AWSLogs/<account>/
SERVICES = {
    "cloudtrail.amazonaws.com": [
        "CloudTrail/us-east-1/2026/11/24/x.json.gz",
        "CloudTrail-Insight/x",
        "CloudTrail-Digest/x",
    ],
    "config.amazonaws.com": ["Config/us-east-1/2026/11/24/ConfigHistory/x.json.gz"],
    "delivery.logs.amazonaws.com": [
        "vpcflowlogs/us-east-1/2026/11/24/x.log.gz",
        "vpcdnsquerylogs/vpc-1/2026/11/24/x.log.gz",
        "network-firewall/flow/x.log.gz",
        "elasticloadbalancing/us-east-1/2026/11/24/x.log.gz",
        "CloudFront/E1EXAMPLE/2026/11/24/x.gz",
    ],
    "guardduty.amazonaws.com": ["GuardDuty/us-east-1/2026/11/24/x.jsonl.gz"],
}
CASES = [(service, path) for service, paths in SERVICES.items() for path in paths]


def bucket_policy(state: State) -> Policy:
    """Return the policy of the log bucket."""
    (found,) = (
        each["policy"]
        for each in state.of_type("aws_s3_bucket_policy").values()
        if each["bucket"].endswith("-log")
    )
    return dict(json.loads(found))


def deliver(
    policy: Policy, service: str, source: str, key: str, action: str = "PutObject", **more: str
) -> str:
    """Return whether a service may act on a key for an account."""
    organization = {} if source == STRANGER else {"aws:SourceOrgID": ORGANIZATION}
    context: dict[str, Any] = {"aws:SourceAccount": source, **organization, **OURS}
    context |= {name.replace("_", ":"): value for name, value in more.items()}
    place = f"{BUCKET}/{key}" if key else BUCKET
    return decide(Request(service, f"s3:{action}", place, ACCOUNT, context), policy)


def write(policy: Policy, account: str, key: str, action: str = "PutObject", **more: str) -> str:
    """Return whether a role of an account, with every right over there, may act on a key."""
    organization = {} if account == STRANGER else {"aws:PrincipalOrgID": ORGANIZATION}
    role = f"arn:aws:iam::{account}:role/firehose"
    context: dict[str, Any] = {**organization}
    context |= {name.replace("_", ":"): value for name, value in more.items()}
    place = f"{BUCKET}/{key}" if key else BUCKET
    return decide(Request(role, f"s3:{action}", place, ACCOUNT, context), policy, [ALL])


@pytest.mark.parametrize(("service", "path"), CASES)
def test_a_service_delivers_for_this_account(minimal: State, service: str, path: str) -> None:
    policy = bucket_policy(minimal)
    assert deliver(policy, service, ACCOUNT, f"AWSLogs/{ACCOUNT}/{path}") == "allow"
    assert deliver(policy, service, MEMBER, f"AWSLogs/{MEMBER}/{path}") == "none"


@pytest.mark.parametrize(("service", "path"), CASES)
def test_a_service_delivers_for_the_accounts_of_the_organization(
    organization: State, service: str, path: str
) -> None:
    policy = bucket_policy(organization)
    for account in (ACCOUNT, MEMBER, "555566667777"):
        assert deliver(policy, service, account, f"AWSLogs/{account}/{path}") == "allow"
    assert deliver(policy, service, STRANGER, f"AWSLogs/{STRANGER}/{path}") == "none"


@pytest.mark.parametrize(
    ("service", "path"), [case for case in CASES if not case[0].startswith("guardduty")]
)
def test_a_service_delivers_below_the_prefix_of_its_account_only(
    organization: State, service: str, path: str
) -> None:
    policy = bucket_policy(organization)
    assert deliver(policy, service, MEMBER, f"AWSLogs/{ACCOUNT}/{path}") == "none"
    assert deliver(policy, service, MEMBER, path) == "none"


def test_the_administrator_of_guardduty_delivers_for_its_members(organization: State) -> None:
    policy = bucket_policy(organization)
    key = f"AWSLogs/{MEMBER}/GuardDuty/us-east-1/2026/11/24/x.jsonl.gz"
    assert deliver(policy, "guardduty.amazonaws.com", ACCOUNT, key) == "allow"
    other = f"AWSLogs/{MEMBER}/CloudTrail/us-east-1/x.json.gz"
    assert deliver(policy, "guardduty.amazonaws.com", ACCOUNT, other) == "none"


@pytest.mark.parametrize("service", ["cloudtrail.amazonaws.com", "config.amazonaws.com"])
def test_a_service_delivers_into_its_own_folder_only(minimal: State, service: str) -> None:
    key = f"AWSLogs/{ACCOUNT}/vpcflowlogs/us-east-1/x.log.gz"
    assert deliver(bucket_policy(minimal), service, ACCOUNT, key) == "none"


@pytest.mark.parametrize(("service", "path"), CASES)
def test_a_service_does_not_read(minimal: State, service: str, path: str) -> None:
    policy, key = bucket_policy(minimal), f"AWSLogs/{ACCOUNT}/{path}"
    for action in ("GetObject", "DeleteObject", "PutObjectAcl"):
        assert deliver(policy, service, ACCOUNT, key, action) == "none"
    assert deliver(policy, service, ACCOUNT, key, aws_SecureTransport="false") == "deny"


def test_a_service_leaves_its_objects_to_the_bucket_owner(minimal: State) -> None:
    key = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/x.json.gz"
    acl = {"s3_x-amz-acl": "private"}
    assert (
        deliver(bucket_policy(minimal), "cloudtrail.amazonaws.com", ACCOUNT, key, **acl) == "none"
    )


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("cloudtrail.amazonaws.com", "GetBucketAcl"),
        ("config.amazonaws.com", "GetBucketAcl"),
        ("config.amazonaws.com", "ListBucket"),
        ("delivery.logs.amazonaws.com", "GetBucketAcl"),
        ("guardduty.amazonaws.com", "GetBucketLocation"),
    ],
)
def test_a_service_looks_at_the_bucket_before_it_delivers(
    organization: State, service: str, action: str
) -> None:
    policy = bucket_policy(organization)
    assert deliver(policy, service, MEMBER, "", action) == "allow"
    assert deliver(policy, service, STRANGER, "", action) == "none"


def test_the_trail_of_the_organization_delivers_for_all_members(organization: State) -> None:
    policy, management = bucket_policy(organization), "222233334444"
    key = f"AWSLogs/{ORGANIZATION}/{MEMBER}/CloudTrail/us-east-1/x.json.gz"
    assert deliver(policy, "cloudtrail.amazonaws.com", management, key) == "allow"
    assert deliver(policy, "cloudtrail.amazonaws.com", STRANGER, key) == "none"
    assert deliver(policy, "config.amazonaws.com", management, key) == "none"


def test_load_balancers_of_the_named_accounts_deliver(organization: State) -> None:
    policy = bucket_policy(organization)
    # Load balancers of Tokyo deliver as the service or, the older way, as an account of ELB.
    for who in ("logdelivery.elasticloadbalancing.amazonaws.com", "582318560864"):
        principal = f"arn:aws:iam::{who}:role/elb" if who.isdigit() else who
        for account, answer in [(ACCOUNT, "allow"), (MEMBER, "allow"), (STRANGER, "none")]:
            key = f"{BUCKET}/AWSLogs/{account}/elasticloadbalancing/ap-northeast-1/x.log.gz"
            request = Request(principal, "s3:PutObject", key, ACCOUNT)
            assert decide(request, policy, [ALL]) == answer
        for key in (f"AWSLogs/{MEMBER}/CloudTrail/x", "elasticloadbalancing/x"):
            request = Request(principal, "s3:PutObject", f"{BUCKET}/{key}", ACCOUNT)
            assert decide(request, policy, [ALL]) == "none"


def test_s3_delivers_access_logs_of_this_account(minimal: State) -> None:
    policy, s3 = bucket_policy(minimal), "logging.s3.amazonaws.com"
    key = f"AWSLogs/{ACCOUNT}/S3AccessLogs/{ACCOUNT}/ap-northeast-1/app/2026/11/24/x"
    assert deliver(policy, s3, ACCOUNT, key) == "allow"
    assert deliver(policy, s3, MEMBER, key) == "none"
    assert deliver(policy, s3, ACCOUNT, f"AWSLogs/{ACCOUNT}/CloudTrail/x") == "none"


@pytest.mark.parametrize("account", [MEMBER, "555566667777"])
def test_roles_of_accounts_write_below_their_own_prefix(organization: State, account: str) -> None:
    policy = bucket_policy(organization)
    for action in ("PutObject", "AbortMultipartUpload"):
        assert write(policy, account, f"AWSLogs/{account}/WAFLogs/x", action) == "allow"
        assert write(policy, account, f"AWSLogs/{ACCOUNT}/WAFLogs/x", action) == "none"
    for action in ("GetBucketLocation", "ListBucketMultipartUploads"):
        assert write(policy, account, "", action) == "allow"
        assert write(policy, STRANGER, "", action) == "none"
    for action in ("GetObject", "DeleteObject", "PutObjectAcl"):
        assert write(policy, account, f"AWSLogs/{account}/WAFLogs/x", action) == "none"
    for action in ("ListBucket", "GetBucketPolicy", "PutBucketPolicy"):
        assert write(policy, account, "", action) == "none"
    assert write(policy, STRANGER, f"AWSLogs/{STRANGER}/WAFLogs/x") == "none"


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_everybody_needs_tls(example: State) -> None:
    policy = bucket_policy(example)
    key, plain = f"AWSLogs/{ACCOUNT}/x", {"aws_SecureTransport": "false"}
    assert write(policy, ACCOUNT, key, **plain) == "deny"
    assert write(policy, ACCOUNT, key, "GetObject", **plain) == "deny"
    assert write(policy, ACCOUNT, "", "ListBucket", **plain) == "deny"


def key_policy(state: State) -> Policy:
    """Return the policy of the key."""
    (found,) = state.of_type("aws_kms_key").values()
    return dict(json.loads(found["policy"]))


TRAIL = {
    "kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:eu-west-1:{MEMBER}:trail/x"
}


@pytest.mark.parametrize(
    ("service", "action", "context", "answer"),
    [
        (
            "cloudtrail.amazonaws.com",
            "GenerateDataKey",
            {"aws:SourceAccount": MEMBER, **TRAIL},
            "allow",
        ),
        (
            "cloudtrail.amazonaws.com",
            "DescribeKey",
            {"aws:SourceAccount": MEMBER, **TRAIL},
            "allow",
        ),
        ("cloudtrail.amazonaws.com", "GenerateDataKey", {"aws:SourceAccount": MEMBER}, "none"),
        (
            "cloudtrail.amazonaws.com",
            "GenerateDataKey",
            {"aws:SourceAccount": STRANGER, **TRAIL},
            "none",
        ),
        ("cloudtrail.amazonaws.com", "Decrypt", {"aws:SourceAccount": MEMBER, **TRAIL}, "none"),
        ("guardduty.amazonaws.com", "GenerateDataKey", {"aws:SourceAccount": MEMBER}, "allow"),
        ("config.amazonaws.com", "GenerateDataKey", {"aws:SourceAccount": STRANGER}, "none"),
        ("cloudwatch.amazonaws.com", "GenerateDataKey", {"aws:SourceAccount": ACCOUNT}, "allow"),
        ("cloudwatch.amazonaws.com", "GenerateDataKey", {"aws:SourceAccount": MEMBER}, "none"),
        ("ec2.amazonaws.com", "GenerateDataKey", {"aws:SourceAccount": ACCOUNT}, "none"),
    ],
)
def test_services_use_the_key_for_what_they_deliver(
    organization: State, service: str, action: str, context: dict[str, str], answer: str
) -> None:
    (key,) = organization.of_type("aws_kms_key").values()
    request = Request(service, f"kms:{action}", key["arn"], ACCOUNT, context)
    assert decide(request, key_policy(organization), resource_policy_decides=True) == answer


@pytest.mark.parametrize(
    ("group", "answer"),
    [
        (f"arn:aws:logs:ap-northeast-1:{ACCOUNT}:log-group:/aws/lambda/x", "allow"),
        (f"arn:aws:logs:ap-northeast-1:{MEMBER}:log-group:/aws/lambda/x", "none"),
    ],
)
def test_log_groups_of_this_account_use_the_key(minimal: State, group: str, answer: str) -> None:
    (key,) = minimal.of_type("aws_kms_key").values()
    context = {"kms:EncryptionContext:aws:logs:arn": group}
    logs = "logs.ap-northeast-1.amazonaws.com"
    request = Request(logs, "kms:Encrypt", key["arn"], ACCOUNT, context)
    assert decide(request, key_policy(minimal), resource_policy_decides=True) == answer


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_buckets_are_private_encrypted_versioned_and_never_emptied_by_terraform(
    example: State,
) -> None:
    buckets = [each["bucket"] for each in example.of_type("aws_s3_bucket").values()]
    assert len(buckets) == 3

    def of(kind: str) -> dict[str, Any]:
        return {each["bucket"]: each for each in example.of_type(kind).values()}

    for each in example.of_type("aws_s3_bucket").values():
        assert each["force_destroy"] is False
    for bucket in buckets:
        block = of("aws_s3_bucket_public_access_block")[bucket]
        assert all(
            block[name] for name in block if name.startswith(("block", "ignore", "restrict"))
        )
        (rule,) = of("aws_s3_bucket_server_side_encryption_configuration")[bucket]["rule"]
        (default,) = rule["apply_server_side_encryption_by_default"]
        # ALB and CLB write to no bucket whose default is a key of ours.
        wanted = "AES256" if bucket.endswith("-log") else "aws:kms"
        assert default["sse_algorithm"] == wanted
        (owner,) = of("aws_s3_bucket_ownership_controls")[bucket]["rule"]
        assert owner["object_ownership"] == "BucketOwnerEnforced"
        if not bucket.endswith("-geo"):
            (status,) = of("aws_s3_bucket_versioning")[bucket]["versioning_configuration"]
            assert status["status"] == "Enabled"


def test_the_key_waits_30_days_and_rotates(minimal: State) -> None:
    (key,) = minimal.of_type("aws_kms_key").values()
    assert key["deletion_window_in_days"] == 30
    assert key["enable_key_rotation"] is True


def test_an_existing_bucket_is_left_as_it_is(new_workspace: New) -> None:
    made = new_workspace()
    variables: dict[str, Any] = {
        "allowed_cidrs": ["192.0.2.0/24"],
        "alert_email": None,
        "existing_log_bucket": {"name": f"aes-siem-{ACCOUNT}-log"},
    }
    state = made.apply(**variables)
    changed = {
        kind
        for kind in ("aws_s3_bucket", "aws_s3_bucket_policy", "aws_s3_bucket_notification")
        for each in state.of_type(kind).values()
        if each["bucket"] == f"aes-siem-{ACCOUNT}-log"
    }
    assert changed == set()
    additions = state.outputs["existing_log_bucket_additions"]
    policy = {"Statement": json.loads(additions["policy_statements"])}
    key = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/x.json.gz"
    assert deliver(policy, "cloudtrail.amazonaws.com", ACCOUNT, key) == "allow"
    (told,) = json.loads(additions["notification"])["QueueConfigurations"]
    assert told["QueueArn"] == state.outputs["queues"]["logs"]["arn"]

    state = made.apply(**variables, manage_existing_bucket=True)
    assert deliver(bucket_policy(state), "cloudtrail.amazonaws.com", ACCOUNT, key) == "allow"
    assert len(state.of_type("aws_s3_bucket_notification")) == 1
    assert "existing_log_bucket_additions" not in state.outputs  # Terraform keeps no null
    assert not [e for e in state.of_type("aws_s3_bucket").values() if e["bucket"].endswith("-log")]


def test_object_lock_keeps_log_objects(new_workspace: New) -> None:
    lock = {"object_lock_days": 365, "expire_days": 400, "s3_access_logs": False}
    state = new_workspace().apply(allowed_cidrs=["192.0.2.0/24"], alert_email=None, log_bucket=lock)
    bucket = state.one("module.log_bucket.aws_s3_bucket.logs[0]")
    assert bucket["object_lock_enabled"] is True
    (lock_rule,) = state.of_type("aws_s3_bucket_object_lock_configuration").values()
    assert lock_rule["rule"][0]["default_retention"] == [
        {"mode": "GOVERNANCE", "days": 365, "years": None}
    ]
    key = f"AWSLogs/{ACCOUNT}/S3AccessLogs/x"
    assert deliver(bucket_policy(state), "logging.s3.amazonaws.com", ACCOUNT, key) == "none"


@pytest.mark.parametrize(
    ("region", "partition", "logs", "load_balancers"),
    [
        ("cn-north-1", "aws-cn", "logs.cn-north-1.amazonaws.com.cn", "638102146993"),
        ("us-gov-west-1", "aws-us-gov", "logs.us-gov-west-1.amazonaws.com", "048591011584"),
    ],
)
def test_other_partitions_are_named_as_they_are(
    new_workspace: New, region: str, partition: str, logs: str, load_balancers: str
) -> None:
    made = new_workspace(AWS_REGION=region)
    state = made.apply(allowed_cidrs=["192.0.2.0/24"], alert_email=None)
    text = json.dumps(list(state.resources.values()))
    assert f"arn:{partition}:" in text
    assert "arn:aws:" not in text
    assert logs in json.dumps(key_policy(state))
    assert f"arn:{partition}:iam::{load_balancers}:root" in json.dumps(bucket_policy(state))
