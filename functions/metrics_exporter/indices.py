"""What the cluster says of each log and ledger index: size, fields, and the times of its events.

Every path is one that Amazon OpenSearch Service offers: _cat/indices, _stats, _mapping, _settings,
_msearch.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-operations.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from common.members import object_in

PATTERN = "log-*,siem-ledger-*"
NAME = re.compile(
    r"log-[^-]+-(?P<log_type>[^-]+)-\d{4}(?:-w\d\d|-\d\d(?:-\d\d)?)?(?:-late)?|(?P<ledger>siem-ledger)-\d{4}"
)
COLUMNS = "health,status,index,pri,rep,docs.count,store.size,pri.store.size,creation.date"
FIELD_LIMIT = 1000  # index.mapping.total_fields.limit, where an index does not set it
LIMIT_SETTING = "index.mapping.total_fields.limit"
CHUNK = 50  # indices that one request names
STATS = "indices.*.total.segments.count"


@dataclass(frozen=True, slots=True)
class Index:
    """An index. Times are ms since 1970; None, and 0 documents, where it is closed or empty.

    bytes    of all copies; primary_bytes: of the primaries alone
    shards   all copies
    fields   as the cluster counts them against `field_limit`: objects and multi-fields too
    """

    name: str
    log_type: str
    status: str
    health: str
    created: int
    documents: int = 0
    bytes: int = 0
    primary_bytes: int = 0
    shards: int = 0
    segments: int = 0
    fields: int = 0
    field_limit: int = FIELD_LIMIT
    oldest: int | None = None
    newest: int | None = None


def indices(client: OpenSearch) -> list[Index]:
    """All log and ledger indices, by name; OpenSearchException if the cluster refuses."""
    rows: Any = client.cat.indices(
        index=PATTERN, format="json", bytes="b", h=COLUMNS, expand_wildcards="open,closed"
    )
    rows = sorted(rows, key=lambda row: row["index"])
    opened = [row["index"] for row in rows if row["status"] == "open"]
    segments = _segments(client) if opened else {}
    fields: dict[str, int] = {}
    limits: dict[str, int] = {}
    times: dict[str, tuple[int | None, int | None]] = {}
    for chunk in _chunks(opened):
        fields |= _fields(client, chunk)
        limits |= _limits(client, chunk)
        times |= _times(client, chunk)
    return [
        Index(
            name=row["index"],
            log_type=log_type_of(row["index"]),
            status=row["status"],
            health=row["health"] or "unknown",
            created=int(row["creation.date"]),
            documents=_number(row["docs.count"]),
            bytes=_number(row["store.size"]),
            primary_bytes=_number(row["pri.store.size"]),
            shards=_number(row["pri"]) * (1 + _number(row["rep"])),
            segments=segments.get(row["index"], 0),
            fields=fields.get(row["index"], 0),
            field_limit=limits.get(row["index"], FIELD_LIMIT),
            oldest=times.get(row["index"], (None, None))[0],
            newest=times.get(row["index"], (None, None))[1],
        )
        for row in rows
    ]


def log_type_of(index: str) -> str:
    """The log type of an index by its name, `ledger`, or `unknown`."""
    found = NAME.fullmatch(index)
    if not found:
        return "unknown"
    return "ledger" if found["ledger"] else found["log_type"]


def count_fields(mapping: Mapping[str, Any]) -> int:
    """How many fields a mapping has, as OpenSearch counts them against the limit."""
    return sum(
        1 + count_fields(field) + len(object_in(field, "fields"))
        for field in mapping.get("properties", {}).values()
    )


def _segments(client: OpenSearch) -> dict[str, int]:
    answer = client.indices.stats(
        index=PATTERN, metric="segments", params={"filter_path": STATS, "expand_wildcards": "open"}
    )
    return {
        name: found["total"]["segments"]["count"]
        for name, found in answer.get("indices", {}).items()
    }


def _fields(client: OpenSearch, names: Sequence[str]) -> dict[str, int]:
    answer = client.indices.get_mapping(
        index=",".join(names), params={"ignore_unavailable": "true"}
    )
    return {name: count_fields(found["mappings"]) for name, found in answer.items()}


def _limits(client: OpenSearch, names: Sequence[str]) -> dict[str, int]:
    answer = client.indices.get_settings(
        index=",".join(names),
        name=LIMIT_SETTING,
        params={"flat_settings": "true", "ignore_unavailable": "true"},
    )
    return {
        name: int(found["settings"][LIMIT_SETTING])
        for name, found in answer.items()
        if LIMIT_SETTING in found["settings"]
    }


def _times(client: OpenSearch, names: Sequence[str]) -> dict[str, tuple[int | None, int | None]]:
    """Oldest and newest event of each index; without a query each segment knows its own."""
    lines: list[dict[str, Any]] = []
    for name in names:
        lines.append({"index": name, "ignore_unavailable": True})
        lines.append(
            {
                "size": 0,
                "track_total_hits": False,
                "aggs": {
                    "oldest": {"min": {"field": "@timestamp"}},
                    "newest": {"max": {"field": "@timestamp"}},
                },
            }
        )
    answers = client.msearch(body=lines)["responses"]
    return {
        name: (_time(answer, "oldest"), _time(answer, "newest"))
        for name, answer in zip(names, answers, strict=True)
    }


def _time(answer: Mapping[str, Any], name: str) -> int | None:
    value = answer.get("aggregations", {}).get(name, {}).get("value")
    return None if value is None else int(value)


def _number(text: str | None) -> int:
    return int(text) if text else 0


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), CHUNK):
        yield names[start : start + CHUNK]
