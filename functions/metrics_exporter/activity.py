"""What was indexed in a window of time: by index, and by log source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

PATTERN = "log-*"
PAGE = 1000
MOST_INDICES = 10_000
# Past logs that are loaded on purpose (`siem load`) tell nothing of whether a source is alive.
RECENT = timedelta(days=7)
OPTIONS = {"ignore_unavailable": "true", "allow_no_indices": "true", "request_cache": "false"}


@dataclass(frozen=True, order=True, slots=True)
class SourceId:
    """Who sends a log: account and region are "" where its documents do not say."""

    log_type: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a source in the window; times are those of indexing, ms since 1970."""

    documents: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Growth:
    """What came into an index in the window.

    recent   of the documents, those that happened lately
    lag      their mean seconds from event to indexing; None without any
    """

    documents: int
    recent: int
    lag: float | None


def growth(client: OpenSearch, since: datetime, until: datetime) -> dict[str, Growth]:
    """What came into each index, by its name."""
    answer = _search(
        client,
        [_window(since, until)],
        {
            "indices": {
                "terms": {"field": "_index", "size": MOST_INDICES},
                "aggs": {
                    "recent": {
                        "filter": _lately(until),
                        "aggs": {
                            "ingested": {"avg": {"field": "event.ingested"}},
                            "happened": {"avg": {"field": "@timestamp"}},
                        },
                    }
                },
            }
        },
    )
    return {
        bucket["key"]: Growth(bucket["doc_count"], bucket["recent"]["doc_count"], _lag(bucket))
        for bucket in answer.get("indices", {}).get("buckets", [])
    }


def sources(client: OpenSearch, since: datetime, until: datetime) -> dict[SourceId, Seen]:
    """The sources of which anything came that happened lately."""
    filters = [_window(since, until), _lately(until)]
    found: dict[SourceId, Seen] = {}
    for bucket in _pages(client, filters):
        key = bucket["key"]
        source = SourceId(
            (key["dataset"] or "unknown").rpartition(".")[2],
            key["account"] or "",
            key["region"] or "",
        )
        found[source] = Seen(
            bucket["doc_count"], int(bucket["first"]["value"]), int(bucket["last"]["value"])
        )
    return found


def _pages(client: OpenSearch, filters: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    keys = [
        {name: {"terms": {"field": field, "missing_bucket": True}}}
        for name, field in (
            ("dataset", "event.dataset"),
            ("account", "cloud.account.id"),
            ("region", "cloud.region"),
        )
    ]
    after: dict[str, Any] = {}
    while True:
        aggregations = {
            "sources": {
                "composite": {"size": PAGE, "sources": keys, **after},
                "aggs": {
                    "first": {"min": {"field": "event.ingested"}},
                    "last": {"max": {"field": "event.ingested"}},
                },
            }
        }
        answer = _search(client, filters, aggregations).get("sources", {})
        yield from answer.get("buckets", [])
        if "after_key" not in answer:
            return
        after = {"after": answer["after_key"]}


def _window(since: datetime, until: datetime) -> dict[str, Any]:
    return {"range": {"event.ingested": {"gte": since.isoformat(), "lt": until.isoformat()}}}


def _lately(until: datetime) -> dict[str, Any]:
    return {"range": {"@timestamp": {"gte": (until - RECENT).isoformat()}}}


def _lag(bucket: dict[str, Any]) -> float | None:
    recent = bucket["recent"]
    if not recent["doc_count"]:
        return None
    lag: float = recent["ingested"]["value"] - recent["happened"]["value"]
    return max(0.0, lag / 1000)


def _search(
    client: OpenSearch, filters: list[dict[str, Any]], aggregations: dict[str, Any]
) -> dict[str, Any]:
    answer: dict[str, Any] = client.search(
        index=PATTERN,
        body={
            "size": 0,
            "track_total_hits": False,
            "query": {"bool": {"filter": filters}},
            "aggs": aggregations,
        },
        params=dict(OPTIONS),
    )
    found: dict[str, Any] = answer.get("aggregations", {})
    return found
