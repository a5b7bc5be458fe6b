"""Takes the details out of EventBridge events.

{"detail-type", "source", "account", "time", "region", "detail": {}}
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec

from common.errors import RecordError
from es_loader.fetch import Stream
from es_loader.json_scan import KEY
from es_loader.log_type import LogType
from es_loader.parse import tolerant_json
from es_loader.part import VALUES, Part, text_of
from es_loader.read import frame
from es_loader.record import Batch, Broken, Header

UNREADABLE = (msgspec.DecodeError, RecursionError, ValueError)  # of which invalid UTF-8 is one


class _Origin(msgspec.Struct, gc=False, kw_only=True):
    """Where an event comes from."""

    source: str = ""
    detail_type: str = msgspec.field(name="detail-type", default="")
    account: str = ""
    region: str = ""


class Event(_Origin, gc=False, kw_only=True):
    """What is read of an event."""

    detail: msgspec.Raw
    time: str = ""


_decode = msgspec.json.Decoder(Event).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


def eventbridge(
    stream: Stream, by_key: LogType | None, of_event: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """The details of EventBridge events. `by_key` is the log type of what is no event."""
    for batch in frame(stream, VALUES):
        yield from details(batch, by_key, of_event)


def details(
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
        if by_key and by_key.read.records and (listed := _listed(raw, by_key, of_event)):
            own, found = listed
        elif not isinstance(raw, Broken) and (event := event_in(raw)):
            log_type = of_event(event.source, event.detail_type) or by_key
            own = (log_type, event.account, event.region)
            found = inside(timed(event, log_type), log_type.read.records if log_type else ())
        if own != origin and records:
            yield Part(origin[0], records, *origin[1:])
            records = []
        origin = own
        records += found
    if records:
        yield Part(origin[0], records, *origin[1:])


def _listed(
    raw: Any, by_key: LogType, of_event: Callable[[str, str], LogType | None]
) -> tuple[tuple[LogType, str, str], Batch] | None:
    """(origin, records) of an event in whose detail the list of the log type is: what `event_in`
    and `inside` find, read once. None where it is not as usual."""
    try:
        event = _lists(by_key.read.records)(raw)
    except (*UNREADABLE, TypeError):
        return None
    lists = msgspec.structs.astuple(event.detail)
    found = next((each for each in lists if each is not None), None)
    if not found or (of_event(event.source, event.detail_type) or by_key) is not by_key:
        return None
    return (by_key, event.account, event.region), [*map(bytes, found)]


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


def event_in(raw: bytes | str | Header) -> Event | None:
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
    return Event(detail=msgspec.Raw(detail.encode("utf-8", "surrogateescape")), **texts)


def timed(event: Event, log_type: LogType | None) -> bytes:
    """The detail of an event; with the time of the event, where the log type asks for a `time` and
    the detail has none."""
    detail = bytes(event.detail)
    asks = log_type and ("time",) in log_type.time["paths"] and event.time
    if asks and detail.endswith(b"}") and b'"time"' not in detail:
        comma = b"" if detail[1:-1].isspace() or len(detail) < 3 else b","
        return b'%b%b"time":%b}' % (detail[:-1], comma, msgspec.json.encode(event.time))
    return detail


def inside(detail: bytes, keys: tuple[str, ...]) -> Batch:
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
