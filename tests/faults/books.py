"""The books of cases that were played: each record is in an index once, excluded, or quarantined,
and the ledger has an entry of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from es_loader.answer import LATE
from local.stack import Stack
from tests.faults.expected import Case, Expected, Record

MOST_HITS = 10_000


@dataclass(frozen=True, slots=True)
class Wrong:
    """A record, or an object, that does not balance. `kind`: lost or duplicated."""

    kind: str
    case: str
    what: str


@dataclass(frozen=True, slots=True)
class Found:
    """What there is under a prefix of the log bucket.

    documents     hits of all indices, by _id
    entries       of the ledger, by key
    quarantined   lines of the quarantine files, by key and position
    """

    documents: Mapping[str, Sequence[dict[str, Any]]]
    entries: Mapping[str, Sequence[dict[str, Any]]]
    quarantined: Mapping[tuple[str, int], Sequence[dict[str, Any]]]


def find(stack: Stack, prefixes: Iterable[str]) -> Found:
    """What has become of the objects whose keys begin so."""
    bucket = stack.deployment.buckets["log"]
    stack.opensearch.indices.refresh(index="log-*,siem-ledger-*")
    documents, entries, quarantined = defaultdict(list), defaultdict(list), defaultdict(list)
    wanted = [f"{prefix}/" for prefix in prefixes]
    for hit in _hits(stack, "log-*", "log.file.path", [f"s3://{bucket}/{p}" for p in wanted]):
        documents[hit["_id"]].append(hit)
    for hit in _hits(stack, "siem-ledger-*", "key", wanted):
        entries[hit["_source"]["key"]].append(hit["_source"])
    for line in _quarantined(stack):
        key = line["object"]["key"]
        if key.startswith(tuple(wanted)):
            quarantined[key, line["position"]].append(line)
    return Found(documents, entries, quarantined)


def check(cases: Iterable[Case], found: Found) -> Iterator[Wrong]:
    """What does not balance."""
    wanted: dict[str, set[str]] = {}
    place: dict[str, str] = {}
    for case in cases:
        for error in case.errors:
            yield Wrong("lost", case.name, error)
        for each in case.objects:
            place[each.key] = case.name
            for record in each.records:
                for kind, why in _record(case, each, record, found):
                    yield Wrong(kind, case.name, f"record {record.position} of {each.key}: {why}")
                if record.id:
                    wanted.setdefault(record.id, set()).add(each.key)
            for why in _ledger(each, found.entries.get(each.key, ())):
                yield Wrong("lost", case.name, f"{each.key}: {why}")
    for id, hits in found.documents.items():
        keys = [hit["_source"]["log"]["file"]["path"].split("/", 3)[3] for hit in hits]
        if id not in wanted:
            names = {place.get(key, "") for key in keys}
            yield Wrong("duplicated", ", ".join(names), f"no record has this id: {id} of {keys}")


def _record(case: Case, each: Expected, record: Record, found: Found) -> Iterator[tuple[str, str]]:
    lines = found.quarantined.get((each.key, record.position), ())
    if record.outcome == "quarantined" and not lines:
        yield "lost", "it is not in quarantine"
    if record.outcome != "indexed":
        return
    hits = found.documents.get(record.id, ())
    if len(hits) > 1:
        yield "duplicated", f"{record.id} is in {[hit['_index'] for hit in hits]}"
    if not hits and not lines:
        yield "lost", f"{record.id} is nowhere"
    if lines and record.id not in case.refused:
        yield "lost", f"it was put away, and nobody had refused it: {lines[0]['reason']}"
    for hit in hits:
        if hit["_index"].removesuffix(LATE) != record.index:
            yield "lost", f"it belongs to {record.index} and is in {hit['_index']}"
        if record.mark not in json.dumps(hit["_source"], separators=(",", ":")):
            yield "lost", f"{record.id} is another record, without {record.mark}"
    for line in lines:
        if record.mark and not line.get("record"):
            yield "lost", "its line in quarantine has no record"


def _ledger(each: Expected, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the ledger does not account for."""
    outcomes = {entry["outcome"] for entry in entries}
    last = max(entries, key=lambda entry: str(entry["@timestamp"]), default=None)
    if last is None or last["outcome"] == "failed":
        yield f"the last of its entries is {last and last['cause']}"
        return
    if each.outcome not in outcomes:
        yield f"it is {each.outcome}, and the ledger has {sorted(outcomes)}"
    if each.outcome in ("skipped", "gone"):
        if outcomes - {each.outcome}:
            yield f"it is {each.outcome}, and the ledger has {sorted(outcomes)}"
        return
    runs = sorted((e for e in entries if e["outcome"] != "failed"), key=lambda e: int(e["first"]))
    covered, number = 0, len(each.records)
    for run in runs:
        ended = run["indexed"] + run["excluded"] + run["quarantined"]
        if not run["read"] == run["next"] - run["first"] == ended:
            yield f"the entry of {run['first']} to {run['next']} does not balance: {ended}"
        if run["first"] <= covered:
            covered = max(covered, run["next"])
        if run["end"] not in (None, number):
            yield f"it has {number} records, by the ledger: {run['end']}"
    if covered != number:
        yield f"it has {number} records, the entries cover {covered}"
    if not any(run["end"] == number for run in runs):
        yield "no entry has seen its end"


def _hits(stack: Stack, index: str, field: str, prefixes: Sequence[str]) -> list[dict[str, Any]]:
    query = {"bool": {"should": [{"prefix": {field: prefix}} for prefix in prefixes]}}
    body = {"size": MOST_HITS, "query": query}
    found = stack.opensearch.search(index=index, body=body, ignore_unavailable=True)
    hits: list[dict[str, Any]] = found["hits"]["hits"]
    assert len(hits) < MOST_HITS
    return hits


def _quarantined(stack: Stack) -> Iterator[dict[str, Any]]:
    bucket, s3 = stack.deployment.buckets["snapshot"], stack.s3
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="quarantine/")
    for key in listed.search("Contents[].Key"):
        if key:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            yield from map(json.loads, body.splitlines())


def injected(cases: Iterable[Case]) -> Counter[str]:
    """How often each fault was done in these cases."""
    return sum((case.injected for case in cases), Counter())
