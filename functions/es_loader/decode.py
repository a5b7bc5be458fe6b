"""Finds out which log type each record of an object has, and unwraps it from its envelopes.

The key of an object decides a log type. Its content tells whether the records are wrapped:
  CloudWatch Logs   {"messageType", "owner", "logGroup", "logStream", "logEvents": [{"message"}]}
                    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
  EventBridge       {"detail-type", "source", "account", "time", "region", "detail": {}}
                    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
  an agent          {"message": "the line"}, for log types that are text
Inside an envelope the log group, or the source and detail-type, decide for each record.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from common.errors import LogTypeError, RecordError
from es_loader.fetch import Stream
from es_loader.log_type import LogType, Read
from es_loader.parse import tolerant_json
from es_loader.read import Batch, Broken, frame

ACCOUNT = re.compile(r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{10,32}/)?(\d{12})/")
REGION = re.compile(r"/((?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?[a-z]+-\d)(?:/|_|$)")
ENVELOPES = re.compile(r"(?:^|/)(?:CloudWatchLogs|cwl|EventBridge|events)/", re.IGNORECASE)
VALUES = Read(format="json")
JSON_START = re.compile(rb"\s*\{")


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


class LogTypes:
    """All log types, and which one a key, a log group or an event belongs to."""

    def __init__(self, by_name: Mapping[str, LogType]) -> None:
        self.by_name = dict(by_name)
        self.of_log_group = lru_cache(1024)(self._of_log_group)
        self.of_event = lru_cache(1024)(self._of_event)

    def of_key(self, key: str) -> LogType | None:
        """The log type of an S3 key. Two that match are a mistake in the log types."""
        found = [t for t in self.by_name.values() if t.match.key and t.match.key.search(key)]
        if len(found) > 1:
            names = ", ".join(t.name for t in found)
            raise LogTypeError(f"the key belongs to several log types ({names}): {key}")
        return found[0] if found else None

    def _of_log_group(self, group: str) -> LogType | None:
        return next(
            (t for t in self.by_name.values() if t.match.log_group and t.match.log_group.search(group)),
            None,
        )

    def _of_event(self, source: str, detail_type: str) -> LogType | None:
        for kind in self.by_name.values():
            match = kind.match
            if source in match.source and (
                not match.detail_type or detail_type in match.detail_type
            ):
                return kind
        return None


def account_of(key: str) -> str:
    """Account in an S3 key as AWS writes it, or ""."""
    found = ACCOUNT.search(key)
    return found[1] if found else ""


def region_of(key: str) -> str:
    """Region in an S3 key as AWS writes it, or ""."""
    found = REGION.search(key)
    return found[1] if found else ""


def may_be_envelope(key: str) -> bool:
    """Whether a key that belongs to no log type is one that envelopes of any kind are put under."""
    return bool(ENVELOPES.search(key))


def parts(
    stream: Stream, log_types: LogTypes, by_key: LogType | None, forced: bool = False
) -> Iterator[Part]:
    """The records of an object, cut and unwrapped.

    by_key   log type that the key decided; it is also that of records whose envelope names none
    forced   it is the log type of every record, whatever an envelope says
    """
    head = stream.head()
    if not JSON_START.match(head):
        yield from _plain(stream, by_key)
    elif b'"logEvents"' in head or (b'"messageType"' in head and b'"logGroup"' in head):
        yield from _cloudwatch(stream, log_types, by_key, forced)
    elif b'"detail-type"' in head and b'"source"' in head:
        yield from _eventbridge(stream, log_types, by_key, forced)
    elif by_key is not None and by_key.read.format != "json":
        for batch in frame(stream, VALUES):
            yield Part(by_key, [_line_in_object(raw) for raw in batch])
    else:
        yield from _plain(stream, by_key)


def framing_hash(read: Read) -> str:
    """Hash of all that decides where a record begins: two runs that agree on it count alike."""
    digest = blake2b(digest_size=8)
    for name in ("fetch.py", "read.py", "decode.py"):
        digest.update((Path(__file__).parent / name).read_bytes())
    digest.update(repr(read).encode())
    return digest.hexdigest()


def _plain(stream: Stream, by_key: LogType | None) -> Iterator[Part]:
    for batch in frame(stream, by_key.read if by_key else VALUES):
        yield Part(by_key, batch)


def _cloudwatch(
    stream: Stream, log_types: LogTypes, by_key: LogType | None, forced: bool
) -> Iterator[Part]:
    for raw, envelope in _envelopes(stream):
        if envelope is None:
            yield Part(by_key, [raw])
            continue
        if envelope.get("messageType") == "CONTROL_MESSAGE":
            continue
        events = envelope.get("logEvents")
        if not isinstance(events, list):
            yield Part(by_key, [Broken(_bytes(raw), "malformed", "no logEvents in the envelope")])
            continue
        group = str(envelope.get("logGroup", ""))
        log_type = by_key if forced else log_types.of_log_group(group) or by_key
        messages: Batch = []
        for event in events:
            message = event.get("message") if isinstance(event, dict) else None
            if not isinstance(message, str):
                messages.append(Broken(_bytes(raw), "malformed", "a log event without message"))
            elif message and not message.isspace():
                messages.append(message.strip("\r\n") if message[-1] in "\r\n" else message)
        if messages:
            yield Part(log_type, messages, _text(envelope.get("owner")))


def _eventbridge(
    stream: Stream, log_types: LogTypes, by_key: LogType | None, forced: bool
) -> Iterator[Part]:
    decode = msgspec.json.Decoder(_Event).decode
    for batch in frame(stream, VALUES):
        for raw in batch:
            try:
                event = decode(raw)  # type: ignore[arg-type]
            except (msgspec.DecodeError, TypeError, RecursionError):
                yield Part(by_key, [raw])
                continue
            log_type = by_key
            if not forced:
                log_type = log_types.of_event(event.source, event.detail_type) or by_key
            detail = bytes(event.detail)
            records = _inside(detail, log_type.read.records) if log_type else [detail]
            yield Part(log_type, records, event.account, event.region)


def _inside(detail: bytes, keys: tuple[str, ...]) -> Batch:
    """The elements of the list that a detail has under one of the keys, else the detail."""
    for key in keys:
        try:
            members = msgspec.json.decode(detail, type=dict[str, msgspec.Raw])
            if key in members:
                return [bytes(r) for r in msgspec.json.decode(members[key], type=list[msgspec.Raw])]
        except (msgspec.DecodeError, RecursionError):
            continue
    return [detail]


def _envelopes(stream: Stream) -> Iterator[tuple[Any, dict[str, Any] | None]]:
    for batch in frame(stream, VALUES):
        for raw in batch:
            if isinstance(raw, Broken):
                yield raw, None
                continue
            try:
                envelope, _ = tolerant_json(raw)  # type: ignore[arg-type]
            except RecordError as error:
                yield Broken(_bytes(raw), error.reason, str(error)), None
                continue
            if isinstance(envelope, dict):
                yield raw, envelope
            else:
                yield Broken(_bytes(raw), "malformed", "no envelope"), None


def _line_in_object(raw: Any) -> Any:
    if isinstance(raw, Broken):
        return raw
    try:
        record, _ = tolerant_json(raw)
    except RecordError as error:
        return Broken(_bytes(raw), error.reason, str(error))
    line = record.get("message", record.get("log")) if isinstance(record, dict) else None
    if isinstance(line, str):
        return line.rstrip("\r\n")
    return Broken(_bytes(raw), "malformed", "an object without a line under message or log")


def _bytes(raw: Any) -> bytes:
    return raw.encode("utf-8", "replace") if isinstance(raw, str) else bytes(raw)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
