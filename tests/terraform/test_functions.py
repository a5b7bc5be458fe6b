"""Each Lambda function is deployed as its code expects it."""

import importlib
import json
from pathlib import Path

import pytest

from tests.terraform import deployed
from tests.terraform.conftest import EXAMPLES
from tests.terraform.workspace import ROOT, State

# Lambda sets it itself, and lets nobody else.
SET_BY_LAMBDA = {"AWS_REGION"}
# Read by aws-lambda-powertools, not by our code.
SET_FOR_LOGS = {"LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_ENVIRONMENT = 4096


def settings_module(folder: str) -> str:
    """Return the module that declares a function's settings."""
    return "common.settings" if folder == "es_loader" else f"{folder}.settings"


def written() -> list[str]:
    """Return the functions that have code."""
    return sorted(handler.parent.name for handler in ROOT.glob("functions/*/handler.py"))


@pytest.mark.parametrize("example", [*EXAMPLES, "log_sources"], indirect=True)
def test_the_environment_is_what_the_code_declares_and_no_more(example: State) -> None:
    functions = deployed.functions(example)
    assert set(functions) <= set(written())
    for folder in functions:
        declared = importlib.import_module(settings_module(folder)).VARIABLES
        assert set(functions[folder].environment) - SET_FOR_LOGS == set(declared) - SET_BY_LAMBDA


@pytest.mark.parametrize("example", [*EXAMPLES, "log_sources"], indirect=True)
def test_the_code_accepts_the_environment(example: State) -> None:
    functions = deployed.functions(example)
    for folder in functions:
        settings = importlib.import_module(settings_module(folder)).Settings
        settings.from_environment({**functions[folder].environment, "AWS_REGION": "eu-west-1"})


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_all_functions_are_deployed_but_those_of_log_sources(example: State) -> None:
    assert set(deployed.functions(example)) == set(written()) - {"log_puller"}


def test_a_function_is_its_zip_of_dist(minimal: State) -> None:
    for folder, function in deployed.functions(minimal).items():
        assert Path(function.values["filename"]).parts[-3:] == ("dist", "arm64", f"{folder}.zip")
        assert function.values["handler"] == f"{folder}.handler.handler"
        assert function.values["runtime"] == "python3.13"
        assert function.values["architectures"] == ["arm64"]


def test_environments_fit_into_what_lambda_takes(organization: State) -> None:
    for function in deployed.functions(organization).values():
        assert len(json.dumps(function.environment)) < LARGEST_ENVIRONMENT


def test_logs_go_to_an_encrypted_log_group_that_forgets(minimal: State) -> None:
    groups = {each["name"]: each for each in minimal.of_type("aws_cloudwatch_log_group").values()}
    for function in deployed.functions(minimal).values():
        group = groups[function.values["logging_config"][0]["log_group"]]
        assert group["retention_in_days"] == 365
        assert group["kms_key_id"].startswith("arn:aws:kms:")


def test_functions_that_use_the_domain_are_in_its_vpc(private: State) -> None:
    domain = private.one("module.siem.module.domain.aws_opensearch_domain.this")
    inside = {
        folder
        for folder, function in deployed.functions(private).items()
        if function.values["vpc_config"]
    }
    assert inside == {"es_loader", "configure_domain", "metrics_exporter"}
    for folder in inside:
        config = deployed.functions(private)[folder].values["vpc_config"][0]
        assert config["security_group_ids"] == domain["vpc_options"][0]["security_group_ids"]
        assert set(domain["vpc_options"][0]["subnet_ids"]) <= set(config["subnet_ids"])


@pytest.mark.parametrize(
    ("rule", "folder"),
    [
        ("aes-siem-CwlRuleLambdaGeoipDownloader", "geoip_downloader"),
        ("aes-siem-EsLoaderStopperRule", "loader_stopper"),
        ("aes-siem-EventBridgeRuleLambdaMetricsExporter", "metrics_exporter"),
    ],
)
def test_a_rule_invokes_its_function(minimal: State, rule: str, folder: str) -> None:
    function = deployed.functions(minimal)[folder]
    (target,) = (
        each
        for each in minimal.of_type("aws_cloudwatch_event_target").values()
        if each["rule"] == rule
    )
    (permission,) = (
        each
        for each in minimal.of_type("aws_lambda_permission").values()
        if each["function_name"] == function.values["function_name"]
    )
    assert target["arn"] == function.arn
    assert permission["principal"] == "events.amazonaws.com"
    assert (
        permission["source_arn"]
        == deployed.named(minimal, "aws_cloudwatch_event_rule", rule)["arn"]
    )


def test_the_stopper_hears_of_the_alarm_on_free_storage_only(minimal: State) -> None:
    rule = deployed.named(minimal, "aws_cloudwatch_event_rule", "aes-siem-EsLoaderStopperRule")
    alarm = deployed.named(
        minimal, "aws_cloudwatch_metric_alarm", "aes-siem-TotalFreeStorageSpaceRemainsLowAlarm"
    )
    assert json.loads(rule["event_pattern"]) == {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "resources": [alarm["arn"]],
    }


def test_configure_domain_runs_again_when_its_content_changes(minimal: State) -> None:
    (invocation,) = minimal.of_type("aws_lambda_invocation").values()
    assert invocation["function_name"] == "aes-siem-configure-aes"
    assert json.loads(invocation["input"]) == {"action": "apply"}
    assert set(invocation["triggers"]) == {"content"}
