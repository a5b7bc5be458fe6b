"""Looks objects up in the ledger, and says whether each of them is whole.

An object is looked up by bucket and key, since entries of objects that were not read (`failed`,
`skipped`, `gone`) may have no ETag, and so an id that cannot be guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from common.errors import SiemError
from es_loader.cluster import Cluster
from es_loader.ledger import INDEX, Outcome
from es_loader.listing import Listed

FIELDS = ("key", "etag", "outcome", "first", "next", "end", "cause", "error", "@timestamp")
ORDER = ("key", "etag", "first", "@timestamp")
MOST_HITS = 5_000
ATTEMPTS = 5
SECONDS = 60.0
# Half an answer must not pass for all of it.
SEARCH = (
    f"/{INDEX}-*/_search?allow_partial_search_results=false"
    "&filter_path=hits.hits._source,hits.hits.sort"
)

Status = Literal["loaded", "partial", "skipped", "failed", "missing"]


@dataclass(frozen=True, slots=True)
class Noted:
    """What an entry says; `at`: ISO time at which its run ended. The rest as in ledger.Entry."""

    outcome: Outcome
    etag: str
    first: int
    next: int
    end: int | None
    cause: str
    error: str
    at: str


@dataclass(frozen=True, slots=True)
class State:
    """How an object stands.

    why   of one that is not loaded, for people
    at    ISO time of the last entry, "" without one
    gap   records are not accounted for: the rest of the object may be under way
    """

    status: Status
    why: str = ""
    at: str = ""
    gap: bool = False


def refresh(cluster: Cluster) -> None:
    """Make what was written until now visible; who may not ask for that sees it a second later."""
    cluster.ask(lambda: SECONDS, "POST", f"/{INDEX}-*/_refresh", b"")


def states(cluster: Cluster, bucket: str, listed: Sequence[Listed]) -> Iterator[State]:
    """The state of each object, in order. SiemError, if OpenSearch does not answer in full."""
    if listed:
        found = entries(cluster, bucket, listed)
        for each in listed:
            yield state(found.get(each.key, ()), each.etag)


def entries(
    cluster: Cluster, bucket: str, listed: Sequence[Listed]
) -> Mapping[str, Sequence[Noted]]:
    """The entries of these objects as they are now, by key."""
    found: defaultdict[str, list[Noted]] = defaultdict(list)
    query = {
        "bool": {
            "filter": [
                {"term": {"bucket": bucket}},
                {"terms": {"key": [each.key for each in listed]}},
                {"terms": {"etag": sorted({"", *(each.etag for each in listed)})}},
            ]
        }
    }
    for entry in _search(cluster, query):
        key, at = entry.pop("key"), entry.pop("@timestamp")
        found[key].append(Noted(**entry, at=at))
    return found


def state(found: Iterable[Noted], etag: str) -> State:
    """How an object with this ETag stands, by the entries of its key.

    It is whole where the union of the ranges of its runs covers 0..end.
    """
    own = [entry for entry in found if entry.etag in (etag, "")]
    if not own:
        return State("missing", "the ledger has no entry of it")
    last = max(own, key=lambda entry: entry.at)
    if last.outcome == "failed":
        return State("failed", last.error or last.cause, last.at)
    read = [entry for entry in own if entry.outcome not in ("failed", "gone")]
    if not read:
        return State("missing", "it was deleted when its message came, and put again", last.at)
    covered = 0
    for entry in sorted(read, key=lambda entry: entry.first):
        if entry.first <= covered:
            covered = max(covered, entry.next)
    ends = [entry for entry in read if entry.end is not None]
    end = max(ends, key=lambda entry: entry.at).end if ends else None
    if end is None or covered < end:
        return State("partial", f"nothing is known of record {covered} and on", last.at, gap=True)
    if any(entry.outcome == "partial" for entry in read):
        return State("partial", f"the object breaks off after {covered - 1} records", last.at)
    if all(entry.outcome == "skipped" for entry in read):
        return State("skipped", last.cause, last.at)
    return State("loaded", at=last.at)


def _search(cluster: Cluster, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All entries that a query finds."""
    body: dict[str, Any] = {
        "size": MOST_HITS,
        "query": query,
        "_source": FIELDS,
        "sort": [{name: {"unmapped_type": "keyword"}} for name in ORDER],
    }
    while True:
        hits = _ask(cluster, orjson.dumps(body)).get("hits", {}).get("hits", [])
        for hit in hits:
            yield hit["_source"]
        if len(hits) < MOST_HITS:
            return
        body["search_after"] = hits[-1]["sort"]


def _ask(cluster: Cluster, body: bytes) -> dict[str, Any]:
    for attempt in range(1, ATTEMPTS + 1):
        reply = cluster.ask(lambda: SECONDS, "POST", SEARCH, body)
        if reply.status == 200 and isinstance(reply.data, dict):
            return reply.data
        if reply.status in (400, 401, 403, 404):
            break
        if attempt < ATTEMPTS:
            cluster.sleep(cluster.pause(attempt))
    told = f"{reply.error} {reply.reason}".strip()[:300]
    raise SiemError(
        f"the ledger cannot be read, OpenSearch says {reply.status or 'nothing'}: {told}"
    )
