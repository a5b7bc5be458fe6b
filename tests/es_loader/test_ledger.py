from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch

from common.errors import Retry, SiemError
from common.opensearch import connect
from es_loader import ledger
from es_loader.cluster import Cluster
from es_loader.identity import object_hash
from es_loader.ledger import MAPPING, Counts, Entry, LogTypeCounts
from local.node import Node
from tests.es_loader import faulty
from tests.es_loader.faulty import Faulty

STARTED = datetime(2026, 11, 17, 1, 2, 3, tzinfo=UTC)


def entry(**changes: Any) -> Entry:
    """The entry of an object of three records."""
    counts = Counts(read=3)
    counts.add_indexed({"waf": 1})
    counts.add_excluded("waf", "own_logs")
    counts.add_quarantined("waf", "malformed")
    plain = Entry(
        outcome="loaded",
        bucket="logs",
        key="AWSLogs/a b.gz",
        version="",
        etag="0123",
        modified=1_794_873_600_000,
        first=0,
        next=3,
        end=3,
        counts=counts,
        started=STARTED,
        ended=STARTED + timedelta(seconds=1.5),
        bytes_in=1000,
        bytes_out=2000,
    )
    return replace(plain, **changes)


@dataclass
class Bench:
    """A ledger on a node behind a proxy, with the seconds that are left."""

    proxy: Faulty
    client: OpenSearch
    cluster: Cluster
    slept: list[float]
    seconds: float = 100.0

    def deadline(self) -> float:
        return self.seconds - sum(self.slept)

    def entries(self) -> list[dict[str, Any]]:
        """All entries, by id."""
        self.client.indices.refresh(index="siem-ledger-*")
        hits = self.client.search(index="siem-ledger-*", body={"sort": "_id"})["hits"]["hits"]
        return [{"_id": hit["_id"], "_index": hit["_index"], **hit["_source"]} for hit in hits]


@pytest.fixture
def bench(opensearch_node: Node, opensearch: OpenSearch) -> Iterator[Bench]:
    """A ledger that is empty."""
    opensearch.indices.delete(index="siem-ledger-*", ignore_unavailable=True)
    opensearch.indices.create(index="siem-ledger-2026", body={"mappings": MAPPING})
    slept: list[float] = []
    with faulty.running(opensearch_node.url) as proxy, connect(proxy.url, "") as client:
        cluster = Cluster(client, lambda: sum(slept), slept.append, lambda: 1.0)
        yield Bench(proxy, opensearch, cluster, slept)
    opensearch.indices.delete(index="siem-ledger-*", ignore_unavailable=True)


def test_an_entry_says_what_became_of_every_record(bench: Bench) -> None:
    ledger.write(bench.cluster, entry(), bench.deadline)
    (found,) = bench.entries()
    assert found["_id"] == object_hash("logs", "AWSLogs/a b.gz", "0123") + "-0"
    assert found["_index"] == "siem-ledger-2026"
    assert (found["first"], found["next"], found["end"]) == (0, 3, 3)
    assert (found["read"], found["indexed"], found["excluded"], found["quarantined"]) == (
        3,
        1,
        1,
        1,
    )
    assert found["excluded_by_rule"] == [{"name": "own_logs", "count": 1}]
    assert found["quarantined_by_reason"] == [{"name": "malformed", "count": 1}]
    assert found["by_log_type"] == [
        {"name": "waf", "read": 3, "indexed": 1, "excluded": 1, "quarantined": 1}
    ]
    assert found["modified"] == "2026-11-17T00:00:00.000Z"
    assert found["@timestamp"] == "2026-11-17T01:02:04.500Z"
    assert found["seconds"] == 1.5


def test_every_field_of_an_entry_is_mapped() -> None:
    properties = MAPPING["properties"]
    assert isinstance(properties, dict)
    assert properties.keys() == ledger.document(entry()).keys()


def test_a_success_overwrites_an_earlier_failure(bench: Bench) -> None:
    failed = entry(outcome="failed", counts=Counts(), next=0, end=None, cause="timeout")
    assert ledger.write_failed(bench.cluster, failed, bench.deadline)
    assert [found["outcome"] for found in bench.entries()] == ["failed"]
    ledger.write(bench.cluster, entry(), bench.deadline)
    assert [found["outcome"] for found in bench.entries()] == ["loaded"]


@pytest.mark.parametrize("outcome", ["failed", "gone"])
def test_a_later_run_that_reads_nothing_leaves_the_entry_of_one_that_loaded(
    bench: Bench, outcome: ledger.Outcome
) -> None:
    ledger.write(bench.cluster, entry(), bench.deadline)
    later = entry(
        outcome=outcome, counts=Counts(), next=0, ended=entry().ended + timedelta(hours=1)
    )
    assert ledger.write_failed(bench.cluster, later, bench.deadline)
    ledger.write(bench.cluster, later, bench.deadline)
    assert [found["outcome"] for found in bench.entries()] == ["loaded"]


def test_the_parts_of_an_object_have_an_entry_each(bench: Bench) -> None:
    ledger.write(bench.cluster, entry(next=3, end=None), bench.deadline)
    ledger.write(bench.cluster, entry(first=3, next=6, end=6), bench.deadline)
    assert [(found["first"], found["next"], found["end"]) for found in bench.entries()] == [
        (0, 3, None),
        (3, 6, 6),
    ]


@pytest.mark.parametrize(
    ("changes", "index"),
    [
        ({"modified": 1_735_689_599_999}, "siem-ledger-2024"),
        ({"modified": 1_735_689_600_000}, "siem-ledger-2025"),
        ({"modified": 0, "event_time": "2023-12-31T23:59:59Z"}, "siem-ledger-2023"),
        ({"modified": 0}, "siem-ledger-2026"),
    ],
)
def test_the_year_of_an_entry_is_that_of_the_object(changes: dict[str, Any], index: str) -> None:
    assert entry(**changes).index == index


@pytest.mark.parametrize("code", [400, 401, 403, 429, 500, 503])
def test_a_cluster_that_refuses_is_asked_again(bench: Bench, code: int) -> None:
    left = [faulty.status(code)] * 3

    def fault(request: faulty.Request, forward: faulty.Forward) -> faulty.Answer | None:
        return left.pop()(request, forward) if left else forward(request)

    bench.proxy.always = fault
    ledger.write(bench.cluster, entry(), bench.deadline)
    assert len(bench.entries()) == 1
    assert bench.slept == [1.0, 2.0, 4.0]


def test_a_reset_after_the_entry_was_written_leaves_one_entry(bench: Bench) -> None:
    faults: list[faulty.Fault] = [faulty.reset_after]

    def fault(request: faulty.Request, forward: faulty.Forward) -> faulty.Answer | None:
        return faults.pop()(request, forward) if faults else forward(request)

    bench.proxy.always = fault
    ledger.write(bench.cluster, entry(), bench.deadline)
    assert len(bench.entries()) == 1


def test_a_cluster_that_goes_on_refusing_makes_the_message_come_back(bench: Bench) -> None:
    bench.proxy.always = faulty.status(503, "no_master")
    with pytest.raises(Retry) as raised:
        ledger.write(bench.cluster, entry(), bench.deadline)
    assert raised.value.cause == "ledger_no_master"
    assert 60 < sum(bench.slept) < 95


def test_a_failure_is_told_once_and_not_insisted_on(bench: Bench) -> None:
    bench.proxy.always = faulty.status(503)
    failed = entry(outcome="failed", counts=Counts())
    assert not ledger.write_failed(bench.cluster, failed, bench.deadline)
    assert len(bench.proxy.requests) == 1
    assert bench.slept == []


def test_books_that_do_not_balance_are_never_written(bench: Bench) -> None:
    wrong = entry()
    wrong.counts.read += 1
    with pytest.raises(SiemError, match="read 4, indexed 1, excluded 1, quarantined 1"):
        ledger.write(bench.cluster, wrong, bench.deadline)
    assert bench.proxy.requests == []


def test_counts_balance_by_log_type_too() -> None:
    counts = Counts(read=1, indexed=1, by_log_type={"waf": LogTypeCounts()})
    with pytest.raises(SiemError):
        counts.check()


def test_duplicates_are_part_of_what_is_indexed() -> None:
    counts = Counts(read=5)
    counts.add_indexed(Counter(waf=2))
    counts.add_indexed(Counter(waf=3), duplicate=True)
    counts.check()
    assert (counts.indexed, counts.duplicate) == (5, 3)
