"""Random log objects of a case: several log types and framings, packed or not, whole or cut, with
broken and excluded records, and what is no log at all."""

import bz2
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from typing import Any

import zstandard

from es_loader import log_type_file
from tests.es_loader import logs

LEAST, MOST = 10_000, 49_000  # numbers of records: of five digits, so that none is part of another


@dataclass(frozen=True, slots=True)
class LogFile:
    """An object as it is put.

    key      ends in an example of its log type
    marks    of each good record a text that no other document of the object has
    deleted  before its message is looked at
    """

    key: str
    body: bytes
    marks: Sequence[str] = ()
    deleted: bool = False


@dataclass(slots=True)
class Writer:
    """Numbers the records of an object, and decides which are broken or excluded.

    token    a number of this object alone, in the ids that records carry
    """

    rng: Random
    token: int
    broken: float
    marks: list[str] = field(default_factory=list)

    def records(self, good: Callable[[int], tuple[Any, str]], bad: Callable[[], Any]) -> list[Any]:
        """A few records; `good` gives one of this number and its mark, `bad` one that is none."""
        first = self.rng.randrange(LEAST, MOST)
        made = []
        for number in range(first, first + self.rng.choice((1, 3, 8, 20, 40))):
            if self.rng.random() < self.broken:
                made.append(bad())
            else:
                record, mark = good(number)
                self.marks.append(mark)
                made.append(record)
        return made


def _trails(writer: Writer) -> bytes:
    def good(number: int) -> tuple[str, str]:
        own = {"eventID": f"{writer.token:x}-{number}"} if writer.token % 2 else {}
        return json.dumps(logs.trail(number, **own)), f"key-{number}"

    made = writer.records(good, lambda: '{"eventVersion":}')
    return f'{{"Records":[{",".join(made)}]}}'.encode()


def _wafs(writer: Writer) -> bytes:
    made = writer.records(
        lambda number: (json.dumps(logs.waf(number)), f'"/{number}"'), lambda: '{"timestamp":1,}'
    )
    return writer.rng.choice(("\n", "")).join([*made, ""]).encode()


def _pretty_wafs(writer: Writer) -> bytes:
    made = writer.records(
        lambda number: (json.dumps(logs.waf(number), indent=1), f'"/{number}"'),
        lambda: '{"timestamp":1,}',
    )
    return "\n".join(made).encode()


def _flow_lines(writer: Writer) -> list[str]:
    return writer.records(
        lambda number: (logs.flow(number), f'"port":{1024 + number}'), lambda: "nonsense"
    )


def _flows(writer: Writer) -> bytes:
    return logs.text_lines(logs.FLOW_HEADER, *_flow_lines(writer))


def _flow_envelopes(writer: Writer) -> bytes:
    lines = _flow_lines(writer)
    size = writer.rng.randint(1, 9)
    control = logs.cloudwatch("", "Checking health", messageType="CONTROL_MESSAGE")
    parts = [
        logs.cloudwatch("vpc-flow-logs", *lines[at : at + size])
        for at in range(0, len(lines), size)
    ]
    return b"".join([*parts, control])


def _unknown_envelopes(writer: Writer) -> bytes:
    return logs.cloudwatch("of-nobody", "a", "b") + _flow_envelopes(writer)


def _windows(writer: Writer) -> bytes:
    made = writer.records(
        lambda number: (logs.windows_event(number), f"user-{number}"),
        lambda: logs.windows_event(1).replace("</System>", ""),
    )
    return logs.text_lines(*made)


def _albs(writer: Writer) -> bytes:
    made = writer.records(
        lambda number: (logs.alb(agent=f"curl/{number}"), f"curl/{number}"), lambda: "h2 broken"
    )
    return logs.text_lines(*made)


def _secures(writer: Writer) -> bytes:
    writer.broken = 0.0  # any line is one of this log type
    made = writer.records(lambda number: (logs.secure(number), f"[{2000 + number}]"), lambda: "")
    return logs.text_lines(*made)


def _findings(writer: Writer) -> bytes:
    """Some excluded: the empty answer of the API."""

    def good(number: int) -> tuple[Any, str]:
        finding = logs.finding(writer.token << 32 | number, 8)
        return finding, finding["id"]

    return json.dumps(writer.records(good, lambda: {"findings": []})).encode()


def _wrapped_findings(writer: Writer) -> bytes:
    kind = "GuardDuty Finding"
    findings = json.loads(_findings(writer))
    return logs.json_lines(*(logs.eventbridge("aws.guardduty", kind, each) for each in findings))


KINDS: Sequence[tuple[str, Callable[[Writer], bytes]]] = (
    ("cloudtrail", _trails),
    ("waf", _wafs),
    ("waf", _pretty_wafs),
    ("vpc_flow", _flows),
    ("vpc_flow", _flow_envelopes),
    ("vpc_flow", _unknown_envelopes),
    ("windows_event", _windows),
    ("alb", _albs),
    ("linux_secure", _secures),
    ("guardduty", _findings),
    ("guardduty", _wrapped_findings),
)
EXAMPLES = {
    name: log_type_file.load(log_type_file.HERE / name).match.examples[0] for name, _ in KINDS
}
NO_LOGS = (("notes/readme.txt", b"text"), ("folder/", b""), (EXAMPLES["waf"], b""))


def draw(rng: Random, prefix: str) -> list[LogFile]:
    """The objects of a case, under a prefix of its own."""
    return [_draw(rng, f"{prefix}/{number}") for number in range(rng.choice((1, 1, 2, 3)))]


def each_kind(prefix: str) -> list[LogFile]:
    """An object of each kind, plain: what a loader that is warm has seen before."""
    rng, files = Random(prefix), []
    for number, (name, write) in enumerate(KINDS):
        writer = _writer(rng, f"{prefix}/{number}", 0.2)
        body = write(writer)
        files.append(LogFile(f"{prefix}/{number}/{EXAMPLES[name]}", body, writer.marks))
    return files


def _draw(rng: Random, folder: str) -> LogFile:
    if rng.random() < 0.06:
        name, body = rng.choice(NO_LOGS)
        return LogFile(f"{folder}/{name}", body)
    log_type, write = rng.choice(KINDS)
    writer = _writer(rng, folder, rng.choice((0.0, 0.0, 0.1, 0.5)))
    key, body = f"{folder}/{EXAMPLES[log_type]}", _packed(rng, write(writer))
    if rng.random() < 0.03:
        return LogFile(key, body, deleted=True)
    if rng.random() < 0.1:
        return LogFile(key, body[: rng.randrange(1, len(body))])  # what is before the cut counts
    return LogFile(key, body, writer.marks)


def _writer(rng: Random, folder: str, broken: float) -> Writer:
    digest = blake2b(folder.encode(), digest_size=8).digest()
    return Writer(rng, int.from_bytes(digest), broken)


def _packed(rng: Random, body: bytes) -> bytes:
    match rng.randrange(8):
        case 0 | 1 | 2:
            return gzip.compress(body, mtime=0)
        case 3:
            middle = len(body) // 2
            return gzip.compress(body[:middle], mtime=0) + gzip.compress(body[middle:], mtime=0)
        case 4:
            return bz2.compress(body)
        case 5:
            return zstandard.compress(body)
    return body
