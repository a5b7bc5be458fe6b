"""The account of every object: what was read of it, and what became of each record."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from common import VERSION
from common.errors import SiemError
from es_loader.cluster import Cluster, Deadline
from es_loader.identity import object_hash

Outcome = Literal["loaded", "partial", "gone", "skipped", "failed"]
INDEX = "siem-ledger"
# Left for the answer to the queue when the cluster does not take the entry.
RESERVE = 5.0
ANSWER_RESERVE = 2.0
# What a run says of the same records is worth more than a later one that could not read them.
RANKS: dict[Outcome, int] = {"failed": 0, "gone": 1, "skipped": 1, "partial": 2, "loaded": 2}
RANK = 50  # bit of a version where the rank begins, above milliseconds since 1970
NEWER = "version_conflict_engine_exception"

_KEYWORD: dict[str, object] = {"type": "keyword", "ignore_above": 1024}
_LONG: dict[str, object] = {"type": "long"}
_DATE: dict[str, object] = {"type": "date"}
_BY_NAME: dict[str, object] = {
    "properties": {"name": _KEYWORD, "count": _LONG},
}
MAPPING: dict[str, object] = {
    "dynamic": False,
    "properties": {
        "@timestamp": _DATE,
        "outcome": _KEYWORD,
        "bucket": _KEYWORD,
        "key": _KEYWORD,
        "version": _KEYWORD,
        "etag": _KEYWORD,
        "modified": _DATE,
        "event_time": _DATE,
        "first": _LONG,
        "next": _LONG,
        "end": _LONG,
        "read": _LONG,
        "indexed": _LONG,
        "duplicate": _LONG,
        "excluded": _LONG,
        "counted": _LONG,
        "quarantined": _LONG,
        "excluded_by_rule": _BY_NAME,
        "counted_by_rule": _BY_NAME,
        "quarantined_by_reason": _BY_NAME,
        "by_log_type": {
            "properties": {
                "name": _KEYWORD,
                "read": _LONG,
                "indexed": _LONG,
                "excluded": _LONG,
                "quarantined": _LONG,
            }
        },
        "bytes_in": _LONG,
        "bytes_out": _LONG,
        "started": _DATE,
        "ended": _DATE,
        "seconds": {"type": "float"},
        "response_seconds": {"type": "float"},
        "software": _KEYWORD,
        "cause": _KEYWORD,
        "error": {"type": "text"},
        "receive_count": _LONG,
        "request_id": _KEYWORD,
    },
}


@dataclass(slots=True)
class LogTypeCounts:
    """What became of the records of one log type."""

    indexed: int = 0
    excluded: int = 0
    quarantined: int = 0

    @property
    def read(self) -> int:
        """All of them."""
        return self.indexed + self.excluded + self.quarantined


@dataclass(slots=True)
class Counts:
    """What became of the records of one run.

    read         set by who reads: it is counted apart from the outcomes, and has to be their sum
    duplicate    of `indexed`, those that were there before
    counted      records that a rule counts without dropping them; they are also in an outcome
    """

    read: int = 0
    indexed: int = 0
    duplicate: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    by_log_type: dict[str, LogTypeCounts] = field(default_factory=dict)

    def of(self, log_type: str) -> LogTypeCounts:
        """The counts of a log type."""
        return self.by_log_type.setdefault(log_type, LogTypeCounts())

    def add_indexed(self, by_log_type: Mapping[str, int], duplicate: bool = False) -> None:
        """Documents that OpenSearch has, by log type; `duplicate`: it had them before."""
        for log_type, number in by_log_type.items():
            self.indexed += number
            self.duplicate += number if duplicate else 0
            self.of(log_type).indexed += number

    def add_excluded(self, log_type: str, rule: str) -> None:
        """A record that a rule dropped."""
        self.excluded[rule] += 1
        self.of(log_type).excluded += 1

    def add_quarantined(self, log_type: str, reason: str) -> None:
        """A record that was put away."""
        self.quarantined[reason] += 1
        self.of(log_type).quarantined += 1

    def check(self) -> None:
        """Raise SiemError unless every record that was read has one outcome."""
        excluded, quarantined = self.excluded.total(), self.quarantined.total()
        ended = self.indexed + excluded + quarantined
        if self.read != ended or ended != sum(c.read for c in self.by_log_type.values()):
            raise SiemError(
                f"the books do not balance: read {self.read}, indexed {self.indexed},"
                f" excluded {excluded}, quarantined {quarantined}"
            )


@dataclass(frozen=True, slots=True)
class Run:
    """One try at a message: `deadline()` gives the seconds that are left for it."""

    deadline: Deadline
    receive_count: int = 1
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run over one object, or over a part of it.

    modified     LastModified, ms since 1970; 0 where the object was not read
    event_time   ISO time of the event or message, "" where unknown
    first, next  the run read records first..next-1
    end          records in the whole object; None where the run did not reach its end
    bytes_in     unpacked; bytes_out: of bulk bodies, before compression
    cause        why it is skipped, partial or failed: a short name; error: the message
    """

    outcome: Outcome
    bucket: str
    key: str
    version: str
    etag: str
    modified: int
    first: int
    next: int
    end: int | None
    counts: Counts
    started: datetime
    ended: datetime
    event_time: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    response_seconds: float = 0.0
    cause: str = ""
    error: str = ""
    receive_count: int = 1
    request_id: str = ""

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.ended - self.started).total_seconds()

    @property
    def id(self) -> str:
        """One for each object and first record: a redelivered run overwrites its entry."""
        return f"{object_hash(self.bucket, self.key, self.etag)}-{self.first}"

    @property
    def index(self) -> str:
        """By the year of LastModified, else of the event, else of the run."""
        if self.modified:
            return f"{INDEX}-{_moment(self.modified):%Y}"
        return f"{INDEX}-{self.event_time[:4] or f'{self.started:%Y}'}"


def write(cluster: Cluster, entry: Entry, deadline: Deadline) -> None:
    """Put an entry into the ledger, in place of an earlier one of the same run, unless that one is
    worth more: two functions may hold one message, and the later may fail.

    Raises SiemError where its books do not balance, Retry where the cluster does not take it in
    the time left.
    """
    entry.counts.check()
    attempt, cause, until = 0, "ledger", cluster.clock()
    while True:
        cluster.wait(until, deadline, cause, RESERVE)
        error = _put(cluster, entry, deadline)
        if not error:
            return
        attempt, cause = attempt + 1, f"ledger_{error}"
        cluster.refused(cause)
        until = cluster.clock() + cluster.pause(attempt)


def write_failed(cluster: Cluster, entry: Entry, deadline: Deadline) -> bool:
    """Put the entry of a run that is to be retried, if the cluster takes it at once."""
    return not _put(cluster, entry, deadline)


def _put(cluster: Cluster, entry: Entry, deadline: Deadline) -> str:
    """Error type, or "" where this entry, or one that is worth more, is in the ledger."""
    version = RANKS[entry.outcome] << RANK | int(entry.ended.timestamp() * 1000)
    path = f"/{entry.index}/_doc/{entry.id}?version={version}&version_type=external_gte"
    body = orjson.dumps(document(entry))
    error = cluster.ask(deadline, "PUT", path, body, reserve=ANSWER_RESERVE).error
    return "" if error == NEWER else error


def document(entry: Entry) -> dict[str, Any]:
    """The entry as it is indexed; see MAPPING."""
    counts = entry.counts
    return {
        "@timestamp": _iso(entry.ended),
        "outcome": entry.outcome,
        "bucket": entry.bucket,
        "key": entry.key,
        "version": entry.version,
        "etag": entry.etag,
        "modified": _iso(_moment(entry.modified)) if entry.modified else None,
        "event_time": entry.event_time or None,
        "first": entry.first,
        "next": entry.next,
        "end": entry.end,
        "read": counts.read,
        "indexed": counts.indexed,
        "duplicate": counts.duplicate,
        "excluded": counts.excluded.total(),
        "counted": counts.counted.total(),
        "quarantined": counts.quarantined.total(),
        "excluded_by_rule": _named(counts.excluded),
        "counted_by_rule": _named(counts.counted),
        "quarantined_by_reason": _named(counts.quarantined),
        "by_log_type": [
            {
                "name": name,
                "read": own.read,
                "indexed": own.indexed,
                "excluded": own.excluded,
                "quarantined": own.quarantined,
            }
            for name, own in sorted(counts.by_log_type.items())
        ],
        "bytes_in": entry.bytes_in,
        "bytes_out": entry.bytes_out,
        "started": _iso(entry.started),
        "ended": _iso(entry.ended),
        "seconds": entry.seconds,
        "response_seconds": entry.response_seconds,
        "software": VERSION,
        "cause": entry.cause,
        "error": entry.error,
        "receive_count": entry.receive_count,
        "request_id": entry.request_id,
    }


def _named(counter: Counter[str]) -> list[dict[str, object]]:
    return [{"name": name, "count": count} for name, count in sorted(counter.items())]


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
