"""Pausing and resuming es_loader, on an emulated Lambda and SSM."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common import loader_switch
from common.loader_switch import Loader, SwitchError
from tests.deployed_loader import RESERVED, Deployed, refuse


def kept(deployed: Deployed) -> Any:
    """What the SSM parameter holds, None where there is none."""
    ssm = deployed.aws.client("ssm")
    found = ssm.get_parameters(Names=[deployed.loader.parameter])["Parameters"]
    return json.loads(found[0]["Value"]) if found else None


def pause(deployed: Deployed, holder: Any = "alarm", reason: str = "full") -> Any:
    return loader_switch.pause(
        deployed.clients, deployed.loader, holder, reason, sleep=deployed.sleep
    )


def resume(deployed: Deployed) -> Any:
    return loader_switch.resume(deployed.clients, deployed.loader, sleep=deployed.sleep)


def test_names_of_the_deployment_follow_from_that_of_the_function() -> None:
    loader = Loader("aes-siem-es-loader")
    assert loader.parameter == "/aes-siem/es-loader-paused"
    assert loader.alarm == "aes-siem-TotalFreeStorageSpaceRemainsLowAlarm"


def test_pause_disables_the_mappings_and_then_takes_the_concurrency(deployed: Deployed) -> None:
    calls = []
    deployed.clients.awslambda.meta.events.register(
        "before-call.lambda",
        lambda model, params, **_: calls.append((model.name, params["body"])),
    )
    pause(deployed)
    assert deployed.states() == ["Disabled", "Disabled"]
    assert deployed.concurrency() == 0
    changes = [name for name, _ in calls if name.startswith(("Update", "Put"))]
    assert changes == [*2 * ["UpdateEventSourceMapping"], "PutFunctionConcurrency"]


def test_what_was_set_before_is_kept_before_anything_is_changed(deployed: Deployed) -> None:
    refuse(deployed.clients.awslambda, "UpdateEventSourceMapping", "ServiceException", "x", 400)
    with pytest.raises(ClientError):
        pause(deployed)
    assert deployed.concurrency() == RESERVED
    assert kept(deployed)["concurrency"] == RESERVED
    assert kept(deployed)["mappings"] == dict.fromkeys(deployed.mappings, True)


def test_the_concurrency_is_not_touched_until_lambda_says_disabled(deployed: Deployed) -> None:
    seen: list[int | None] = []

    def disabling(parsed: dict[str, Any], **_: object) -> None:
        if parsed.get("State") == "Disabled" and len(seen) < 6:
            parsed["State"] = "Disabling"
            seen.append(deployed.concurrency())

    deployed.clients.awslambda.meta.events.register(
        "after-call.lambda.GetEventSourceMapping", disabling
    )
    pause(deployed)
    assert seen == [RESERVED] * 6
    assert deployed.slept
    assert deployed.concurrency() == 0


def test_mappings_that_are_never_disabled_are_one_error_and_leave_the_concurrency(
    deployed: Deployed,
) -> None:
    def disabling(parsed: dict[str, Any], **_: object) -> None:
        parsed["State"] = "Disabling"

    deployed.clients.awslambda.meta.events.register(
        "after-call.lambda.GetEventSourceMapping", disabling
    )
    with pytest.raises(SwitchError) as raised:
        pause(deployed)
    names = ", ".join(sorted(deployed.mappings))
    assert str(raised.value) == (
        "after 240 s Lambda still says that not all event source mappings are disabled;"
        f" try again: {names}"
    )
    assert sum(deployed.slept) == 240
    assert deployed.concurrency() == RESERVED


def test_a_mapping_that_is_being_changed_is_asked_again(deployed: Deployed) -> None:
    client = deployed.clients.awslambda
    refuse(client, "UpdateEventSourceMapping", "ResourceInUseException", "Updating", 400, times=3)
    pause(deployed)
    assert deployed.states() == ["Disabled", "Disabled"]


def test_a_second_pause_finishes_the_first_and_keeps_what_it_kept(deployed: Deployed) -> None:
    client = deployed.clients.awslambda
    refuse(client, "PutFunctionConcurrency", "ServiceException", "x", 400, times=1)
    with pytest.raises(ClientError):
        pause(deployed, reason="first")
    first = kept(deployed)
    pause(deployed, reason="second")
    assert deployed.concurrency() == 0
    assert kept(deployed) == first
    assert first["reason"] == "first"


def test_resume_restores_the_concurrency_and_then_the_mappings(deployed: Deployed) -> None:
    pause(deployed)
    seen: list[int | None] = []
    deployed.clients.awslambda.meta.events.register(
        "before-call.lambda.UpdateEventSourceMapping",
        lambda **_: seen.append(deployed.concurrency()),
    )
    assert resume(deployed).reason == "full"
    assert deployed.states() == ["Enabled", "Enabled"]
    assert deployed.concurrency() == RESERVED
    assert seen == [RESERVED, RESERVED]
    assert kept(deployed) is None


def test_a_resume_that_fails_halfway_can_be_repeated(deployed: Deployed) -> None:
    pause(deployed)
    client = deployed.clients.awslambda
    refuse(client, "UpdateEventSourceMapping", "ServiceException", "x", 400, times=1)
    with pytest.raises(ClientError):
        resume(deployed)
    assert kept(deployed)
    resume(deployed)
    assert deployed.states() == ["Enabled", "Enabled"]
    assert kept(deployed) is None


def test_resume_of_a_loader_that_is_on_does_nothing(deployed: Deployed) -> None:
    assert resume(deployed) is None
    assert deployed.concurrency() == RESERVED


def test_no_reserved_concurrency_before_is_none_afterwards(deployed: Deployed) -> None:
    client = deployed.aws.client("lambda")
    client.delete_function_concurrency(FunctionName=deployed.loader.function)
    pause(deployed)
    assert deployed.concurrency() == 0
    resume(deployed)
    assert deployed.concurrency() is None


def test_a_mapping_that_was_disabled_before_stays_so(deployed: Deployed) -> None:
    client = deployed.aws.client("lambda")
    client.update_event_source_mapping(UUID=deployed.mappings[1], Enabled=False)
    pause(deployed)
    resume(deployed)
    assert deployed.states() == ["Enabled", "Disabled"]


def test_a_mapping_that_was_deleted_meanwhile_does_not_hinder(deployed: Deployed) -> None:
    pause(deployed)
    deployed.aws.client("lambda").delete_event_source_mapping(UUID=deployed.mappings.pop())
    resume(deployed)
    assert deployed.states() == ["Enabled"]


def test_an_operator_takes_over_what_an_alarm_paused_and_no_alarm_takes_it_back(
    deployed: Deployed,
) -> None:
    pause(deployed, "alarm", "full")
    pause(deployed, "operator", "reindexing")
    pause(deployed, "alarm", "full again")
    assert (kept(deployed)["holder"], kept(deployed)["reason"]) == ("operator", "reindexing")
    assert kept(deployed)["concurrency"] == RESERVED


def test_a_parameter_that_says_nothing_is_one_error_that_says_what_to_do(
    deployed: Deployed,
) -> None:
    deployed.aws.client("ssm").put_parameter(
        Name=deployed.loader.parameter, Value="paused", Type="String"
    )
    with pytest.raises(SwitchError) as raised:
        resume(deployed)
    assert str(raised.value) == (
        "the SSM parameter does not say what to restore; set the reserved concurrency of"
        " aes-siem-es-loader and enable its triggers by hand, then delete:"
        " /aes-siem/es-loader-paused"
    )


def test_a_function_that_is_not_there_is_one_error_that_names_it(deployed: Deployed) -> None:
    with pytest.raises(SwitchError, match="no Lambda function of this name here: other-es-loader"):
        loader_switch.pause(deployed.clients, Loader("other-es-loader"), "operator", "x")
