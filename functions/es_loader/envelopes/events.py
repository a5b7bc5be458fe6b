"""Takes the details out of EventBridge events, as they are and as SNS delivers them, and records
out of lists.

{"detail-type", "source", "account", "time", "region", "detail": {}}
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
and as the messages of log groups named /aws/events/...
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
{"Type": "Notification", "MessageId", "TopicArn", "Message": "text", "Timestamp"}
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec

from common.errors import RecordError
from es_loader.envelopes.part import VALUES, Part, moment, sent, text_of, told
from es_loader.fetch import Stream
from es_loader.json_scan import KEY
from es_loader.log_type import LogType
from es_loader.origin import NOWHERE, Origin
from es_loader.parse import tolerant_json
from es_loader.read import frame
from es_loader.record import Batch, Broken, Header

UNREADABLE = (msgspec.DecodeError, RecursionError, ValueError)  # of which invalid UTF-8 is one


class _Origin(msgspec.Struct, gc=False, kw_only=True):
    """Where an event comes from, and when."""

    source: str = ""
    detail_type: str = msgspec.field(name="detail-type", default="")
    account: str = ""
    region: str = ""
    time: str = ""


class _Event(_Origin, gc=False, kw_only=True):
    detail: msgspec.Raw


_decode = msgspec.json.Decoder(_Event).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


def eventbridge(
    stream: Stream, by_key: LogType | None, of_event: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """The details of EventBridge events. `by_key` is the log type of what is no event."""
    for batch in frame(stream, VALUES):
        yield from details(batch, by_key, of_event)


def notifications(
    stream: Stream, by_key: LogType | None, of_event: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """What SNS delivers: the details of EventBridge events, and lines for log types that are text.
    Any other notice is a record as it is, since what is beside the message may tell of it."""
    for batch in frame(stream, VALUES):
        for raw in batch:
            message, at = (None, 0) if isinstance(raw, Broken) else _notice(raw)
            event = _event(message) if message is not None else None
            log_type = of_event(event.source, event.detail_type) if event else by_key
            if event and log_type:
                records = _inside(bytes(event.detail), log_type.read.records)
                moments = [moment(event.time)] * len(records)
                yield Part(log_type, records, event.account, event.region, moments=moments)
            elif message is not None and by_key and by_key.read.format != "json":
                line = told(str(message, "utf-8", "replace"), by_key)
                yield Part(by_key, [line], moments=[at])
            else:
                yield Part(by_key, [raw], moments=[at])


def array(stream: Stream, log_type: LogType) -> Iterator[Part]:
    """The records in the lists of an array's elements."""
    for batch in frame(stream, VALUES):
        records: Batch = []
        for raw in batch:
            inside = isinstance(raw, bytes) and _inside(raw, log_type.read.records)
            records += inside or [raw]
        yield Part(log_type, records)


def details(
    batch: Batch,
    by_key: LogType | None,
    of_event: Callable[[str, str], LogType | None],
    owner: str = "",
    origin: Origin = NOWHERE,
) -> Iterator[Part]:
    """The details of events, in parts of one account: `by_key` and `owner` of what is no event."""
    nothing = (by_key, owner, "")
    last: tuple[LogType | None, str, str] = nothing
    records: Batch = []
    moments: list[int] = []
    lists = True  # whether the event before had one
    for raw in batch:
        own, found, at = nothing, [raw], 0
        if lists and by_key and by_key.read.records and (listed := _listed(raw, by_key, of_event)):
            own, found, at = listed
        elif not isinstance(raw, Broken) and (event := _event(raw)):
            log_type = of_event(event.source, event.detail_type) or by_key
            own = (log_type, event.account, event.region)
            detail = bytes(event.detail)
            found = _inside(detail, log_type.read.records if log_type else ())
            lists = found[0] is not detail
            at = moment(event.time)
        if own != last and records:
            yield Part(*last[:1], records, *last[1:], origin, moments=moments)
            records, moments = [], []
        last = own
        records += found
        moments += [at] * len(found)
    if records:
        yield Part(*last[:1], records, *last[1:], origin, moments=moments)


def _listed(
    raw: Any, by_key: LogType, of_event: Callable[[str, str], LogType | None]
) -> tuple[tuple[LogType, str, str], Batch, int] | None:
    """(origin, records, moment) of an event in whose detail the list of the log type is: what
    `_event` and `_inside` find, read once. None where it is not as usual."""
    try:
        event = _lists(by_key.read.records)(raw)
    except (*UNREADABLE, TypeError):
        return None
    lists = msgspec.structs.astuple(event.detail)
    found = next((each for each in lists if each is not None), None)
    if not found or (of_event(event.source, event.detail_type) or by_key) is not by_key:
        return None
    return (by_key, event.account, event.region), [*map(bytes, found)], moment(event.time)


@cache
def _lists(keys: tuple[str, ...]) -> Callable[[Any], Any]:
    """What reads an event, and of its detail the lists under these keys."""
    lists = [
        (f"list_{number}", list[msgspec.Raw] | None, msgspec.field(name=key, default=None))
        for number, key in enumerate(keys)
    ]
    detail = msgspec.defstruct("Lists", lists, gc=False)
    event = msgspec.defstruct("Listed", [("detail", detail)], bases=(_Origin,), gc=False)
    return msgspec.json.Decoder(event).decode


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
    names = ("source", "detail-type", "account", "region", "time")
    texts = {name.replace("-", "_"): text_of(event.get(name)) for name in names}
    return _Event(detail=msgspec.Raw(detail.encode("utf-8", "surrogateescape")), **texts)


def _inside(detail: bytes, keys: tuple[str, ...]) -> Batch:
    """The elements of the list that a detail has under one of the keys; the detail, where there is
    none, or none in it."""
    if not keys or _ending(keys) not in detail:  # most events are one record
        return [detail]
    only = KEY.match(detail, 1) if detail.endswith(b"]}") else None
    if only and str(only[1], "utf-8", "replace") in keys:
        try:
            return [*map(bytes, _elements(memoryview(detail)[only.end() : -1]))] or [detail]
        except UNREADABLE:  # other members follow the list
            pass
    for key in keys:
        try:
            members = _members(detail)
            if key in members:
                return [*map(bytes, _elements(members[key]))] or [detail]
        except UNREADABLE:
            continue
    return [detail]


@cache
def _ending(keys: tuple[str, ...]) -> bytes:
    """What all of the keys end in."""
    ends = (keys[0][start:] for start in range(len(keys[0]) + 1))
    return next(end for end in ends if all(key.endswith(end) for key in keys)).encode()


def _notice(raw: bytes | str | Header) -> tuple[bytes | None, int]:
    """The message in what SNS delivers, None where there is none, and its moment."""
    try:
        notice, repaired = tolerant_json(raw)  # type: ignore[arg-type]
    except RecordError:
        return None, 0
    message = notice.get("Message") if isinstance(notice, dict) else None
    if isinstance(message, dict):  # as documentation prints it
        message = json.dumps(message, ensure_ascii=False)
    at = sent(notice, "Timestamp")
    if not isinstance(message, str):
        return None, at
    if repaired:
        message = message.replace("\ufffd", "\udcff")
    return message.encode("utf-8", "surrogateescape"), at
