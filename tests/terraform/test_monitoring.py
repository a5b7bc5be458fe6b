"""What is watched, and that somebody is told."""

import json
from typing import Any

import pytest

from common import loader_switch
from common.telemetry import NAMESPACE, UNITS
from geoip_downloader.databases import EDITIONS
from tests.terraform import deployed
from tests.terraform.conftest import EXAMPLES
from tests.terraform.policy_evaluator import Request, decide
from tests.terraform.workspace import ACCOUNT, REGION, State

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:aes-siem-alert"


def alarms(state: State) -> dict[str, Any]:
    """Return the alarms by name, without the prefix."""
    found = state.of_type("aws_cloudwatch_metric_alarm").values()
    return {each["alarm_name"].removeprefix("aes-siem-"): each for each in found}


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_every_alarm_tells_the_topic_when_it_begins_and_when_it_ends(example: State) -> None:
    for alarm in alarms(example).values():
        assert alarm["alarm_actions"] == alarm["ok_actions"] == [TOPIC]
        assert alarm["alarm_description"]


def test_the_loader_is_stopped_at_200_mb_for_30_minutes(minimal: State) -> None:
    loader = loader_switch.Loader("aes-siem-es-loader")
    alarm = alarms(minimal)[loader.alarm.removeprefix("aes-siem-")]
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/ES", "FreeStorageSpace")
    assert alarm["statistic"] == "Sum"
    assert alarm["comparison_operator"] == "LessThanOrEqualToThreshold"
    assert alarm["threshold"] == 200
    assert alarm["period"] * alarm["evaluation_periods"] == 30 * 60
    assert alarm["dimensions"] == {"ClientId": ACCOUNT, "DomainName": "aes-siem"}


def test_what_goes_wrong_has_an_alarm(organization: State) -> None:
    assert set(alarms(organization)) == {
        "ClusterRed",
        "ClusterYellow",
        "ConfigureAesErrors",
        "Cpu",
        "DeadLetters",
        "EsLoaderErrors",
        "EsLoaderStopperErrors",
        "EsLoaderThrottles",
        "GeoipDownloaderErrors",
        "JvmPressure",
        "KeyError",
        "LogSourceSilent",
        "MasterCpu",
        "MasterJvmPressure",
        "MasterUnreachable",
        "MetricsExporterErrors",
        "OldestLogs",
        "OldestSplittedLogs",
        "Quarantine",
        "SnapshotFailure",
        "TotalFreeStorageSpaceRemainsLowAlarm",
        "WritesBlocked",
    }
    assert {each for each in alarms(organization) if each.startswith("Master")}


def test_masters_that_are_not_there_have_no_alarm(minimal: State) -> None:
    assert not [each for each in alarms(minimal) if each.startswith("Master")]


def test_every_function_has_an_alarm_on_its_errors(minimal: State) -> None:
    watched = {
        alarm["dimensions"]["FunctionName"]
        for name, alarm in alarms(minimal).items()
        if name.endswith("Errors")
    }
    functions = deployed.functions(minimal).values()
    assert watched == {each.values["function_name"] for each in functions}


def test_queues_have_an_alarm_on_dead_letters_and_on_a_message_of_a_day(minimal: State) -> None:
    found = alarms(minimal)
    dead = found["DeadLetters"]
    assert dead["dimensions"] == {"QueueName": "aes-siem-dlq"}
    assert (dead["comparison_operator"], dead["threshold"]) == ("GreaterThanThreshold", 0)
    for name, queue in [("OldestLogs", "sqs-logs"), ("OldestSplittedLogs", "sqs-splitted-logs")]:
        assert found[name]["dimensions"] == {"QueueName": f"aes-siem-{queue}"}
        assert found[name]["metric_name"] == "ApproximateAgeOfOldestMessage"
        assert found[name]["threshold"] == 24 * 3600


def test_metrics_of_ours_that_are_watched_are_metrics_that_we_write(private: State) -> None:
    found = alarms(private)
    for name, metric in [
        ("Quarantine", "QuarantinedLogCount"),
        ("LogSourceSilent", "LogSourceSilence"),
    ]:
        (query,) = found[name]["metric_query"]
        assert metric in UNITS
        assert f"({metric})" in query["expression"]
        assert f"SCHEMA({NAMESPACE}," in query["expression"]
    for edition in EDITIONS:
        alarm = found[f"GeoIpOld-{edition}"]
        assert (alarm["namespace"], alarm["metric_name"]) == (NAMESPACE, "DatabaseAge")
        assert str(UNITS["DatabaseAge"].value) == "Seconds"
        assert alarm["threshold"] == 14 * 24 * 3600
        service = "aes-siem-geoip-downloader"
        assert alarm["dimensions"] == {"database": edition, "service": service}


def test_without_databases_their_age_is_not_watched(minimal: State) -> None:
    assert not [each for each in alarms(minimal) if each.startswith("GeoIpOld")]


def test_the_topic_is_encrypted_and_mails(minimal: State) -> None:
    (topic,) = minimal.of_type("aws_sns_topic").values()
    (subscription,) = minimal.of_type("aws_sns_topic_subscription").values()
    assert (
        topic["kms_master_key_id"]
        == minimal.one("module.siem.module.log_bucket.aws_kms_key.this")["arn"]
    )
    assert subscription["protocol"] == "email"
    assert subscription["endpoint"] == "security@example.com"


@pytest.mark.parametrize(
    ("service", "account", "tls", "answer"),
    [
        ("cloudwatch.amazonaws.com", ACCOUNT, "true", "allow"),
        ("cloudwatch.amazonaws.com", "444455556666", "true", "none"),
        ("cloudwatch.amazonaws.com", ACCOUNT, "false", "deny"),
        ("s3.amazonaws.com", ACCOUNT, "true", "none"),
    ],
)
def test_alarms_of_this_account_publish(
    minimal: State, service: str, account: str, tls: str, answer: str
) -> None:
    (policy,) = minimal.of_type("aws_sns_topic_policy").values()
    context = {"aws:SourceAccount": account, "aws:SecureTransport": tls}
    request = Request(service, "sns:Publish", TOPIC, ACCOUNT, context)
    assert decide(request, json.loads(policy["policy"])) == answer


def test_the_domain_publishes_its_own_alerts_as_a_role(minimal: State) -> None:
    configure = deployed.functions(minimal)["configure_domain"]
    role = deployed.named(minimal, "aws_iam_role", "aes-siem-alert")
    assert configure.environment["ALERT_ROLE_ARN"] == role["arn"]
    assert configure.environment["ALERT_TOPIC_ARN"] == TOPIC
    trust = json.loads(role["assume_role_policy"])
    domain = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/aes-siem"
    for source, answer in [(domain, "allow"), (f"{domain}-2", "none")]:
        context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
        request = Request("es.amazonaws.com", "sts:AssumeRole", role["arn"], ACCOUNT, context)
        assert decide(request, trust, resource_policy_decides=True) == answer


def test_the_dashboard_shows_loader_queues_and_domain(minimal: State) -> None:
    (dashboard,) = minimal.of_type("aws_cloudwatch_dashboard").values()
    body = json.loads(dashboard["dashboard_body"])
    assert len(body["widgets"]) == 7
    text = dashboard["dashboard_body"]
    for shown in ("aes-siem-dlq", "aes-siem-es-loader", "FreeStorageSpace", "QuarantinedLogCount"):
        assert shown in text
