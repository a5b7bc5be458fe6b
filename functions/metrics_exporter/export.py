"""What is found, as records of the log type index_metrics, and as CloudWatch metrics.

Of the metrics in CloudWatch each name with its dimensions is paid for by the month: so there are
three by log type, and those of a source only while it is silent. All else is in the records.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.telemetry import emit
from metrics_exporter.activity import Growth
from metrics_exporter.indices import Index
from metrics_exporter.sources import Verdict

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found. `seconds`: the length of the window in which growth was counted."""

    account: str
    region: str
    cluster: str
    moment: datetime
    seconds: float
    indices: list[Index]
    growth: Mapping[str, Growth]
    verdicts: list[Verdict]


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of all indices of a log type. `lag` is None where nothing came."""

    log_type: str
    indices: int
    documents: int
    bytes: int
    shards: int
    segments: int
    rate: float
    lag: float | None
    field_usage: float
    oldest: int | None
    newest: int | None


def key(found: Found) -> str:
    """Key of the object with the records, which the log type index_metrics recognises."""
    return (
        f"AWSLogs/{found.account}/IndexMetrics/{found.region}/{found.moment:%Y/%m/%d}/"
        f"index-metrics-{found.moment:%Y%m%d_%H%M%S}.json.gz"
    )


def content(found: Found) -> bytes:
    """The records as lines of JSON, compressed."""
    lines = (json.dumps(each, separators=(",", ":")) for each in records(found))
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def records(found: Found) -> Iterator[Record]:
    """One record for each index, log type and source: the key after `kind` says which."""
    head = {
        "time": _iso(found.moment),
        "account": found.account,
        "region": found.region,
        "cluster": found.cluster,
    }
    for index in found.indices:
        yield _clean({**head, "kind": "index", "index": _index(found, index)})
    for total in totals(found):
        yield _clean({**head, "kind": "log_type", "log_type": _total(total)})
    for verdict in found.verdicts:
        yield _clean({**head, "kind": "source", "source": _source(verdict)})


def totals(found: Found) -> list[Total]:
    """The sums of each log type, by name."""
    by_name: dict[str, list[Index]] = {}
    for index in found.indices:
        by_name.setdefault(index.log_type, []).append(index)
    return [_sum(found, name, by_name[name]) for name in sorted(by_name)]


def metrics(found: Found) -> None:
    """Write CloudWatch metrics."""
    silent = [verdict for verdict in found.verdicts if verdict.silent]
    emit(
        {
            "IndexCount": len(found.indices),
            "DocumentCount": sum(index.documents for index in found.indices),
            "StoreSize": sum(index.bytes for index in found.indices),
            "ShardCount": sum(index.shards for index in found.indices),
            "SegmentCount": sum(index.segments for index in found.indices),
            "LogSourceCount": len(found.verdicts),
            "SilentLogSourceCount": len(silent),
        }
    )
    for total in totals(found):
        lag = {} if total.lag is None else {"IngestLag": total.lag}
        emit(
            {"IngestRate": total.rate, "FieldUsage": total.field_usage, **lag},
            logtype=total.log_type,
        )
    for verdict in found.verdicts:
        if verdict.silent or verdict.was_silent:  # the second: once more, as it is heard again
            emit(
                {"LogSourceSilence": verdict.known.quiet if verdict.silent else 0},
                logtype=verdict.source.log_type,
                account=verdict.source.account or "none",
                region=verdict.source.region or "none",
            )


def _index(found: Found, index: Index) -> Record:
    growth = found.growth.get(index.name)
    return {
        "name": index.name,
        "log_type": index.log_type,
        "status": index.status,
        "health": index.health,
        "created": _time(index.created),
        "documents": index.documents,
        "bytes": index.bytes,
        "primary_bytes": index.primary_bytes,
        "shards": index.shards,
        "segments": index.segments,
        "fields": index.fields,
        "field_limit": index.field_limit,
        "field_usage": _usage(index),
        "oldest": _time(index.oldest),
        "newest": _time(index.newest),
        "ingest_rate": _rate(found, growth),
        "lag_seconds": None if growth is None else _rounded(growth.lag),
    }


def _total(total: Total) -> Record:
    return {
        "name": total.log_type,
        "indices": total.indices,
        "documents": total.documents,
        "bytes": total.bytes,
        "shards": total.shards,
        "segments": total.segments,
        "field_usage": total.field_usage,
        "oldest": _time(total.oldest),
        "newest": _time(total.newest),
        "ingest_rate": total.rate,
        "lag_seconds": total.lag,
    }


def _source(verdict: Verdict) -> Record:
    known = verdict.known
    return {
        "log_type": verdict.source.log_type,
        "account": verdict.source.account or None,
        "region": verdict.source.region or None,
        "documents": verdict.documents,
        "first_seen": _iso(known.first_seen),
        "last_seen": _iso(known.last_seen),
        "quiet_seconds": round(known.quiet),
        "expected_seconds": round(known.expected),
        "limit_seconds": None if verdict.limit is None else round(verdict.limit),
        "silent": verdict.silent,
    }


def _sum(found: Found, name: str, indices: list[Index]) -> Total:
    came = [found.growth[index.name] for index in indices if index.name in found.growth]
    recent = sum(each.recent for each in came)
    lag = sum(each.recent * (each.lag or 0.0) for each in came) / recent if recent else None
    return Total(
        log_type=name,
        indices=len(indices),
        documents=sum(index.documents for index in indices),
        bytes=sum(index.bytes for index in indices),
        shards=sum(index.shards for index in indices),
        segments=sum(index.segments for index in indices),
        rate=round(sum(each.documents for each in came) / found.seconds, 3),
        lag=_rounded(lag),
        field_usage=max(map(_usage, indices)),
        oldest=_least(index.oldest for index in indices),
        newest=_most(index.newest for index in indices),
    )


def _rate(found: Found, growth: Growth | None) -> float:
    return round(growth.documents / found.seconds, 3) if growth else 0.0


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _usage(index: Index) -> float:
    return round(100 * index.fields / index.field_limit, 1)


def _least(times: Iterable[int | None]) -> int | None:
    return min((each for each in times if each is not None), default=None)


def _most(times: Iterable[int | None]) -> int | None:
    return max((each for each in times if each is not None), default=None)


def _time(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else _iso(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clean(record: Record) -> Record:
    """The record without what has no value."""
    return {
        name: _clean(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if value is not None
    }
