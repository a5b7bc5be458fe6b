"""A node with what our loader makes of all our samples, and of runs that end otherwise."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from common import indicators
from configure_domain import templates
from es_loader import ledger, times
from es_loader.commands import parse
from es_loader.compile import Locate
from es_loader.decode import LogTypes
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.ledger import Counts, Entry
from es_loader.log_type import LogType
from es_loader.log_type_file import HERE
from es_loader.normalize import Document, Normalizer, Refused

OURS = "log-*,siem-ledger-*"
BUCKET = "aes-siem-111122223333-log"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The node, and the range of time in which its documents lie."""

    node: OpenSearch
    since: datetime
    until: datetime


def load(node: OpenSearch, log_types: dict[str, LogType], locate: Locate) -> Loaded:
    """Put our templates and the documents of all samples into a node."""
    forget(node)
    templates.put_templates(node, log_types)
    normalizer = Normalizer(LogTypes(log_types), locate, lists=_threat_lists())
    lines, moments = [], []
    for index, id, document in _documents(normalizer):
        lines.append(json.dumps({"create": {"_index": index, "_id": id}}).encode())
        lines.append(document)
        moments.append(datetime.fromisoformat(json.loads(document)["@timestamp"]))
    answer = node.bulk(body=b"\n".join([*lines, b""]), params={"refresh": "true"})
    refused = [each["create"] for each in answer["items"] if each["create"]["status"] >= 300]
    assert not refused, refused[:3]
    return Loaded(node, min(moments), max(moments) + timedelta(seconds=1))


def _threat_lists() -> ThreatLists:
    """Lists that have some of the addresses and domains of the samples."""
    lists = ThreatLists()
    for entry, name in (("203.0.113.41", "scanners"), ("example.net", "phishing")):
        found = indicators.network(entry) or indicators.domain(entry)
        assert found
        lists.add(found, name)
    return lists


def forget(node: OpenSearch) -> None:
    """Take away our indices and templates."""
    node.indices.delete(index=OURS, ignore_unavailable=True)
    node.indices.delete_index_template(name="siem-*", ignore=404)
    node.cluster.delete_component_template(name="siem-*", ignore=404)


def _documents(normalizer: Normalizer) -> Iterator[tuple[str, str, bytes]]:
    """Index, id and document of every record of every sample, and of the ledger."""
    seen = set()
    for expected in sorted(HERE.glob("*/samples/*.expected.json")):
        told = json.loads(expected.read_text(encoding="utf-8"))
        (sample,) = (
            path
            for path in expected.parent.glob(f"{expected.name.removesuffix('.expected.json')}.*")
            if path != expected
        )
        name = expected.parts[-3]
        outcomes = [*_outcomes(normalizer, name, sample.read_bytes(), told)]
        for each in outcomes:
            if not isinstance(each, Refused):
                _, _, _, index, id, document = each
                # Samples are of one key, so that ids of two of them may be the same.
                if (index, id) in seen:
                    id = f"{sample.name}-{id}"
                seen.add((index, id))
                yield index, id, document
        entry = _entry(f"{sample.name}/{told['key']}", outcomes)
        yield entry.index, entry.id, json.dumps(ledger.document(entry)).encode()
    yield from _other_ends()


def _outcomes(
    normalizer: Normalizer, name: str, data: bytes, told: dict[str, Any]
) -> Iterator[Document | Refused]:
    by_key = normalizer.log_types.of_key(told["key"])
    kind = by_key or normalizer.log_types.by_name[name]
    moment = times.iso_date(told["modified"])
    assert moment
    stream = io.BytesIO(data)
    forced = by_key is None
    yield from parse.records(normalizer, stream, told["key"], moment[1], kind, forced)


def _entry(key: str, outcomes: Iterable[Document | Refused]) -> Entry:
    counts = Counts()
    for each in outcomes:
        counts.read += 1
        if not isinstance(each, Refused):
            counts.add_indexed({each[2]: 1})
        elif each.outcome == "excluded":
            counts.add_excluded(each.log_type, each.reason)
        else:
            counts.add_quarantined(each.log_type, each.reason)
    counts.check()
    started = datetime(2026, 11, 24, 20, 0, 30, tzinfo=UTC)
    return Entry(
        outcome="loaded",
        bucket=BUCKET,
        key=key,
        version="",
        etag="0123456789abcdef0123456789abcdef",
        modified=int(started.timestamp() * 1000) - 30_000,
        first=0,
        next=counts.read,
        end=counts.read,
        counts=counts,
        started=started,
        ended=started + timedelta(seconds=1, milliseconds=counts.read),
        bytes_in=1000 * counts.read,
        bytes_out=2000 * counts.read,
    )


def _other_ends() -> Iterator[tuple[str, str, bytes]]:
    loaded = _entry("AWSLogs/111122223333/CloudTrail/us-east-1/some.json.gz", [])
    for entry in (
        replace(loaded, outcome="failed", key="a", cause="opensearch_429", receive_count=3),
        replace(loaded, outcome="partial", key="b", cause="cut", error="the gzip stream breaks"),
        replace(loaded, outcome="skipped", key="c", cause="unknown_key"),
        replace(loaded, outcome="gone", key="d", cause="NoSuchKey"),
    ):
        yield entry.index, entry.id, json.dumps(ledger.document(entry)).encode()
