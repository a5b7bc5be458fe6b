"""Takes the messages out of the envelopes of CloudWatch Logs.

{"owner", "logGroup", "logStream", "logEvents": [{"timestamp", "message"}]}
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    with `extractedFields` in each log event, where a log group has those of several accounts
{"events": [{"timestamp", "message"}]}, as the API gives them
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import Any

from common.errors import RecordError
from es_loader.envelopes.events import details
from es_loader.envelopes.part import VALUES, Part, bytes_of, known, marked, sent, text_of, told
from es_loader.fetch import Stream
from es_loader.json_scan import KEY, end_of, skip_space
from es_loader.log_type import LogType
from es_loader.multiline import joined_messages
from es_loader.origin import NOWHERE, Origin
from es_loader.parse import tolerant_json
from es_loader.read import frame
from es_loader.record import TAIL, Broken

EXTRACTED = b'"@aws.'  # of fields that CloudWatch Logs extracts: @aws.account and @aws.region
EVENTS = "/aws/events/"  # what the names of log groups begin with that EventBridge writes to


def cloudwatch(
    stream: Stream,
    by_key: LogType | None,
    of_log_group: Callable[[str], LogType | None],
    of_event: Callable[[str, str], LogType | None],
) -> Iterator[Part]:
    """The messages of CloudWatch Logs. `by_key` is the log type of what has no log group."""
    for raw, envelope, repaired, rest in _envelopes(stream):
        log_type, owner, origin = by_key, "", NOWHERE
        if envelope is not None:
            if envelope.get("messageType") == "CONTROL_MESSAGE":
                continue
            group = str(envelope.get("logGroup", ""))
            log_type = of_log_group(group)
            owner = text_of(envelope.get("owner"))
            origin = Origin(log_group=group or None, log_stream=known(envelope.get("logStream")))
            events = envelope.get("logEvents", envelope.get("events"))
            if not isinstance(events, list):
                rest = Broken(bytes_of(raw), "malformed", "no logEvents in the envelope")
                events = []
            for own, same in _by_account(events, owner, several=EXTRACTED in raw):
                some = [event for event in same if not _is_blank(event)]
                records = [_message(event) for event in some]
                if group.startswith(EVENTS):
                    records = [marked(each) for each in records] if repaired else records
                    yield from details(records, log_type, of_event, own[0], origin)
                    continue
                moments = [sent(event, "timestamp") for event in some]
                if repaired:
                    records = [told(message, log_type) for message in records]
                if log_type and log_type.read.start:  # which has times of its own
                    records, moments = joined_messages(records, log_type.read), []
                if records:
                    yield Part(log_type, records, *own, origin, moments=moments)
        if rest:
            yield Part(log_type, [rest], owner, "", origin)


def _by_account(
    events: list[Any], owner: str, several: bool
) -> Iterable[tuple[tuple[str, str], Iterable[Any]]]:
    """Log events, by the account and region that they are of."""
    nothing = (owner, "")
    if not several:
        return [(nothing, events)]

    def own(event: Any) -> tuple[str, str]:
        fields = event.get("extractedFields") if isinstance(event, dict) else None
        if not isinstance(fields, dict):
            return nothing
        account, region = (text_of(fields.get(f"@aws.{name}")) for name in ("account", "region"))
        return account or owner, region

    return groupby(events, own)


def _envelopes(stream: Stream) -> Iterator[tuple[Any, dict[str, Any] | None, bool, Broken | None]]:
    """(raw, envelope, whether bytes in it had to be replaced, what of it is broken)."""
    for batch in frame(stream, VALUES, whole=True):
        for raw in batch:
            if isinstance(raw, Broken):
                yield raw.raw, *_salvaged(raw)
                continue
            try:
                envelope, repaired = tolerant_json(raw)  # type: ignore[arg-type]
            except RecordError as error:
                yield raw, *_salvaged(Broken(bytes_of(raw), error.reason, str(error)))
                continue
            if isinstance(envelope, dict):
                yield raw, envelope, repaired, None
            else:
                yield raw, None, False, Broken(bytes_of(raw), "malformed", "no envelope")


def _salvaged(broken: Broken) -> tuple[dict[str, Any] | None, bool, Broken]:
    """The envelope with its log events up to where it is broken, and the rest of it."""
    rest = broken.raw
    envelope, repaired = None, False
    if start := _log_events(rest):
        position = start
        while (end := end_of(rest, skip_space(rest, position))) > 0:
            position = end
        with suppress(RecordError):
            envelope, repaired = tolerant_json(rest[:position] + b"]}")
            rest = rest[position:].lstrip(b", \r\n\t") if position > start else rest
    rest = rest[:TAIL] if broken.reason == "cut" else rest
    return envelope, repaired, Broken(rest, broken.reason, broken.error)


def _log_events(raw: bytes) -> int:
    """Position of the first log event in an envelope, 0 where there is none."""
    position = 1
    while position > 0 and (found := KEY.match(raw, position)):
        if found[1] in (b"logEvents", b"events") and raw.startswith(b"[", found.end()):
            return found.end() + 1
        position = end_of(raw, found.end())
    return 0


def _is_blank(event: Any) -> bool:
    """Whether a log event has a message, and nothing in it."""
    message = event.get("message") if isinstance(event, dict) else None
    return isinstance(message, str) and (not message or message.isspace())


def _message(event: Any) -> Any:
    """The message of a log event."""
    message = event.get("message") if isinstance(event, dict) else None
    if not isinstance(message, str):
        shown = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
        return Broken(shown, "malformed", "a log event without message")
    return message.strip("\r\n") if message and message[-1] in "\r\n" else message
