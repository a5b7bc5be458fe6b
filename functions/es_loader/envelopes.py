"""Takes records out of the envelopes that carry them.

CloudWatch Logs   {"messageType", "owner", "logGroup", "logStream", "logEvents": [{"message"}]}
                  https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
                  and {"events": [{"message"}]}, as the API gives them
                  https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
EventBridge       {"detail-type", "source", "account", "time", "region", "detail": {}}
                  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
                  and as the messages of log groups named /aws/events/...
                  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
FireLens          {"container_name", "source": "stdout", "log": "the line", "ecs_task_arn"}
                  https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
SNS               {"Type": "Notification", "MessageId", "TopicArn", "Message": "text"}
                  https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
an agent          {"message": "the line"} or {"log": "the line"}, for log types that are text
an array          [{"Records": []}, {"Records": []}], for log types whose records are in such lists
Bytes that are no UTF-8 stay so, or are told: whoever makes a document of the record says it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from common.errors import RecordError
from es_loader.fetch import Stream
from es_loader.json_scan import KEY, end_of, skip_space
from es_loader.log_type import LogType, Read
from es_loader.multiline import joined_messages
from es_loader.parse import tolerant_json
from es_loader.read import frame
from es_loader.record import TAIL, Batch, Broken, Header, Repaired

VALUES = Read(format="json")
EVENTS = "/aws/events/"  # what the names of log groups begin with that EventBridge writes to
UNREADABLE = (msgspec.DecodeError, RecursionError, ValueError)  # of which invalid UTF-8 is one


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one log type that share their origin, in the order of the object.

    log_type   None: the envelope names none that is known
    account, region   of the envelope, "" where it does not say
    """

    log_type: LogType | None
    records: Batch
    account: str = ""
    region: str = ""


class _Event(msgspec.Struct, gc=False):
    detail: msgspec.Raw
    source: str = ""
    detail_type: str = msgspec.field(name="detail-type", default="")
    account: str = ""
    region: str = ""


_decode = msgspec.json.Decoder(_Event).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


def cloudwatch(
    stream: Stream,
    by_key: LogType | None,
    of_log_group: Callable[[str], LogType | None],
    of_event: Callable[[str, str], LogType | None],
) -> Iterator[Part]:
    """The messages of CloudWatch Logs. `by_key` is the log type of what has no log group."""
    for raw, envelope, repaired, rest in _envelopes(stream):
        log_type, owner = by_key, ""
        records: Batch = []
        if envelope is not None:
            if envelope.get("messageType") == "CONTROL_MESSAGE":
                continue
            group = str(envelope.get("logGroup", ""))
            log_type = of_log_group(group)
            owner = _text(envelope.get("owner"))
            events = envelope.get("logEvents", envelope.get("events"))
            if isinstance(events, list):
                records = [message for each in events if (message := _message(each))]
            else:
                rest = Broken(_bytes(raw), "malformed", "no logEvents in the envelope")
            if group.startswith(EVENTS):
                if repaired:
                    records = [_marked(message) for message in records]
                yield from _details(records, log_type, of_event, owner)
                records = []
            if repaired:
                records = [_told(message, log_type) for message in records]
            if log_type and log_type.read.start:
                records = joined_messages(records, log_type.read)
        if rest:
            records.append(rest)
        if records:
            yield Part(log_type, records, owner)


def eventbridge(
    stream: Stream, by_key: LogType | None, of_event: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """The details of EventBridge events. `by_key` is the log type of what is no event."""
    for batch in frame(stream, VALUES):
        yield from _details(batch, by_key, of_event)


def array(stream: Stream, log_type: LogType) -> Iterator[Part]:
    """The records in the lists of an array's elements."""
    for batch in frame(stream, VALUES):
        records: Batch = []
        for raw in batch:
            inside = isinstance(raw, bytes) and _inside(raw, log_type.read.records)
            records += inside or [raw]
        yield Part(log_type, records)


def firelens(
    stream: Stream, by_key: LogType | None, of_container: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """The lines of containers, each a record: those of several containers are mixed."""
    for batch in frame(stream, VALUES):
        for origin, lines in groupby(
            (_container(raw, by_key, of_container) for raw in batch), key=itemgetter(0)
        ):
            yield Part(origin[0], [line for _, line in lines], *origin[1:])


def notifications(
    stream: Stream, by_key: LogType | None, of_event: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """What SNS delivers: the details of EventBridge events, and lines for log types that are text.
    Any other notice is a record as it is, since what is beside the message may tell of it."""
    for batch in frame(stream, VALUES):
        for raw in batch:
            message = None if isinstance(raw, Broken) else _notice(raw)
            event = _event(message) if message is not None else None
            log_type = of_event(event.source, event.detail_type) if event else by_key
            if event and log_type:
                records = _inside(bytes(event.detail), log_type.read.records)
                yield Part(log_type, records, event.account, event.region)
            elif message is not None and by_key and by_key.read.format != "json":
                yield Part(by_key, [_told(str(message, "utf-8", "replace"), by_key)])
            else:
                yield Part(by_key, [raw])


def line_in_object(raw: Any) -> Any:
    """The line that an agent has wrapped in an object; a broken piece where there is none."""
    if isinstance(raw, Broken):
        return raw
    try:
        record, repaired = tolerant_json(raw)
    except RecordError as error:
        return Broken(_bytes(raw), error.reason, str(error))
    line = record.get("message", record.get("log")) if isinstance(record, dict) else None
    if isinstance(line, str):
        line = line.rstrip("\r\n")
        return _told(line, None) if repaired else line
    return Broken(_bytes(raw), "malformed", "an object without a line under message or log")


def _details(
    batch: Batch,
    by_key: LogType | None,
    of_event: Callable[[str, str], LogType | None],
    owner: str = "",
) -> Iterator[Part]:
    """The details of events, in parts of one origin: `by_key` and `owner` of what is no event."""
    nothing = (by_key, owner, "")
    origin: tuple[LogType | None, str, str] = nothing
    records: Batch = []
    for raw in batch:
        own, found = nothing, [raw]
        if not isinstance(raw, Broken) and (event := _event(raw)):
            log_type = of_event(event.source, event.detail_type)
            own = (log_type, event.account, event.region)
            found = _inside(bytes(event.detail), log_type.read.records if log_type else ())
        if own != origin and records:
            yield Part(origin[0], records, *origin[1:])
            records = []
        origin = own
        records += found
    if records:
        yield Part(origin[0], records, *origin[1:])


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
                yield raw, *_salvaged(Broken(_bytes(raw), error.reason, str(error)))
                continue
            if isinstance(envelope, dict):
                yield raw, envelope, repaired, None
            else:
                yield raw, None, False, Broken(_bytes(raw), "malformed", "no envelope")


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


def _message(event: Any) -> Any:
    """The message of a log event, "" if it is blank."""
    message = event.get("message") if isinstance(event, dict) else None
    if not isinstance(message, str):
        shown = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
        return Broken(shown, "malformed", "a log event without message")
    if message.isspace():
        return ""
    return message.strip("\r\n") if message and message[-1] in "\r\n" else message


def _container(
    raw: Any, by_key: LogType | None, of_container: Callable[[str, str], LogType | None]
) -> tuple[tuple[LogType | None, str, str], Any]:
    """(log type of a line, account and region of its task), and the line."""
    nothing = (by_key, "", "")
    if isinstance(raw, Broken):
        return nothing, raw
    try:
        record, repaired = tolerant_json(raw)
    except RecordError as error:
        return nothing, Broken(_bytes(raw), error.reason, str(error))
    line = record.get("log") if isinstance(record, dict) else None
    if not isinstance(line, str):
        return nothing, Broken(_bytes(raw), "malformed", "a container's record without log")
    name, output = _text(record.get("container_name")), _text(record.get("source"))
    log_type = of_container(name, output)
    task = _text(record.get("ecs_task_arn")).split(":")
    account, region = (task[4], task[3]) if len(task) > 5 else ("", "")
    line = line.rstrip("\r\n")
    return (log_type, account, region), _told(line, log_type) if repaired else line


def _notice(raw: bytes | str | Header) -> bytes | None:
    """The message in what SNS delivers, None where there is none."""
    try:
        notice, repaired = tolerant_json(raw)  # type: ignore[arg-type]
    except RecordError:
        return None
    message = notice.get("Message") if isinstance(notice, dict) else None
    if isinstance(message, dict):  # as documentation prints it
        message = json.dumps(message, ensure_ascii=False)
    if not isinstance(message, str):
        return None
    if repaired:
        message = message.replace("\ufffd", "\udcff")
    return message.encode("utf-8", "surrogateescape")


def _event(raw: bytes | str | Header) -> _Event | None:
    """An EventBridge event, None if it is none."""
    try:
        return _decode(raw)  # type: ignore[arg-type]
    except UNREADABLE:
        pass
    try:
        event, repaired = tolerant_json(raw)  # type: ignore[arg-type]
    except RecordError:
        return None
    if not isinstance(event, dict) or "detail" not in event:
        return None
    detail = json.dumps(event["detail"], ensure_ascii=False)
    if repaired:
        detail = detail.replace("\ufffd", "\udcff")
    names = ("source", "detail-type", "account", "region")
    raw_detail = msgspec.Raw(detail.encode("utf-8", "surrogateescape"))
    return _Event(raw_detail, *(_text(event.get(name)) for name in names))


def _inside(detail: bytes, keys: tuple[str, ...]) -> Batch:
    """The elements of the list that a detail has under one of the keys; the detail, where there is
    none, or none in it."""
    only = KEY.match(detail, 1) if keys and detail.endswith(b"]}") else None
    if only and str(only[1], "utf-8", "replace") in keys:
        try:
            return [*map(bytes, _elements(memoryview(detail)[only.end() : -1]))] or [detail]
        except UNREADABLE:  # other members follow the list
            pass
    for key in keys:
        if key.encode() not in detail:  # most events are one record
            continue
        try:
            members = _members(detail)
            if key in members:
                return [*map(bytes, _elements(members[key]))] or [detail]
        except UNREADABLE:
            continue
    return [detail]


def _told(text: Any, log_type: LogType | None) -> Any:
    """A text in which bytes may have been replaced, so that this is seen by whoever reads it."""
    if isinstance(text, Broken) or "\ufffd" not in text:
        return text
    return _marked(text) if log_type and log_type.read.format == "json" else Repaired(text)


def _marked(text: Any) -> Any:
    """JSON in which bytes that are no UTF-8 stand again where they may have been replaced."""
    if isinstance(text, Broken) or "\ufffd" not in text:
        return text
    return text.replace("\ufffd", "\udcff").encode("utf-8", "surrogateescape")


def _bytes(raw: Any) -> bytes:
    return raw.encode("utf-8", "replace") if isinstance(raw, str) else bytes(raw)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
