"""`siem pause`, `siem resume` and `siem status`, as a shell runs them, on emulated AWS."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from common import aws, loader_switch
from es_loader import cli
from local import deployment
from tests.deployed_loader import RESERVED, Deployed, client_of, refuse

Run = tuple[int, list[str], list[str]]


@pytest.fixture
def siem(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Runs a command line in the loader's environment: (exit status, stdout, stderr), as lines."""
    described = deployment.read()
    urls = deployed.queue_urls
    queues = {
        "LOGS_QUEUE_URL": urls["logs"],
        "SPLITTED_LOGS_QUEUE_URL": urls["splitted_logs"],
        "DLQ_URL": urls["dlq"],
    }
    for name, value in {**described.environment, **queues}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", deployed.loader.function)

    def run(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["siem", *arguments])
        status = cli.main()
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err.splitlines()

    return run


def test_pause_and_resume_say_what_they_did(siem: Any, deployed: Deployed) -> None:
    status, out, err = siem("pause", "--reason", "reindexing")
    assert (status, err) == (0, [])
    assert re.fullmatch(r"aes-siem-es-loader is paused since 20\S+Z: reindexing", out[0])
    assert out[1].endswith("`siem resume` ends it.")
    assert deployed.concurrency() == 0
    status, out, err = siem("resume")
    assert (status, err) == (0, [])
    assert re.fullmatch(r"aes-siem-es-loader is resumed, paused since 20\S+Z: reindexing", out[0])
    assert deployed.concurrency() == RESERVED


def test_pause_is_held_until_an_operator_resumes(siem: Any, deployed: Deployed) -> None:
    siem("pause")
    found = loader_switch.paused(deployed.clients, deployed.loader)
    assert found and found.holder == "operator"
    assert found.reason.startswith("by ")


def test_resume_of_a_loader_that_is_on_says_so(siem: Any) -> None:
    assert siem("resume") == (0, ["aes-siem-es-loader is not paused"], [])


def test_resume_warns_while_the_alarm_is_on(siem: Any, deployed: Deployed) -> None:
    deployed.set_alarm("ALARM")
    siem("pause")
    assert siem("resume")[1][-1] == (
        "Mind the alarm on free storage, which is still in ALARM:"
        " aes-siem-TotalFreeStorageSpaceRemainsLowAlarm"
    )


def test_status_shows_queues_triggers_and_free_storage(siem: Any, deployed: Deployed) -> None:
    sqs = client_of(deployed.aws, "sqs")
    for url in deployed.queue_urls.values():
        sqs.purge_queue(QueueUrl=url)
    sqs.send_message(QueueUrl=deployed.queue_urls["dlq"], MessageBody="x")
    cloudwatch = client_of(deployed.aws, "cloudwatch")
    cloudwatch.delete_alarms(AlarmNames=[deployed.loader.alarm])
    assert siem("status") == (
        0,
        [
            "aes-siem-es-loader: on",
            "  reserved concurrency: 10",
            "  triggers: aes-siem-sqs-logs Enabled, aes-siem-sqs-splitted-logs Enabled",
            "  aes-siem-sqs-logs: 0 waiting, 0 in flight, 0 delayed",
            "  aes-siem-sqs-splitted-logs: 0 waiting, 0 in flight, 0 delayed",
            "  aes-siem-dlq: 1 waiting, 0 in flight, 0 delayed, age of the oldest not known",
            "  free storage: not known, as there is no alarm on it",
        ],
        [],
    )


def test_status_of_a_paused_loader_says_since_when_and_why(siem: Any) -> None:
    siem("pause", "--reason", "reindexing")
    lines = siem("status")[1]
    assert re.fullmatch(
        r"aes-siem-es-loader: paused since 20\S+Z by operator: reindexing", lines[0]
    )
    assert "  reserved concurrency: 0" in lines
    assert "Disabled" in lines[2]
    # What is known depends on whether another test has told the emulated CloudWatch.
    assert re.match(r"  free storage: (not known|150 MB) \(alarm below 200 MB: ", lines[-1])


def test_status_of_a_loader_that_was_stopped_by_other_means(siem: Any, deployed: Deployed) -> None:
    client_of(deployed.aws, "lambda").put_function_concurrency(
        FunctionName=deployed.loader.function, ReservedConcurrentExecutions=0
    )
    assert siem("status")[1][0] == (
        "aes-siem-es-loader: stopped, but not by `siem pause`: its reserved concurrency is 0"
    )


def test_a_deployment_file_stands_in_for_the_environment(
    siem: Any, deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.loads(deployment.FILE.read_text())
    content["environment"] |= {name: os.environ[name] for name in content["environment"]}
    file = tmp_path / "deployment.json"
    file.write_text(json.dumps(content))
    for name in (*content["environment"], "AWS_LAMBDA_FUNCTION_NAME", "AWS_REGION"):
        monkeypatch.setenv(name, "x")  # so that it is put back after the test
        monkeypatch.delenv(name)
    assert siem("pause", "--deployment", str(file))[0] == 0
    assert deployed.concurrency() == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "--deployment cannot be read, No such file or directory: {}"),
        ("{", "--deployment is no JSON: {}"),
        (
            '{"region": "eu-west-1"}',
            "--deployment needs environment, region and function.name, as the output of"
            " `terraform output -json deployment` has them: {}",
        ),
        (
            "[]",
            "--deployment needs environment, region and function.name, as the output of"
            " `terraform output -json deployment` has them: {}",
        ),
    ],
)
def test_a_wrong_deployment_file_is_one_line(
    siem: Any, tmp_path: Path, content: str | None, message: str
) -> None:
    file = tmp_path / "deployment.json"
    if content is not None:
        file.write_text(content)
    status, out, err = siem("status", "--deployment", str(file))
    assert (status, out, err) == (2, [], [f"siem: {message.format(file)}"])


def test_without_a_function_s_name_it_is_one_line(
    siem: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME")
    assert siem("status") == (
        2,
        [],
        ["siem: whose loader is not said: give --deployment FILE or set AWS_LAMBDA_FUNCTION_NAME"],
    )


def test_a_missing_permission_is_one_line(siem: Any) -> None:
    denied = "User: arn:aws:iam::111122223333:user/x is not authorized to perform: ssm:GetParameter"
    refuse(aws.client("ssm"), "GetParameter", "AccessDeniedException", denied)
    assert siem("status") == (
        2,
        [],
        [
            "siem: AWS says: An error occurred (AccessDeniedException) when calling the"
            f" GetParameter operation: {denied}"
        ],
    )


@pytest.mark.parametrize("command", ["pause", "resume", "status"])
def test_the_command_has_help_with_an_example(siem: Any, command: str) -> None:
    status, out, _ = siem(command, "--help")
    assert status == 0
    assert f"Example: siem {command} " in " ".join(" ".join(out).split())
