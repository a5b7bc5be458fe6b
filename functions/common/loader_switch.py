"""Pauses es_loader, resumes it, and says how it stands.

Pausing disables its event source mappings, waits until Lambda says `Disabled`, and only then sets
the reserved concurrency to 0. The other way round the mappings would go on receiving messages that
cannot be processed, and each receive brings a message nearer to the dead-letter queue:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html

What was set before is kept in one SSM parameter, which exists only while es_loader is paused. It is
written before anything is changed and deleted after all is restored, so that every step can be
repeated.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from common.errors import SiemError

Holder = Literal["alarm", "operator"]
SUFFIX = "-es-loader"
POLL_SECONDS = 3.0


class SwitchError(SiemError):
    """es_loader cannot be paused or resumed; the message says what is left and what to do."""


@dataclass(frozen=True, slots=True)
class Loader:
    """The es_loader function by its name, and what is named after it: prefix `aes-siem`."""

    function: str

    @property
    def prefix(self) -> str:
        """What all names of the deployment begin with."""
        return self.function.removesuffix(SUFFIX)

    @property
    def parameter(self) -> str:
        """Name of the SSM parameter that exists while es_loader is paused."""
        return f"/{self.prefix}/es-loader-paused"

    @property
    def alarm(self) -> str:
        """Name of the CloudWatch alarm on the domain's free storage."""
        return f"{self.prefix}-TotalFreeStorageSpaceRemainsLowAlarm"


@dataclass(frozen=True, slots=True)
class Clients:
    """AWS clients of the services that the switch needs."""

    awslambda: Any
    ssm: Any


@dataclass(frozen=True, slots=True)
class Paused:
    """How es_loader was before it was paused, and who paused it.

    since         ISO time
    holder        who has to resume it: an alarm that is OK again does not end an operator's pause
    concurrency   reserved concurrent executions; None where none were reserved
    mappings      event source mapping (UUID) -> whether it was enabled
    """

    since: str
    holder: Holder
    reason: str
    concurrency: int | None
    mappings: Mapping[str, bool]


def paused(clients: Clients, loader: Loader) -> Paused | None:
    """How es_loader was before, or None where it is not paused."""
    try:
        answer = clients.ssm.get_parameter(Name=loader.parameter)
    except ClientError as error:
        if _code(error) == "ParameterNotFound":
            return None
        raise
    try:
        kept = json.loads(answer["Parameter"]["Value"])
        return Paused(**kept)
    except (ValueError, TypeError):
        raise SwitchError(
            "the SSM parameter does not say what to restore; set the reserved concurrency of"
            f" {loader.function} and enable its triggers by hand, then delete: {loader.parameter}"
        ) from None


def pause(
    clients: Clients,
    loader: Loader,
    holder: Holder,
    reason: str,
    seconds: float = 240,
    sleep: Callable[[float], None] = time.sleep,
) -> Paused:
    """Pause es_loader, or finish what an earlier call began; return how it was before.

    What an earlier call kept is never overwritten, but an operator who pauses what an alarm has
    paused takes it over. Raises SwitchError if a mapping is not disabled within `seconds`: then the
    concurrency is as it was, and the same call may be made again.
    """
    before = paused(clients, loader)
    if before is None:
        before = _keep(clients, loader, holder, reason)
    elif (before.holder, holder) == ("alarm", "operator"):
        before = Paused(before.since, holder, reason, before.concurrency, before.mappings)
        _put(clients, loader, before, overwrite=True)
    _set_mappings(clients, dict.fromkeys(before.mappings, False), seconds, sleep)
    clients.awslambda.put_function_concurrency(
        FunctionName=loader.function, ReservedConcurrentExecutions=0
    )
    return before


def resume(
    clients: Clients,
    loader: Loader,
    seconds: float = 240,
    sleep: Callable[[float], None] = time.sleep,
) -> Paused | None:
    """Make es_loader what it was before; return that, or None where it was not paused."""
    before = paused(clients, loader)
    if before is None:
        return None
    if before.concurrency is None:
        clients.awslambda.delete_function_concurrency(FunctionName=loader.function)
    else:
        clients.awslambda.put_function_concurrency(
            FunctionName=loader.function, ReservedConcurrentExecutions=before.concurrency
        )
    _set_mappings(clients, before.mappings, seconds, sleep)
    clients.ssm.delete_parameter(Name=loader.parameter)
    return before


def mappings(clients: Clients, loader: Loader) -> list[dict[str, Any]]:
    """The event source mappings of es_loader, as Lambda's ListEventSourceMappings gives them."""
    pages = clients.awslambda.get_paginator("list_event_source_mappings")
    try:
        return list(pages.paginate(FunctionName=loader.function).search("EventSourceMappings[]"))
    except ClientError as error:
        raise _no_function(error, loader) from error


def concurrency(clients: Clients, loader: Loader) -> int | None:
    """The reserved concurrent executions of es_loader; None where none are reserved."""
    try:
        answer = clients.awslambda.get_function_concurrency(FunctionName=loader.function)
    except ClientError as error:
        raise _no_function(error, loader) from error
    reserved: int | None = answer.get("ReservedConcurrentExecutions")
    return reserved


def _keep(clients: Clients, loader: Loader, holder: Holder, reason: str) -> Paused:
    found = {
        each["UUID"]: each["State"] not in ("Disabled", "Disabling")
        for each in mappings(clients, loader)
    }
    since = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    before = Paused(since, holder, reason, concurrency(clients, loader), found)
    try:
        _put(clients, loader, before)
    except ClientError as error:
        other = paused(clients, loader) if _code(error) == "ParameterAlreadyExists" else None
        if other is None:
            raise
        return other  # kept by a call that runs beside this one
    return before


def _put(clients: Clients, loader: Loader, before: Paused, overwrite: bool = False) -> None:
    value = {
        "since": before.since,
        "holder": before.holder,
        "reason": before.reason[:500],
        "concurrency": before.concurrency,
        "mappings": before.mappings,
    }
    clients.ssm.put_parameter(
        Name=loader.parameter, Value=json.dumps(value), Type="String", Overwrite=overwrite
    )


def _set_mappings(
    clients: Clients,
    enabled: Mapping[str, bool],
    seconds: float,
    sleep: Callable[[float], None],
) -> None:
    """Enable or disable mappings (UUID -> which) and wait until Lambda says that they are so."""
    waiting = dict(enabled)
    asked: set[str] = set()
    for _ in range(max(1, int(seconds / POLL_SECONDS))):
        for mapping, wanted in list(waiting.items()):
            try:
                state = clients.awslambda.get_event_source_mapping(UUID=mapping)["State"]
                if state == ("Enabled" if wanted else "Disabled"):
                    del waiting[mapping]
                elif mapping not in asked:
                    clients.awslambda.update_event_source_mapping(UUID=mapping, Enabled=wanted)
                    asked.add(mapping)
            except ClientError as error:
                if _code(error) == "ResourceNotFoundException":
                    del waiting[mapping]  # deleted since: nothing to switch
                elif _code(error) != "ResourceInUseException":  # that one is being changed
                    raise
        if not waiting:
            return
        sleep(POLL_SECONDS)
    state = "enabled" if any(waiting.values()) else "disabled"
    raise SwitchError(
        f"after {seconds:.0f} s Lambda still says that not all event source mappings are {state};"
        f" try again: {', '.join(sorted(waiting))}"
    )


def _no_function(error: ClientError, loader: Loader) -> SiemError | ClientError:
    if _code(error) == "ResourceNotFoundException":
        return SwitchError(f"there is no Lambda function of this name here: {loader.function}")
    return error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
