"""One call of a log_sources module turns a log on and points it at the log bucket."""

import json
from typing import Any

import pytest

from es_loader.decode import ENVELOPES, LogTypes
from es_loader.log_type_file import load_all
from tests.terraform import deployed
from tests.terraform.policy_evaluator import Request, decide
from tests.terraform.test_log_bucket import bucket_policy
from tests.terraform.workspace import ACCOUNT, CODE, REGION, State

MEMBER = "444455556666"
LOG_BUCKET = f"aes-siem-{ACCOUNT}-log"
BUCKET = f"arn:aws:s3:::{LOG_BUCKET}"
INTERNAL = {"cloudwatch_logs", "events", "firehose", "log_puller"}

# stream -> folder of its objects, and the log type that es_loader knows them by (None: an envelope,
# in which the log group decides)
STREAMS: dict[str, tuple[str, str | None]] = {
    "aes-siem-directory-service": ("DirectoryService/MicrosoftAD", "directory_service"),
    "aes-siem-elasticache-engine-log": ("ElastiCache/Redis/EngineLog", "elasticache_redis_engine"),
    "aes-siem-elasticache-slow-log": ("ElastiCache/Redis/SlowLog", "elasticache_redis_slowlog"),
    "aes-siem-linux": ("CloudWatchLogs", None),
    "aes-siem-rds": ("CloudWatchLogs", None),
    "aes-siem-securityhub": ("SecurityHub", "securityhub"),
    "aes-siem-windows": ("CloudWatchLogs", None),
    "aes-siem-workspaces": ("WorkSpaces/Event", "workspaces_event"),
    "aws-waf-logs-aes-siem-waf": ("WAFLogs", "waf"),
}
# log group of a module -> log type
LOG_GROUPS = {
    "/aes-siem/linux/messages": "linux_messages",
    "/aes-siem/linux/secure": "linux_secure",
    "/aes-siem/windows-event": "windows_event",
    "/aws/directoryservice/d-1234567890": "directory_service",
    "/aws/rds/cluster/orders/audit": "rds_mysql_audit",
    "/aws/rds/cluster/orders/slowquery": "rds_mysql_slowquery",
    "/aws/rds/instance/users/postgresql": "rds_postgresql",
}


def one(state: State, kind: str) -> dict[str, Any]:
    """Return the only resource of a type."""
    (found,) = state.of_type(kind).values()
    return found


def test_every_module_is_called_here(log_sources: State) -> None:
    modules = {folder.name for folder in (CODE / "modules" / "log_sources").iterdir()} - INTERNAL
    called = (CODE.parent / "tests/terraform/log_sources/main.tf").read_text()
    assert {each for each in modules if f'log_sources/{each}"' in called} == modules


def test_streams_deliver_below_the_prefix_of_their_account(log_sources: State) -> None:
    streams = {
        each["name"]: each
        for each in log_sources.of_type("aws_kinesis_firehose_delivery_stream").values()
    }
    assert set(streams) == set(STREAMS)
    for name, (folder, _) in STREAMS.items():
        (destination,) = streams[name]["extended_s3_configuration"]
        assert destination["bucket_arn"] == BUCKET
        assert destination["prefix"] == f"AWSLogs/{MEMBER}/{folder}/{REGION}/"
        assert destination["error_output_prefix"].startswith(f"AWSLogs/{MEMBER}/")


@pytest.mark.parametrize("name", STREAMS)
def test_es_loader_knows_what_a_stream_delivers(name: str) -> None:
    folder, expected = STREAMS[name]
    key = f"AWSLogs/{MEMBER}/{folder}/{REGION}/2026/11/24/20/{name}-1-2026-11-24-20-05-11-0a1b2c3d"
    log_types = LogTypes(load_all())
    if expected is None:
        assert ENVELOPES.search(key)
    elif expected in log_types.by_name:
        found = log_types.of_key(key)
        assert found and found.name == expected


def test_es_loader_knows_the_log_groups_of_the_modules(log_sources: State) -> None:
    log_types = LogTypes(load_all())
    groups = {
        each["log_group_name"]
        for each in log_sources.of_type("aws_cloudwatch_log_subscription_filter").values()
    }
    assert groups == set(LOG_GROUPS)
    for group, expected in LOG_GROUPS.items():
        if expected in log_types.by_name:
            found = log_types.of_log_group(group)
            assert found and found.name == expected


def test_roles_of_streams_write_to_the_log_bucket_of_the_organization(
    log_sources: State, organization: State
) -> None:
    policy = bucket_policy(organization)
    for stream in log_sources.of_type("aws_kinesis_firehose_delivery_stream").values():
        (destination,) = stream["extended_s3_configuration"]
        own = deployed.role_policies(log_sources, stream["name"])
        for key, wanted in [
            (f"{destination['prefix']}2026/11/24/x.gz", "allow"),
            (f"AWSLogs/{ACCOUNT}/WAFLogs/x.gz", "none"),
        ]:
            request = Request(
                destination["role_arn"],
                "s3:PutObject",
                f"{BUCKET}/{key}",
                ACCOUNT,
                {"aws:PrincipalOrgID": "o-exampleorg1"},
            )
            assert decide(request, policy, own) == wanted


def test_a_subscription_hands_on_the_compressed_messages_as_they_are(log_sources: State) -> None:
    streams = {
        each["arn"]: each
        for each in log_sources.of_type("aws_kinesis_firehose_delivery_stream").values()
    }
    filters = log_sources.of_type("aws_cloudwatch_log_subscription_filter").values()
    assert filters
    for each in filters:
        (destination,) = streams[each["destination_arn"]]["extended_s3_configuration"]
        assert destination["compression_format"] == "UNCOMPRESSED"
        assert each["filter_pattern"] == ""


def test_cloudtrail(log_sources: State, organization: State) -> None:
    trail = one(log_sources, "aws_cloudtrail")
    assert trail["s3_bucket_name"] == LOG_BUCKET
    assert not trail["s3_key_prefix"]
    assert trail["is_multi_region_trail"] and trail["enable_log_file_validation"]
    (data,) = (
        {each["field"]: each for each in selector["field_selector"]}
        for selector in trail["advanced_event_selector"]
        if selector["name"].startswith("S3")
    )
    assert data["resources.ARN"]["not_starts_with"] == [f"{BUCKET}/"]
    of_organization = organization.one("module.cloudtrail.aws_cloudtrail.this")
    assert of_organization["is_organization_trail"]
    assert (
        of_organization["kms_key_id"]
        == organization.resources["module.siem.module.log_bucket.aws_kms_key.this"]["arn"]
    )


def test_vpc_flow(log_sources: State) -> None:
    flows = log_sources.of_type("aws_flow_log").values()
    assert {each["log_destination"] for each in flows} == {BUCKET}
    assert {each["log_destination_type"] for each in flows} == {"s3"}
    (of_vpc,) = (each for each in flows if each["vpc_id"])
    assert of_vpc["traffic_type"] == "ALL"
    assert of_vpc["log_format"].startswith("${version} ${account-id} ${interface-id} ${srcaddr}")


def test_route53_resolver(log_sources: State) -> None:
    config = one(log_sources, "aws_route53_resolver_query_log_config")
    association = one(log_sources, "aws_route53_resolver_query_log_config_association")
    assert config["destination_arn"] == BUCKET
    assert association["resolver_query_log_config_id"] == config["id"]
    assert association["resource_id"] == "vpc-0a1b2c3d4e5f60718"


def test_guardduty(log_sources: State) -> None:
    destination = one(log_sources, "aws_guardduty_publishing_destination")
    assert destination["destination_arn"] == BUCKET
    assert destination["kms_key_arn"].startswith(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/")
    assert destination["detector_id"] == one(log_sources, "aws_guardduty_detector")["id"]


def test_config(log_sources: State) -> None:
    channel = one(log_sources, "aws_config_delivery_channel")
    assert channel["s3_bucket_name"] == LOG_BUCKET
    assert not channel["s3_key_prefix"]
    assert one(log_sources, "aws_config_configuration_recorder_status")["is_enabled"]


def test_waf(log_sources: State) -> None:
    logging = one(log_sources, "aws_wafv2_web_acl_logging_configuration")
    (destination,) = logging["log_destination_configs"]
    assert destination.split("/")[-1].startswith("aws-waf-logs-aes-siem-")


def test_events_of_security_hub_and_workspaces_go_to_their_streams(log_sources: State) -> None:
    for rule, stream, source in [
        ("aes-siem-securityhub-findings", "aes-siem-securityhub", "aws.securityhub"),
        ("aes-siem-workspaces-access", "aes-siem-workspaces", "aws.workspaces"),
    ]:
        found = deployed.named(log_sources, "aws_cloudwatch_event_rule", rule)
        assert json.loads(found["event_pattern"])["source"] == [source]
        (target,) = (
            each
            for each in log_sources.of_type("aws_cloudwatch_event_target").values()
            if each["rule"] == rule
        )
        assert target["arn"].endswith(f":deliverystream/{stream}")
        own = deployed.role_policies(log_sources, f"{stream}-events")
        request = Request(target["role_arn"], "firehose:PutRecord", target["arn"], MEMBER)
        assert decide(request, None, own) == "allow"


def test_load_balancers_take_what_the_module_gives(log_sources: State) -> None:
    for kind in ("aws_lb", "aws_elb"):
        (logs,) = one(log_sources, kind)["access_logs"]
        assert logs["bucket"] == LOG_BUCKET
        assert logs["enabled"]
        assert not logs.get("prefix") and not logs.get("bucket_prefix")


def test_network_firewall(log_sources: State) -> None:
    (config,) = one(log_sources, "aws_networkfirewall_logging_configuration")[
        "logging_configuration"
    ]
    found = {each["log_type"]: each for each in config["log_destination_config"]}
    assert set(found) == {"ALERT", "FLOW", "TLS"}
    assert {each["log_destination"]["bucketName"] for each in found.values()} == {LOG_BUCKET}


def test_s3_access(log_sources: State) -> None:
    logging = one(log_sources, "aws_s3_bucket_logging")
    assert logging["bucket"] == "shop-pictures"
    assert logging["target_bucket"] == LOG_BUCKET
    assert logging["target_prefix"] == f"AWSLogs/{MEMBER}/S3AccessLogs/"


def test_cloudfront(log_sources: State) -> None:
    kinds = ("", "_source", "_destination")
    for kind in kinds:
        assert one(log_sources, f"aws_cloudwatch_log_delivery{kind}")["region"] == "us-east-1"
    destination = one(log_sources, "aws_cloudwatch_log_delivery_destination")
    assert destination["output_format"] == "json"
    (configuration,) = destination["delivery_destination_configuration"]
    assert configuration["destination_resource_arn"] == BUCKET


def test_rds(log_sources: State) -> None:
    assert log_sources.outputs["rds_exports"] == {
        "orders": ["audit", "slowquery"],
        "users": ["postgresql"],
    }


def test_agents_send_to_the_log_groups_that_are_subscribed_to(log_sources: State) -> None:
    parameters = {each["name"]: each for each in log_sources.of_type("aws_ssm_parameter").values()}
    # What the agent's managed policy lets it read.
    assert set(parameters) == {
        "AmazonCloudWatch-aes-siem-linux",
        "AmazonCloudWatch-aes-siem-windows",
    }
    subscribed = {
        each["log_group_name"]
        for each in log_sources.of_type("aws_cloudwatch_log_subscription_filter").values()
    }
    for each in parameters.values():
        collected = json.loads(each["value"])["logs"]["logs_collected"]
        ((_, kind),) = collected.items()
        assert {item["log_group_name"] for item in kind["collect_list"]} <= subscribed


@pytest.mark.parametrize(
    ("name", "source", "folder"),
    [
        ("aes-siem-log-puller-workspaces", "workspaces", "WorkSpaces/Inventory"),
        ("aes-siem-log-puller-trusted-advisor", "trusted_advisor", "TrustedAdvisor"),
    ],
)
def test_log_pullers(
    log_sources: State, organization: State, name: str, source: str, folder: str
) -> None:
    values = deployed.named(log_sources, "aws_lambda_function", name)
    function = deployed.function(log_sources, values)
    assert function.environment["LOG_PULLER_SOURCE"] == source
    assert function.environment["LOG_BUCKET"] == LOG_BUCKET
    for account, wanted in [(MEMBER, "allow"), (ACCOUNT, "none")]:
        request = Request(
            function.role["arn"],
            "s3:PutObject",
            f"{BUCKET}/AWSLogs/{account}/{folder}/{REGION}/2026/11/24/x.json.gz",
            ACCOUNT,
            {"aws:PrincipalOrgID": "o-exampleorg1"},
        )
        assert decide(request, bucket_policy(organization), function.policies) == wanted


def test_the_owner_of_a_log_bucket_lets_our_loader_read_and_tells_our_bus(
    log_sources: State,
) -> None:
    role = log_sources.one("module.extra_log_bucket.aws_iam_role.read")
    own = deployed.role_policies(log_sources, role["name"])
    for action, resource, wanted in [
        ("s3:GetObject", "arn:aws:s3:::archive-444455556666/AWSLogs/x", "allow"),
        ("s3:PutObject", "arn:aws:s3:::archive-444455556666/AWSLogs/x", "none"),
        ("s3:GetObject", f"{BUCKET}/AWSLogs/x", "none"),
    ]:
        assert decide(Request(role["arn"], action, resource, MEMBER), None, own) == wanted
    assert one(log_sources, "aws_s3_bucket_notification")["eventbridge"]
    target = log_sources.one("module.extra_log_bucket.aws_cloudwatch_event_target.this")
    assert target["arn"].endswith(":event-bus/aes-siem-extra-log-buckets")
