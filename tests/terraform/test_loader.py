"""The queues and mappings that feed es_loader: DESIGN's section on queues, as deployed."""

import json

import pytest

from tests.terraform import deployed
from tests.terraform.conftest import EXAMPLES, New
from tests.terraform.policy_evaluator import Request, decide
from tests.terraform.workspace import ACCOUNT, REGION, State, Values

DAY = 24 * 3600
LOGS = f"arn:aws:sqs:{REGION}:{ACCOUNT}:aes-siem-sqs-logs"
BUCKET = f"arn:aws:s3:::aes-siem-{ACCOUNT}-log"


def queue(state: State, name: str) -> Values:
    """Return a queue by its name without the prefix."""
    return deployed.named(state, "aws_sqs_queue", f"aes-siem-{name}")


def queue_policy(state: State, name: str) -> Values:
    """Return the policy of a queue."""
    url = queue(state, name)["url"]
    (found,) = (
        json.loads(each["policy"])
        for each in state.of_type("aws_sqs_queue_policy").values()
        if each["queue_url"] == url
    )
    return dict(found)


def mappings(state: State) -> dict[str, Values]:
    """Return the event source mappings by the ARN of their queue."""
    found = state.of_type("aws_lambda_event_source_mapping").values()
    return {each["event_source_arn"]: each for each in found}


def test_queues_hide_a_message_six_times_as_long_as_the_loader_runs(minimal: State) -> None:
    timeout = deployed.functions(minimal)["es_loader"].values["timeout"]
    assert timeout == 600
    for name in ("sqs-logs", "sqs-splitted-logs"):
        assert queue(minimal, name)["visibility_timeout_seconds"] == 6 * timeout


def test_queues_keep_messages_for_14_days_and_50_tries(minimal: State) -> None:
    dead = queue(minimal, "dlq")
    for name in ("sqs-logs", "sqs-splitted-logs", "dlq"):
        assert queue(minimal, name)["message_retention_seconds"] == 14 * DAY
        assert queue(minimal, name)["sqs_managed_sse_enabled"]
    for name in ("sqs-logs", "sqs-splitted-logs"):
        redrive = json.loads(queue(minimal, name)["redrive_policy"])
        assert redrive == {"deadLetterTargetArn": dead["arn"], "maxReceiveCount": 50}


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_mappings_never_run_more_than_what_is_reserved(example: State) -> None:
    loader = deployed.functions(example)["es_loader"]
    found = mappings(example)
    most = [each["scaling_config"][0]["maximum_concurrency"] for each in found.values()]
    assert sum(most) == loader.values["reserved_concurrent_executions"] == 10
    assert min(most) >= 2
    for each in found.values():
        assert each["function_name"] == loader.arn
        assert each["function_response_types"] == ["ReportBatchItemFailures"]
        assert each["batch_size"] == 10
        assert not each["maximum_batching_window_in_seconds"]


def test_without_a_reserve_the_mappings_limit_the_loader_all_the_same(new_workspace: New) -> None:
    state = new_workspace().apply(
        allowed_cidrs=["192.0.2.0/24"], alert_email=None, loader_reserved_concurrency=None
    )
    assert deployed.functions(state)["es_loader"].values["reserved_concurrent_executions"] is None
    most = [each["scaling_config"][0]["maximum_concurrency"] for each in mappings(state).values()]
    assert sorted(most) == [2, 8]


def test_a_queue_of_others_takes_its_share_of_the_reserve(new_workspace: New) -> None:
    other = "arn:aws:sqs:ap-northeast-1:444455556666:AmazonSecurityLake-Main-Queue"
    role = "arn:aws:iam::444455556666:role/AmazonSecurityLake-reader"
    state = new_workspace().apply(
        allowed_cidrs=["192.0.2.0/24"],
        alert_email=None,
        extra_log_buckets={"lake": {"role_arn": role, "queue_arn": other}},
    )
    most = {
        arn: each["scaling_config"][0]["maximum_concurrency"]
        for arn, each in mappings(state).items()
    }
    assert most[other] == 2
    assert most[LOGS] == 6
    assert sum(most.values()) == 10
    loader = deployed.functions(state)["es_loader"]
    assert json.loads(loader.environment["EXTRA_LOG_BUCKETS"]) == {"lake": role}
    for action, resource in [("sqs:ReceiveMessage", other), ("sts:AssumeRole", role)]:
        request = Request(loader.role["arn"], action, resource, ACCOUNT)
        assert decide(request, None, loader.policies) == "allow"


def test_the_log_bucket_tells_the_queue_of_every_new_object(minimal: State) -> None:
    (notification,) = minimal.of_type("aws_s3_bucket_notification").values()
    (told,) = notification["queue"]
    assert notification["bucket"] == f"aes-siem-{ACCOUNT}-log"
    assert told["queue_arn"] == LOGS
    assert told["events"] == ["s3:ObjectCreated:*"]
    assert not (told.get("filter_prefix") or told.get("filter_suffix"))


@pytest.mark.parametrize(
    ("bucket", "account", "answer"),
    [
        (BUCKET, ACCOUNT, "allow"),
        (BUCKET, "444455556666", "none"),
        ("arn:aws:s3:::another", ACCOUNT, "none"),
    ],
)
def test_only_the_log_bucket_sends_to_the_queue(
    minimal: State, bucket: str, account: str, answer: str
) -> None:
    context = {"aws:SourceArn": bucket, "aws:SourceAccount": account}
    request = Request("s3.amazonaws.com", "sqs:SendMessage", LOGS, ACCOUNT, context)
    assert decide(request, queue_policy(minimal, "sqs-logs")) == answer


@pytest.mark.parametrize("name", ["sqs-logs", "sqs-splitted-logs", "dlq"])
def test_queues_are_used_by_tls_only(minimal: State, name: str) -> None:
    loader = deployed.functions(minimal)["es_loader"]
    arn = queue(minimal, name)["arn"]
    plain = {"aws:SecureTransport": "false"}
    request = Request(loader.role["arn"], "sqs:ReceiveMessage", arn, ACCOUNT, plain)
    assert decide(request, queue_policy(minimal, name), loader.policies) == "deny"


def test_buckets_of_others_are_heard_by_eventbridge(organization: State) -> None:
    bucket = "aws-controltower-logs-333344445555-ap-northeast-1"
    rules = [
        each
        for each in organization.of_type("aws_cloudwatch_event_rule").values()
        if each["name"] == "aes-siem-extra-log-buckets"
    ]
    assert {each["event_bus_name"] for each in rules} == {"default", "aes-siem-extra-log-buckets"}
    policy = queue_policy(organization, "sqs-logs")
    for rule in rules:
        assert json.loads(rule["event_pattern"])["detail"]["bucket"]["name"] == [bucket]
        context = {"aws:SourceArn": rule["arn"]}
        request = Request("events.amazonaws.com", "sqs:SendMessage", LOGS, ACCOUNT, context)
        assert decide(request, policy) == "allow"
    other = Request(
        "events.amazonaws.com", "sqs:SendMessage", LOGS, ACCOUNT, {"aws:SourceArn": "x"}
    )
    assert decide(other, policy) == "none"


@pytest.mark.parametrize(
    ("account", "answer"), [("333344445555", "allow"), ("444455556666", "none")]
)
def test_only_the_owner_of_a_bucket_sends_to_our_bus(
    organization: State, account: str, answer: str
) -> None:
    (bus,) = organization.of_type("aws_cloudwatch_event_bus").values()
    (policy,) = organization.of_type("aws_cloudwatch_event_bus_policy").values()
    sender = f"arn:aws:iam::{account}:role/sender"
    own = {"Statement": {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}}
    request = Request(sender, "events:PutEvents", bus["arn"], ACCOUNT)
    assert decide(request, json.loads(policy["policy"]), [own]) == answer


def test_the_role_of_a_bucket_of_others_trusts_our_loader_only(organization: State) -> None:
    role = organization.one("module.archive.aws_iam_role.read")
    loader = deployed.functions(organization)["es_loader"]
    assert json.loads(loader.environment["EXTRA_LOG_BUCKETS"]) == {
        "aws-controltower-logs-333344445555-ap-northeast-1": role["arn"]
    }
    trust = json.loads(role["assume_role_policy"])
    owner = "333344445555"
    for who, answer in [(loader.role["arn"], "allow"), (f"{loader.role['arn']}-2", "none")]:
        request = Request(who, "sts:AssumeRole", role["arn"], owner)
        assert decide(request, trust, loader.policies, resource_policy_decides=True) == answer
