"""The alarm on free storage pauses and resumes es_loader, and people are told what to do."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from common import aws, loader_switch
from common.errors import EnvelopeError, SettingsError
from common.loader_switch import SwitchError
from loader_stopper import notice
from loader_stopper.handler import handler
from local import deployment, lambda_
from tests.deployed_loader import RESERVED, Deployed, refuse
from tests.logs import Logs

DENIED = "User: arn:aws:sts::111122223333:assumed-role/stopper/x is not authorized to perform: {}"


@pytest.fixture(autouse=True)
def environment(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader_stopper's environment."""
    monkeypatch.setenv("ES_LOADER_FUNCTION", deployed.loader.function)
    monkeypatch.setenv("ALERT_TOPIC_ARN", deployed.topic)
    monkeypatch.setattr("time.sleep", deployed.sleep)


def event(deployed: Deployed, state: str, name: str = "") -> dict[str, Any]:
    """An event as EventBridge delivers it."""
    name = name or deployed.loader.alarm
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "111122223333",
        "time": "2026-11-24T17:04:40Z",
        "region": "ap-northeast-1",
        "resources": [f"arn:aws:cloudwatch:ap-northeast-1:111122223333:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "state": {
                "value": state,
                "reason": "Threshold Crossed: 30 datapoints were less than or equal to 200.0",
                "timestamp": "2026-11-24T17:04:40.985+0000",
            },
            "previousState": {"value": "OK", "reason": "", "timestamp": "2026-11-24T16:00:40Z"},
        },
    }


def change(deployed: Deployed, state: str) -> dict[str, str]:
    """The alarm changes its state; returns what the handler did."""
    deployed.set_alarm(state)
    return invoke(event(deployed, state))


def invoke(happened: Any) -> dict[str, str]:
    return handler(happened, lambda_.Context(deployment.read()))


def test_alarm_pauses_the_loader_and_tells_what_to_do(deployed: Deployed) -> None:
    assert change(deployed, "ALARM") == {"done": "paused"}
    assert deployed.concurrency() == 0
    assert deployed.states() == ["Disabled", "Disabled"]
    (told,) = deployed.told()
    assert told["Subject"] == "aes-siem-es-loader is paused: the domain has too little free storage"
    assert "Threshold Crossed: 30 datapoints" in told["Message"]
    assert "What to do: make room in the OpenSearch domain." in told["Message"]


def test_ok_resumes_it_and_tells_so(deployed: Deployed) -> None:
    change(deployed, "ALARM")
    deployed.told()
    assert change(deployed, "OK") == {"done": "resumed"}
    assert deployed.concurrency() == RESERVED
    assert deployed.states() == ["Enabled", "Enabled"]
    (told,) = deployed.told()
    assert told["Subject"] == "aes-siem-es-loader is resumed: the domain has free storage again"
    assert "What to do: nothing." in told["Message"]


def test_a_second_alarm_overwrites_nothing_and_tells_nobody_again(deployed: Deployed) -> None:
    change(deployed, "ALARM")
    first = loader_switch.paused(deployed.clients, deployed.loader)
    deployed.told()
    assert change(deployed, "ALARM") == {"done": "already paused"}
    assert loader_switch.paused(deployed.clients, deployed.loader) == first
    assert deployed.told() == []
    change(deployed, "OK")
    assert deployed.concurrency() == RESERVED


def test_the_try_after_one_that_failed_halfway_tells_that_it_is_done(deployed: Deployed) -> None:
    client = deployed.clients.awslambda
    refuse(client, "PutFunctionConcurrency", "TooManyRequestsException", "Rate exceeded", 429, 5)
    with pytest.raises(ClientError):
        change(deployed, "ALARM")
    assert change(deployed, "ALARM") == {"done": "paused"}
    assert [told["Subject"] for told in deployed.told()] == [
        "aes-siem-es-loader could not be paused",
        "aes-siem-es-loader is paused: the domain has too little free storage",
    ]


def test_ok_leaves_a_loader_paused_that_an_operator_has_paused(deployed: Deployed) -> None:
    loader_switch.pause(
        deployed.clients, deployed.loader, "operator", "reindexing", sleep=deployed.sleep
    )
    assert change(deployed, "OK") == {"done": "left paused"}
    assert deployed.concurrency() == 0
    (told,) = deployed.told()
    assert told["Subject"] == "aes-siem-es-loader stays paused: it was paused by an operator"
    assert "reindexing" in told["Message"]
    assert "What to do: `siem resume`" in told["Message"]


def test_ok_of_a_loader_that_is_on_changes_nothing(deployed: Deployed) -> None:
    assert change(deployed, "OK") == {"done": "not paused"}
    assert deployed.concurrency() == RESERVED
    assert deployed.told() == []


def test_an_alarm_of_others_is_ignored_with_a_line(deployed: Deployed, logs: Logs) -> None:
    assert invoke(event(deployed, "ALARM", "cpu-too-high")) == {"done": "ignored"}
    assert deployed.concurrency() == RESERVED
    assert logs.messages == [
        "ignored, not the alarm of this deployment"
        " (aes-siem-TotalFreeStorageSpaceRemainsLowAlarm): cpu-too-high"
    ]


def test_insufficient_data_is_ignored_with_a_line(deployed: Deployed, logs: Logs) -> None:
    assert change(deployed, "INSUFFICIENT_DATA") == {"done": "ignored"}
    assert logs.messages == ["ignored, neither ALARM nor OK: INSUFFICIENT_DATA"]


def test_an_event_that_is_older_than_the_alarm_s_state_is_ignored(
    deployed: Deployed, logs: Logs
) -> None:
    deployed.set_alarm("OK")
    assert invoke(event(deployed, "ALARM")) == {"done": "ignored"}
    assert deployed.concurrency() == RESERVED
    assert logs.messages == ["ignored, the alarm was ALARM and has changed since: OK"]


def test_without_the_alarm_s_state_the_event_is_believed(deployed: Deployed, logs: Logs) -> None:
    denied = DENIED.format("cloudwatch:DescribeAlarms")
    refuse(aws.client("cloudwatch"), "DescribeAlarms", "AccessDenied", denied, 403)
    assert invoke(event(deployed, "ALARM")) == {"done": "paused"}
    assert "taken for ALARM, as CloudWatch does not tell" in logs.messages[0]


@pytest.mark.parametrize(
    ("happened", "found"),
    [
        ({}, ""),
        ([], "list"),
        (None, "NoneType"),
        ({"detail": {"state": "ALARM"}, "source": "x"}, "detail, source"),
        ({"detail": {"alarmName": 1, "state": {"value": "ALARM"}}}, "detail"),
    ],
)
def test_an_event_of_another_kind_is_one_clear_error(happened: Any, found: str, logs: Logs) -> None:
    with pytest.raises(EnvelopeError) as raised:
        invoke(happened)
    assert str(raised.value) == (
        "the event is no state change of a CloudWatch alarm: detail.alarmName and"
        f" detail.state.value are expected, found: {found}"
    )
    assert logs.messages == [str(raised.value)]


def test_a_missing_permission_is_told_and_raised(deployed: Deployed, logs: Logs) -> None:
    denied = DENIED.format("lambda:UpdateEventSourceMapping")
    refuse(
        deployed.clients.awslambda,
        "UpdateEventSourceMapping",
        "AccessDeniedException",
        denied,
        403,
    )
    with pytest.raises(ClientError):
        change(deployed, "ALARM")
    (told,) = deployed.told()
    assert told["Subject"] == "aes-siem-es-loader could not be paused"
    assert denied in told["Message"]
    assert "`siem pause` tries it again" in told["Message"]
    assert logs.messages[0] == (
        "es_loader is not switched: An error occurred (AccessDeniedException) when calling the"
        f" UpdateEventSourceMapping operation: {denied}"
    )


def test_the_time_of_the_function_bounds_the_wait(deployed: Deployed) -> None:
    def disabling(parsed: dict[str, Any], **_: object) -> None:
        parsed["State"] = "Disabling"

    deployed.clients.awslambda.meta.events.register(
        "after-call.lambda.GetEventSourceMapping", disabling
    )
    deployed.set_alarm("ALARM")
    with pytest.raises(SwitchError):
        invoke(event(deployed, "ALARM"))
    assert 500 < sum(deployed.slept) < 580


def test_nobody_told_does_not_undo_the_pause(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    monkeypatch.setenv("ALERT_TOPIC_ARN", "arn:aws:sns:ap-northeast-1:111122223333:gone")
    assert change(deployed, "ALARM") == {"done": "paused"}
    assert deployed.concurrency() == 0
    assert logs.messages[-1].startswith(
        "nobody was told that aes-siem-es-loader is paused: the domain has too little free storage:"
        " An error occurred (NotFound"
    )


def test_wrong_settings_are_one_error_that_names_them(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ES_LOADER_FUNCTION")
    monkeypatch.setenv("ALERT_TOPIC_ARN", "aes-siem-alert")
    with pytest.raises(SettingsError) as raised:
        change(deployed, "ALARM")
    assert str(raised.value) == (
        "environment variables: ES_LOADER_FUNCTION is not set (expected: the name of the es_loader"
        " function); ALERT_TOPIC_ARN is malformed (expected: the ARN of an SNS topic)"
    )


def test_subjects_fit_into_what_sns_takes() -> None:
    long = loader_switch.Loader("x" * 64)
    before = loader_switch.Paused("2026-11-24T00:00:00Z", "alarm", "", None, {})
    for told in (
        notice.paused(long, before),
        notice.resumed(long, before),
        notice.held(long, before),
        notice.failed(long, "ALARM", "x"),
    ):
        assert len(told.subject) <= 100
        assert told.subject.isascii()
