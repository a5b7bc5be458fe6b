"""Lambda entry of loader_stopper: makes es_loader what the alarm on free storage asks for.

The event is CloudWatch's "Alarm State Change", by way of EventBridge:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common import aws, loader_switch
from common.errors import EnvelopeError, SettingsError
from common.loader_switch import Clients, Loader, SwitchError
from common.members import object_in
from common.telemetry import emit, logger
from loader_stopper import notice
from loader_stopper.notice import Notice
from loader_stopper.settings import Settings

RESERVE = 20.0  # seconds of the function's time that are left to tell people


def handler(event: Any, context: Any) -> dict[str, str]:
    """Pause es_loader on ALARM, resume it on OK, and tell people; return what was done.

    Alarms that are not this deployment's, and the state INSUFFICIENT_DATA, are ignored. Raises
    EnvelopeError for an event of another kind, SwitchError or what AWS answers where the switch
    fails: Lambda then tries again.
    """
    try:
        settings = Settings.from_environment()
        name, state, reason = alarm_in(event)
    except (SettingsError, EnvelopeError) as error:
        logger.error(str(error))
        raise
    loader = Loader(settings.loader)
    if name != loader.alarm:
        logger.info(f"ignored, not the alarm of this deployment ({loader.alarm}): {name}")
        return {"done": "ignored"}
    if state not in ("ALARM", "OK"):
        logger.info(f"ignored, neither ALARM nor OK: {state}")
        return {"done": "ignored"}
    if (now := _state_now(loader, state)) != state:
        logger.info(f"ignored, the alarm was {state} and has changed since: {now}")
        return {"done": "ignored"}
    clients = Clients(aws.client("lambda"), aws.client("ssm"))
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVE
    try:
        if state == "ALARM":
            told, done = _pause(clients, loader, reason, seconds)
        else:
            told, done = _resume(clients, loader, seconds)
    except (SwitchError, ClientError, BotoCoreError) as error:
        logger.error(f"es_loader is not switched: {error}")
        _tell(settings, notice.failed(loader, state, str(error)))
        raise
    if told:
        logger.info(told.subject)
        _tell(settings, told)
    return {"done": done}


def alarm_in(event: Any) -> tuple[str, str, str]:
    """Name, state and reason of the alarm that an event tells of, or EnvelopeError."""
    detail = object_in(event, "detail") if isinstance(event, dict) else {}
    state = object_in(detail, "state")
    name, value = detail.get("alarmName"), state.get("value")
    if not (isinstance(name, str) and isinstance(value, str)):
        raise EnvelopeError(
            "the event is no state change of a CloudWatch alarm: detail.alarmName and"
            f" detail.state.value are expected, found: {_keys(event)}"
        )
    return name, value, str(state.get("reason", ""))


def _state_now(loader: Loader, state: str) -> str:
    """The alarm's state by now: an event that is tried again may be older than the next one."""
    try:
        found = aws.client("cloudwatch").describe_alarms(AlarmNames=[loader.alarm])["MetricAlarms"]
    except (ClientError, BotoCoreError) as error:
        logger.warning(f"taken for {state}, as CloudWatch does not tell the alarm's state: {error}")
        return state
    return str(found[0]["StateValue"]) if found else state


def _pause(
    clients: Clients, loader: Loader, reason: str, seconds: float
) -> tuple[Notice | None, str]:
    earlier = loader_switch.paused(clients, loader)
    complete = loader_switch.concurrency(clients, loader) == 0
    before = loader_switch.pause(clients, loader, "alarm", reason, seconds, time.sleep)
    emit({"LoaderPaused": 1})
    if earlier and complete:
        logger.info(f"es_loader was paused before, by {earlier.holder}: {earlier.since}")
        return None, "already paused"
    return notice.paused(loader, before), "paused"


def _resume(clients: Clients, loader: Loader, seconds: float) -> tuple[Notice | None, str]:
    earlier = loader_switch.paused(clients, loader)
    if earlier is None:
        logger.info("es_loader is not paused: nothing to resume")
        return None, "not paused"
    if earlier.holder == "operator":
        return notice.held(loader, earlier), "left paused"
    loader_switch.resume(clients, loader, seconds, time.sleep)
    emit({"LoaderPaused": 0})
    return notice.resumed(loader, earlier), "resumed"


def _tell(settings: Settings, told: Notice) -> None:
    """Publish a notice. That people are not told must not undo what was done."""
    try:
        aws.client("sns").publish(
            TopicArn=settings.alert_topic, Subject=told.subject, Message=told.text
        )
    except (ClientError, BotoCoreError) as error:
        logger.error(f"nobody was told that {told.subject}: {error}")


def _keys(event: Any) -> str:
    return ", ".join(map(str, event)) if isinstance(event, dict) else type(event).__name__
