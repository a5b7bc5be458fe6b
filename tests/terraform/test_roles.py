"""Roles allow what the code calls, and nothing else: an allow and a deny for each statement."""

import json
from typing import Any

import pytest

from tests.terraform import deployed
from tests.terraform.conftest import EXAMPLES
from tests.terraform.policy_evaluator import Policy, Request, decide, many, statements
from tests.terraform.workspace import ACCOUNT, CODE, REGION, State

PLACE = f"{REGION}:{ACCOUNT}"
DOMAIN = f"arn:aws:es:{PLACE}:domain/aes-siem"
LOGS, SNAPSHOT, GEO = (
    f"arn:aws:s3:::aes-siem-{ACCOUNT}-{name}" for name in ("log", "snapshot", "geo")
)
QUEUE = f"arn:aws:sqs:{PLACE}:aes-siem"
LOADER = f"arn:aws:lambda:{PLACE}:function:aes-siem-es-loader"
TOPIC = f"arn:aws:sns:{PLACE}:aes-siem-alert"
PAUSED = f"arn:aws:ssm:{PLACE}:parameter/aes-siem/es-loader-paused"
ALARM = f"arn:aws:cloudwatch:{PLACE}:alarm:aes-siem-TotalFreeStorageSpaceRemainsLowAlarm"
MAXMIND = f"arn:aws:secretsmanager:{PLACE}:secret:maxmind-a1b2c3"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/aes-siem"
FOR_DOMAIN = {"iam:PassedToService": "es.amazonaws.com"}

Case = tuple[str, str, str, dict[str, Any]]

# What the code calls, in examples/private: function, action, resource, condition keys.
CALLS: list[tuple[str, str, str]] = [
    ("es_loader", "sqs:ReceiveMessage", f"{QUEUE}-sqs-logs"),
    ("es_loader", "sqs:DeleteMessage", f"{QUEUE}-sqs-logs"),
    ("es_loader", "sqs:GetQueueAttributes", f"{QUEUE}-sqs-splitted-logs"),
    ("es_loader", "sqs:ChangeMessageVisibility", f"{QUEUE}-sqs-splitted-logs"),
    ("es_loader", "sqs:SendMessage", f"{QUEUE}-sqs-splitted-logs"),
    ("es_loader", "s3:GetObject", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
    ("es_loader", "s3:GetObjectVersion", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
    ("es_loader", "s3:ListBucket", LOGS),
    ("es_loader", "s3:ListBucket", GEO),
    ("es_loader", "s3:GetObject", f"{GEO}/GeoLite2/GeoLite2-City.mmdb"),
    ("es_loader", "s3:GetObject", f"{GEO}/AddressLists/our-own.csv"),
    ("es_loader", "s3:PutObject", f"{SNAPSHOT}/quarantine/waf/malformed/2026-11-24/x.ndjson"),
    ("es_loader", "es:ESHttpPost", f"{DOMAIN}/_bulk"),
    ("es_loader", "es:ESHttpPut", f"{DOMAIN}/siem-ledger-2026/_doc/1"),
    ("es_loader", "es:ESHttpGet", f"{DOMAIN}/_mget"),
    ("configure_domain", "es:DescribeDomain", DOMAIN),
    ("configure_domain", "es:UpdateDomainConfig", DOMAIN),
    ("configure_domain", "es:ESHttpPut", f"{DOMAIN}/_plugins/_security/api/roles/aws_log_loader"),
    ("configure_domain", "es:ESHttpDelete", f"{DOMAIN}/_plugins/_alerting/monitors/1"),
    ("configure_domain", "s3:GetObject", f"{SNAPSHOT}/saved_objects/memory.json"),
    ("configure_domain", "s3:PutObject", f"{SNAPSHOT}/saved_objects/2026-11-24T20:05:00Z.ndjson"),
    ("configure_domain", "s3:ListBucket", SNAPSHOT),
    ("geoip_downloader", "s3:GetObject", f"{GEO}/GeoLite2/GeoLite2-City.mmdb"),
    ("geoip_downloader", "s3:PutObject", f"{GEO}/GeoLite2/GeoLite2-City.mmdb"),
    ("geoip_downloader", "s3:PutObject", f"{GEO}/AddressLists/tor_exit_nodes.txt"),
    ("geoip_downloader", "s3:ListBucket", GEO),
    ("geoip_downloader", "secretsmanager:GetSecretValue", MAXMIND),
    ("loader_stopper", "lambda:ListEventSourceMappings", "*"),
    ("loader_stopper", "lambda:GetFunctionConcurrency", LOADER),
    ("loader_stopper", "lambda:PutFunctionConcurrency", LOADER),
    ("loader_stopper", "lambda:DeleteFunctionConcurrency", LOADER),
    ("loader_stopper", "ssm:GetParameter", PAUSED),
    ("loader_stopper", "ssm:PutParameter", PAUSED),
    ("loader_stopper", "ssm:DeleteParameter", PAUSED),
    ("loader_stopper", "cloudwatch:DescribeAlarms", ALARM),
    ("loader_stopper", "sns:Publish", TOPIC),
    (
        "metrics_exporter",
        "s3:PutObject",
        f"{LOGS}/AWSLogs/{ACCOUNT}/IndexMetrics/{REGION}/x.json.gz",
    ),
    ("metrics_exporter", "s3:GetObject", f"{SNAPSHOT}/metrics_exporter/log-sources.json"),
    ("metrics_exporter", "s3:PutObject", f"{SNAPSHOT}/metrics_exporter/log-sources.json"),
    ("metrics_exporter", "s3:ListBucket", SNAPSHOT),
    ("metrics_exporter", "es:ESHttpGet", f"{DOMAIN}/_cat/indices"),
    ("metrics_exporter", "es:ESHttpPost", f"{DOMAIN}/log-*/_search"),
]
# What nobody who takes over a function may do with its role.
MISUSES: list[tuple[str, str, str]] = [
    ("es_loader", "s3:PutObject", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
    ("es_loader", "s3:DeleteObject", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
    ("es_loader", "s3:GetObject", f"{SNAPSHOT}/saved_objects/x"),
    ("es_loader", "s3:PutObject", f"{SNAPSHOT}/snapshots/x"),
    ("es_loader", "s3:PutObject", f"{GEO}/GeoLite2/GeoLite2-City.mmdb"),
    ("es_loader", "sqs:SendMessage", f"{QUEUE}-sqs-logs"),
    ("es_loader", "sqs:PurgeQueue", f"{QUEUE}-sqs-logs"),
    ("es_loader", "es:ESHttpDelete", f"{DOMAIN}/log-aws-cloudtrail-2026-11"),
    ("es_loader", "es:UpdateDomainConfig", DOMAIN),
    ("es_loader", "sts:AssumeRole", f"{ROLE}-snapshot"),
    ("configure_domain", "es:DeleteDomain", DOMAIN),
    ("configure_domain", "es:UpdateDomainConfig", f"{DOMAIN}-2"),
    ("configure_domain", "s3:GetObject", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
    ("configure_domain", "s3:PutObject", f"{SNAPSHOT}/snapshots/x"),
    ("configure_domain", "secretsmanager:GetSecretValue", MAXMIND),
    ("configure_domain", "iam:PassRole", f"{ROLE}-configure-aes"),
    ("geoip_downloader", "s3:GetObject", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
    ("geoip_downloader", "s3:DeleteObject", f"{GEO}/GeoLite2/GeoLite2-City.mmdb"),
    ("geoip_downloader", "secretsmanager:GetSecretValue", f"{MAXMIND}-2"),
    ("geoip_downloader", "es:ESHttpGet", f"{DOMAIN}/_search"),
    ("loader_stopper", "lambda:UpdateFunctionCode", LOADER),
    ("loader_stopper", "lambda:InvokeFunction", LOADER),
    ("loader_stopper", "lambda:PutFunctionConcurrency", f"{LOADER}-stopper"),
    ("loader_stopper", "ssm:PutParameter", f"arn:aws:ssm:{PLACE}:parameter/other"),
    ("loader_stopper", "sns:Publish", f"{TOPIC}-2"),
    ("loader_stopper", "sqs:PurgeQueue", f"{QUEUE}-sqs-logs"),
    ("metrics_exporter", "es:ESHttpPut", f"{DOMAIN}/log-aws-cloudtrail-2026-11"),
    ("metrics_exporter", "es:ESHttpDelete", f"{DOMAIN}/log-aws-cloudtrail-2026-11"),
    ("metrics_exporter", "s3:GetObject", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
    ("metrics_exporter", "s3:PutObject", f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/x"),
]


def answer(state: State, folder: str, action: str, resource: str, **context: str) -> str:
    """Return what IAM answers to a function."""
    function = deployed.functions(state)[folder]
    keys = {name.replace("_", ":"): value for name, value in context.items()}
    request = Request(function.role["arn"], action, resource, ACCOUNT, keys)
    return decide(request, None, function.policies)


@pytest.mark.parametrize(("folder", "action", "resource"), CALLS)
def test_a_role_allows_what_the_code_calls(
    private: State, folder: str, action: str, resource: str
) -> None:
    assert answer(private, folder, action, resource) == "allow"


@pytest.mark.parametrize(("folder", "action", "resource"), MISUSES)
def test_a_role_allows_no_more(private: State, folder: str, action: str, resource: str) -> None:
    assert (
        answer(private, folder, action, resource, iam_PassedToService="es.amazonaws.com") == "none"
    )


def test_the_stopper_switches_the_mappings_of_the_loader_only(minimal: State) -> None:
    mappings = [each["arn"] for each in minimal.of_type("aws_lambda_event_source_mapping").values()]
    assert len(mappings) == 2
    for action in ("lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"):
        for arn in mappings:
            assert answer(minimal, "loader_stopper", action, arn) == "allow"
        assert answer(minimal, "loader_stopper", action, f"{mappings[0]}0") == "none"


def test_configure_domain_keeps_the_password_in_its_own_secret_only(minimal: State) -> None:
    secret = deployed.named(minimal, "aws_secretsmanager_secret", "aes-siem-master")["arn"]
    for action in (
        "DescribeSecret",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ):
        assert answer(minimal, "configure_domain", f"secretsmanager:{action}", secret) == "allow"
    assert answer(minimal, "configure_domain", "secretsmanager:DeleteSecret", secret) == "none"


def test_configure_domain_gives_two_roles_to_the_domain_and_to_nothing_else(minimal: State) -> None:
    for role in (f"{ROLE}-snapshot", f"{ROLE}-alert"):
        call = ("configure_domain", "iam:PassRole", role)
        assert answer(minimal, *call, iam_PassedToService="es.amazonaws.com") == "allow"
        assert answer(minimal, *call, iam_PassedToService="lambda.amazonaws.com") == "none"


def test_in_a_vpc_the_code_itself_has_no_power_over_network_interfaces(private: State) -> None:
    for folder in ("es_loader", "configure_domain", "metrics_exporter"):
        arn = deployed.functions(private)[folder].arn
        call = (folder, "ec2:CreateNetworkInterface", "*")
        assert answer(private, *call) == "allow"  # Lambda itself
        assert answer(private, *call, lambda_SourceFunctionArn=arn) == "deny"
    for folder in ("geoip_downloader", "loader_stopper"):
        assert answer(private, folder, "ec2:CreateNetworkInterface", "*") == "none"


def sample(text: str) -> str:
    """Return a text that a pattern with * matches."""
    return text.replace("*", "x")


def other(resource: str) -> str:
    """Return a resource of the same kind that is not ours."""
    *head, name = resource.split(":", 5)
    return sample(":".join([*head, f"another-{name}"]))


def context(statement: Policy) -> dict[str, Any]:
    """Return condition keys by which a statement's conditions hold."""
    return {
        key: sample(many(wanted)[0])
        for keys in statement.get("Condition", {}).values()
        for key, wanted in keys.items()
    }


@pytest.mark.parametrize("example", [*EXAMPLES, "log_sources"], indirect=True)
def test_each_statement_of_each_role_allows_ours_and_not_anothers(example: State) -> None:
    tried = 0
    for address, role in example.of_type("aws_iam_role").items():
        owner = role["arn"].split(":")[4]
        policies = deployed.role_policies(example, role["name"])
        assert policies, address
        for statement in [each for policy in policies for each in statements(policy)]:
            if statement["Effect"] == "Deny":
                continue  # test_in_a_vpc_...
            for resource in many(statement["Resource"]):
                for action in many(statement["Action"]):
                    keys = context(statement)
                    own = Request(role["arn"], action, sample(resource), owner, keys)
                    assert decide(own, None, policies) == "allow", (address, own)
                    if resource != "*":
                        foreign = Request(role["arn"], action, other(resource), owner, keys)
                        assert decide(foreign, None, policies) == "none", (address, foreign)
                    tried += 1
    assert tried > 20


@pytest.mark.parametrize("example", [*EXAMPLES, "log_sources"], indirect=True)
def test_a_role_is_taken_by_its_own_service_only(example: State) -> None:
    for address, role in example.of_type("aws_iam_role").items():
        policy = json.loads(role["assume_role_policy"])
        (trust,) = statements(policy)
        owner = role["arn"].split(":")[4]
        for kind, who in trust["Principal"].items():
            allowed = {"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}
            for name, wanted in [(who, "allow"), (f"{who}.example", "none")]:
                request = Request(name, "sts:AssumeRole", role["arn"], owner, context(trust))
                own = [allowed] if kind == "AWS" else []
                got = decide(request, policy, own, resource_policy_decides=True)
                assert got == wanted, address


@pytest.mark.parametrize("example", [*EXAMPLES, "log_sources"], indirect=True)
def test_actions_are_named_one_by_one(example: State) -> None:
    for kind in ("aws_iam_role_policy", "aws_sqs_queue_policy", "aws_sns_topic_policy"):
        for address, values in example.of_type(kind).items():
            for statement in statements(json.loads(values["policy"])):
                if statement["Effect"] == "Allow":
                    assert not any("*" in action for action in many(statement["Action"])), address


def test_a_wildcard_resource_has_a_comment_that_says_why() -> None:
    for file in CODE.rglob("*.tf"):
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            is_wild = '["*"]' in line and ("resources" in line or "Resource" in line)
            if is_wild or 'Resource  = "*"' in line:
                near = lines[max(0, number - 12) : number + 1]
                block = near[max(i for i, text in enumerate(near) if "{" in text or i == 0) :]
                assert any("#" in text for text in [*block, *near]), f"{file.name}:{number + 1}"


ANYBODY = [
    ("192.0.2.7", "none"),
    ("198.51.100.7", "allow"),
    ("203.0.113.7", "none"),
]


def domain_policy(state: State) -> Policy:
    """Return the access policy of the domain."""
    (found,) = state.of_type("aws_opensearch_domain_policy").values()
    return dict(json.loads(found["access_policies"]))


@pytest.mark.parametrize(("address", "wanted"), ANYBODY)
def test_people_reach_a_public_domain_from_allowed_networks_only(
    minimal: State, address: str, wanted: str
) -> None:
    request = Request(
        "anonymous", "es:ESHttpGet", f"{DOMAIN}/_dashboards", ACCOUNT, {"aws:SourceIp": address}
    )
    assert decide(request, domain_policy(minimal)) == wanted


@pytest.mark.parametrize("folder", ["es_loader", "configure_domain", "metrics_exporter"])
def test_our_functions_reach_the_domain_from_anywhere(minimal: State, folder: str) -> None:
    function = deployed.functions(minimal)[folder]
    outside = {"aws:SourceIp": "203.0.113.7"}
    request = Request(function.role["arn"], "es:ESHttpGet", f"{DOMAIN}/_cat", ACCOUNT, outside)
    assert decide(request, domain_policy(minimal)) == "allow"
    stranger = Request(
        f"{ROLE}-es-loader-stopper", "es:ESHttpGet", f"{DOMAIN}/_cat", ACCOUNT, outside
    )
    assert decide(stranger, domain_policy(minimal)) == "none"


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_nobody_gets_the_domains_configuration_by_its_policy(example: State) -> None:
    inside = {"aws:SourceIp": "198.51.100.7"}
    request = Request("anonymous", "es:UpdateDomainConfig", DOMAIN, ACCOUNT, inside)
    assert decide(request, domain_policy(example)) == "none"


def test_in_a_vpc_the_network_decides_who_reaches_the_domain(private: State) -> None:
    request = Request("anonymous", "es:ESHttpGet", f"{DOMAIN}/_dashboards", ACCOUNT)
    assert decide(request, domain_policy(private)) == "allow"
    rules = [
        each["cidr_ipv4"]
        for each in private.of_type("aws_vpc_security_group_ingress_rule").values()
        if each["cidr_ipv4"]
    ]
    assert rules == ["10.20.0.0/16"]
