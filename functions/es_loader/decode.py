"""Finds out which log type each record of an object has, and whether it is in an envelope.

The key of an object decides a log type. The members of its first value tell whether the records are
wrapped (see `envelopes`); what is deeper in it does not, since whoever is logged can have written
that. Inside an envelope the log group, the name of the container, or the source and detail-type
decide for each record.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path

from common.errors import LogTypeError, ObjectSkipped
from es_loader import envelopes
from es_loader.envelopes import VALUES, Part
from es_loader.fetch import Stream
from es_loader.forms import Forms, in_json
from es_loader.json_scan import KEY, end_of
from es_loader.log_type import LogType
from es_loader.read import frame

__all__ = ["LogTypes", "Part", "account_of", "parts", "region_of"]

ACCOUNT = re.compile(r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{10,32}/)?(\d{12})/")
REGION = re.compile(r"/((?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?[a-z]+-\d)(?:/|_|$)")
ENVELOPES = re.compile(
    r"(?:^|/)(?:CloudWatchLogs|cwl|EventBridge|events|FireLens|SNS)/", re.IGNORECASE
)
FIRELENS = {b"container_id", b"container_name", b"ecs_task_arn"}
API_ANSWER = re.compile(rb'\s*\{\s*"events"\s*:\s*\[\s*\{[^{}]*?"message"\s*:')
OBJECT = re.compile(rb"\s*(?:\[\s*)?\{")
HEAD = 4096  # bytes: the members that name an envelope come first, and are short
# All that decides where a record begins.
FRAMING = (
    "unpack",
    "fetch",
    "record",
    "json_scan",
    "json_values",
    "native/lines",
    "read",
    "multiline",
    "parquet",
    "parse",
    "envelopes/part",
    "envelopes/cloudwatch",
    "envelopes/exported",
    "envelopes/events",
    "envelopes/firelens",
    "forms",
    "decode",
)


class LogTypes:
    """All log types, and which one a key, a log group or an event belongs to."""

    def __init__(self, by_name: Mapping[str, LogType]) -> None:
        self.by_name = dict(by_name)
        self.of_log_group = lru_cache(1024)(self._of_log_group)
        self.of_event = lru_cache(1024)(self._of_event)
        self.of_container = lru_cache(1024)(self._of_container)

    def of_key(self, key: str) -> LogType | None:
        """The log type of an S3 key. Two that match are a mistake in the log types."""
        found = [t for t in self.by_name.values() if t.match.key and t.match.key.search(key)]
        if len(found) > 1:
            names = ", ".join(t.name for t in found)
            raise LogTypeError(f"the key belongs to several log types ({names}): {key}")
        return found[0] if found else None

    def of_object(self, key: str) -> LogType | None:
        """The log type that the key of an object decides; None where only its content can tell.

        ObjectSkipped, if it is no log that we load.
        """
        if key.endswith("/"):
            raise ObjectSkipped("folder_marker")
        log_type = self.of_key(key)
        if log_type is None and not ENVELOPES.search(key):
            raise ObjectSkipped("unknown_key")
        return log_type

    def framing(self, by_key: LogType | None) -> str:
        """Hash of all that decides where a record begins in an object whose key decided `by_key`:
        two runs that agree on it count alike."""
        return f"{self._framing}-{by_key.name if by_key else ''}"

    @cached_property
    def _framing(self) -> str:
        digest = blake2b(digest_size=8)
        for name in FRAMING:
            digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
        for name, log_type in sorted(self.by_name.items()):
            read = log_type.read
            cuts = [read.format, read.records, read.delimiter, read.header, read.columns, read.json]
            marks = [each.pattern if each else "" for each in (read.skip, read.start)]
            match = log_type.match  # decides in an envelope whose [read] joins or cuts records
            marks += [each.pattern if each else "" for each in (match.log_group, match.container)]
            marks += [form.pattern.pattern for form in read.forms]
            cuts += [match.source, match.detail_type, match.output, read.event, read.block]
            digest.update(repr([name, *cuts, *marks]).encode())
        return digest.hexdigest()

    def _of_log_group(self, group: str) -> LogType | None:
        for kind in self.by_name.values():
            if kind.match.log_group and kind.match.log_group.search(group):
                return kind
        return None

    def _of_event(self, source: str, detail_type: str) -> LogType | None:
        of_source = None
        for kind in self.by_name.values():
            match = kind.match
            if detail_type in match.detail_type and (source in match.source or not match.source):
                return kind
            if source in match.source and not match.detail_type:
                of_source = kind
        return of_source

    def _of_container(self, name: str, output: str) -> LogType | None:
        for kind in self.by_name.values():
            match = kind.match
            if match.container and match.output in ("", output) and match.container.search(name):
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


def parts(
    stream: Stream, log_types: LogTypes, by_key: LogType | None, forced: bool = False
) -> Iterator[Part]:
    """The records of an object, cut and unwrapped, each in its form; ObjectSkipped, if it is empty.

    by_key   log type that the key decided; it is also that of records whose envelope names none
    forced   it is the log type of every record, whatever an envelope says
    """
    return map(Forms().part, _unwrapped(stream, log_types, by_key, forced))


def _unwrapped(
    stream: Stream, log_types: LogTypes, by_key: LogType | None, forced: bool
) -> Iterator[Part]:
    def of_log_group(group: str) -> LogType | None:
        return by_key if forced else log_types.of_log_group(group) or by_key

    def of_event(source: str, detail_type: str) -> LogType | None:
        return by_key if forced else log_types.of_event(source, detail_type) or by_key

    def of_container(name: str, output: str) -> LogType | None:
        return by_key if forced else log_types.of_container(name, output) or by_key

    head = stream.head(HEAD)[:HEAD]
    if not head and not stream.cut:
        raise ObjectSkipped("empty")
    names = _member_names(head)
    if b"logEvents" in names or {b"messageType", b"logGroup"} <= names or API_ANSWER.match(head):
        yield from envelopes.cloudwatch(stream, by_key, of_log_group, of_event)
    elif {b"detail-type", b"source"} <= names:
        yield from envelopes.eventbridge(stream, by_key, of_event)
    elif {b"Type", b"MessageId", b"TopicArn"} <= names:
        yield from envelopes.notifications(stream, by_key, of_event)
    elif names & FIRELENS and (b"log" in names or not by_key):
        yield from envelopes.firelens(stream, by_key, of_container)
    elif by_key and by_key.read.format != "json" and names & {b"message", b"log"}:
        yield from envelopes.agent(stream, by_key)
    elif by_key and head.lstrip()[:1] == b"[" and names & set(map(str.encode, by_key.read.records)):
        yield from envelopes.array(stream, by_key)
    elif by_key and envelopes.is_export(head, by_key):
        yield from envelopes.exported(stream, by_key)
    else:
        kind = by_key and (in_json(by_key, head) or by_key)
        for batch in frame(stream, kind.read if kind else VALUES):
            yield Part(kind, batch)


def _member_names(head: bytes) -> set[bytes]:
    """Names of the members of the object, or of the first in an array, that a text begins with, as
    far as it goes."""
    names: set[bytes] = set()
    start = OBJECT.match(head)
    position = start.end() if start else 0
    while position > 0 and (found := KEY.match(head, position)):
        names.add(found[1])
        position = end_of(head, found.end())
    return names
