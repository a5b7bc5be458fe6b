"""Every row of the answer table, against a real node behind a proxy that fails on demand."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from opensearchpy import OpenSearch

from common.errors import OutOfTime, Retry
from common.opensearch import connect
from es_loader import cluster as pace
from es_loader.bulk import Bulk
from es_loader.cluster import Cluster
from es_loader.documents import LEFT
from es_loader.ledger import Counts
from es_loader.quarantine import Origin, Quarantine
from local import node
from local.aws import Aws
from local.node import Node
from tests.es_loader import faulty
from tests.es_loader.faulty import Clock, Faulty
from tests.es_loader.rows import row

BUCKET = "bulk-quarantine"
ORIGIN = Origin("logs", "a/b.gz", "", "etag", 1_790_000_000_000, "hash")


@dataclass
class Bench:
    """A bulk with all that is around it. `seconds`: what an invocation has, on the clock."""

    proxy: Faulty
    client: OpenSearch
    index: str
    s3: Any
    clock: Clock
    cluster: Cluster
    counts: Counts
    quarantine: Quarantine
    seconds: float = 600.0

    def deadline(self) -> float:
        return 1000.0 + self.seconds - self.clock.now

    def bulk(self, overwrite: bool = False) -> Bulk:
        return Bulk(self.cluster, self.deadline, self.quarantine, self.counts, overwrite)

    def load(self, documents: list[Any], overwrite: bool = False, first: int = 0) -> Bulk:
        """Send documents with ids and positions from `first` on; flush the quarantine."""
        bulk = self.bulk(overwrite)
        try:
            for number, document in enumerate(documents, first):
                text = json.dumps(document, ensure_ascii=False).encode()
                record = f"record {number}"
                bulk.add(self.index, f"id-{number}", text, number, record, "some_type")
            bulk.close()
        finally:
            self.quarantine.flush()
        return bulk

    def indexed(self, index: str = "") -> int:
        """Documents that a search finds."""
        self.client.indices.refresh(index=f"{self.index}*")
        return int(self.client.count(index=index or self.index)["count"])

    def quarantined(self) -> list[dict[str, Any]]:
        """Lines of all quarantine files."""
        lines = []
        for found in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            body = self.s3.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read()
            lines += [json.loads(line) for line in body.splitlines()]
        return sorted(lines, key=lambda line: line["position"])

    def balance(self, read: int) -> None:
        """Check the books."""
        self.counts.read = read
        self.counts.check()


@pytest.fixture
def bench(
    opensearch_node: Node, opensearch: OpenSearch, index_prefix: str, aws: Aws
) -> Iterator[Bench]:
    """A bulk in front of the proxy in front of the node, on a clock that nobody waits for."""
    s3 = aws.client("s3")
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"}
    )
    clock = Clock()
    with faulty.running(opensearch_node.url) as proxy, connect(proxy.url, "") as client:
        loader = Cluster(client, clock.read, clock.sleep, lambda: 1.0, request_seconds=20)
        quarantine = Quarantine(s3, BUCKET, ORIGIN)
        yield Bench(proxy, opensearch, index_prefix, s3, clock, loader, Counts(), quarantine)
    for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=found["Key"])
    s3.delete_bucket(Bucket=BUCKET)


def test_what_is_added_is_indexed_as_it_is(bench: Bench) -> None:
    bench.load([{"text": "naïve 漢字 \U0001f600"}, {"text": "plain"}])
    assert bench.indexed() == 2
    found = bench.client.get(index=bench.index, id="id-0")
    assert found["_source"] == {"text": "naïve 漢字 \U0001f600"}
    assert bench.counts.by_log_type["some_type"].indexed == 2
    bench.balance(2)


def test_the_body_is_compressed(bench: Bench) -> None:
    bench.load([{"a": 1}])
    assert bench.proxy.bulks[0].headers["content-encoding"] == "gzip"


def test_nothing_added_sends_nothing(bench: Bench) -> None:
    bench.load([])
    assert bench.proxy.requests == []


def test_row_26_delivered_twice_is_indexed_once(bench: Bench) -> None:
    bench.load([{"a": n} for n in range(10)])
    bench.load([{"a": n} for n in range(10)])
    assert bench.indexed() == 10
    assert (bench.counts.indexed, bench.counts.duplicate) == (20, 10)
    bench.balance(20)


def test_overwrite_replaces_the_document(bench: Bench) -> None:
    bench.load([{"a": 1}])
    bench.load([{"a": 2}], overwrite=True)
    assert bench.client.get(index=bench.index, id="id-0")["_source"] == {"a": 2}
    assert bench.counts.duplicate == 0


def test_bodies_keep_within_the_limit(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.cluster.most_bytes = bench.cluster._ceiling = 50_000
    bench.load([{"text": "é" * 500} for _ in range(200)])
    assert all(len(request.body) <= 50_000 for request in bench.proxy.bulks)
    assert len(bench.proxy.bulks) < 8
    assert bench.indexed() == 200
    assert sum(len(request.body) for request in bench.proxy.bulks) > 200_000


def test_the_size_of_a_body_is_known_exactly(bench: Bench) -> None:
    bulk = bench.load([{"text": "é" * n} for n in range(1000)])
    assert bulk.traffic.bytes == sum(len(request.body) for request in bench.proxy.bulks)


def test_row_32_a_document_over_the_limit_goes_alone(bench: Bench) -> None:
    bench.load([{"a": "small"}, {"a": "x" * 6_000_000}, {"a": "small"}])
    assert sorted(len(request.documents()) for request in bench.proxy.bulks) == [1, 1, 1]
    assert bench.indexed() == 3


def test_row_7_one_document_that_alone_gets_413_is_quarantined(bench: Bench) -> None:
    bench.proxy.always = faulty.larger_than(10_000)
    bench.load([{"a": "x" * (20_000 if n == 3 else 10)} for n in range(10)])
    assert bench.indexed() == 9
    (line,) = bench.quarantined()
    assert (line["reason"], line["position"], line["record"]) == ("too_large", 3, "record 3")
    bench.balance(10)


def test_row_7_413_halves_the_batch_until_it_fits(bench: Bench) -> None:
    bench.proxy.always = faulty.larger_than(8_000)
    bench.load([{"a": "x" * 100} for _ in range(200)])
    assert bench.indexed() == 200
    assert bench.clock.slept == []
    assert bench.cluster.most_bytes < 16_000
    bench.balance(200)


def test_row_32_a_real_node_refuses_a_record_that_is_too_large(
    index_prefix: str, bench: Bench
) -> None:
    settings = {"http.max_content_length": "1mb"}
    with (
        node.running(heap="512m", settings=settings) as small,
        connect(small.url, "") as client,
        Bulk(
            Cluster(client, bench.clock.read, bench.clock.sleep),
            bench.deadline,
            bench.quarantine,
            bench.counts,
        ) as bulk,
    ):
        for number, size in enumerate([10, 2_000_000, 10, 700_000, 700_000]):
            text = json.dumps({"a": "x" * size}).encode()
            bulk.add(index_prefix, f"id-{number}", text, number, "record", "some_type")
    assert bench.counts.indexed == 4
    assert bench.counts.quarantined == {"too_large": 1}


@pytest.mark.parametrize(
    ("mapping", "document", "reason"),
    [
        ({"properties": {"n": {"type": "long"}}}, {"n": "many"}, "mapper_parsing_exception"),
        ({"properties": {"n": {"type": "long"}}}, {"n": {"m": 1}}, "mapper_parsing_exception"),
        ({"dynamic": "strict"}, {"n": 1}, "strict_dynamic_mapping_exception"),
        (
            {"properties": {"n": {"type": "keyword"}}},
            {"n": "x" * 40_000},
            "illegal_argument_exception",
        ),
    ],
)
def test_row_4_a_document_that_the_mapping_rejects_is_quarantined(
    bench: Bench, mapping: dict[str, Any], document: Any, reason: str
) -> None:
    bench.client.indices.create(index=bench.index, body={"mappings": mapping})
    bench.load([{}, document, {}])
    assert bench.indexed() == 2
    (line,) = bench.quarantined()
    assert (line["reason"], line["log_type"]) == (reason, "some_type")
    assert (line["position"], line["record"]) == (1, "record 1")
    assert line["error"]
    assert bench.clock.slept == []
    bench.balance(3)


def test_row_5_only_the_rejected_items_are_sent_again(bench: Bench) -> None:
    bench.proxy.faults.append(
        faulty.items(lambda n: n % 3 == 0, 429, "opensearch_rejected_execution_exception")
    )
    bench.load([{"a": n} for n in range(30)])
    assert bench.indexed() == 30
    first, second = bench.proxy.bulks
    assert len(first.documents()) == 30
    again = [action["create"]["_id"] for action, _ in second.documents()]
    assert again == [f"id-{n}" for n in range(0, 30, 3)]
    assert bench.clock.slept == [1.0]
    assert bench.counts.duplicate == 0
    bench.balance(30)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, "validation_exception"),
        (400, "illegal_argument_exception"),
        (403, "security_exception"),
        (404, "index_not_found_exception"),
        (429, "cluster_block_exception"),
        (500, "a_kind_that_nobody_knows"),
        (503, "unavailable_shards_exception"),
    ],
)
def test_an_item_with_another_error_is_backed_off_and_tried_again(
    bench: Bench, code: int, kind: str
) -> None:
    bench.proxy.faults.extend([faulty.items(lambda n: n == 1, code, kind)] * 3)
    bulk = bench.load([{"a": n} for n in range(3)])
    assert bench.indexed() == 3
    assert bench.clock.slept[0] == 1.0
    assert bench.clock.slept == sorted(bench.clock.slept)
    assert bulk.traffic.retries[kind] >= 1
    bench.balance(3)


def test_an_item_that_never_passes_makes_the_message_come_back(bench: Bench) -> None:
    bench.proxy.always = faulty.items(lambda n: n == 0, 400, "validation_exception")
    with pytest.raises(Retry) as raised:
        bench.load([{"a": 1}, {"a": 2}])
    assert raised.value.cause == "validation_exception"
    assert bench.indexed() == 1
    assert len(bench.proxy.bulks) < 20


@pytest.mark.parametrize("code", [400, 401, 403, 404, 429, 500, 502, 503, 504])
def test_row_6_an_error_for_the_request_is_backed_off_and_tried_again(
    bench: Bench, code: int
) -> None:
    bench.proxy.faults.extend([faulty.status(code)] * 4)
    bench.load([{"a": n} for n in range(3)])
    assert bench.indexed() == 3
    assert bench.clock.slept == [1.0, 2.0, 4.0, 8.0]
    bench.balance(3)


def test_a_proxy_that_answers_with_a_page_is_no_success(bench: Bench) -> None:
    bench.proxy.faults.append(lambda request, forward: faulty.Answer(200, b"<html>"))
    bench.proxy.faults.append(lambda request, forward: faulty.Answer(200, {"items": []}))
    bench.load([{"a": 1}])
    assert bench.indexed() == 1
    assert len(bench.proxy.bulks) == 3


@pytest.mark.parametrize("fault", [faulty.reset_before, faulty.reset_after])
def test_row_9_a_reset_is_backed_off_and_tried_again(bench: Bench, fault: faulty.Fault) -> None:
    bench.proxy.faults.append(fault)
    bench.load([{"a": n} for n in range(5)])
    assert bench.indexed() == 5
    assert bench.clock.slept == [1.0]
    bench.balance(5)


@pytest.mark.parametrize("fault", [faulty.silent_before(1.5), faulty.silent_after(1.5)])
def test_row_8_a_timeout_indexes_once(bench: Bench, fault: faulty.Fault) -> None:
    bench.cluster._request_seconds = 0.5
    bench.proxy.faults.append(fault)
    bench.load([{"a": n} for n in range(5)])
    assert bench.indexed() == 5
    assert bench.counts.indexed == 5
    bench.balance(5)


def test_row_8_a_cluster_in_distress_gets_fewer_and_smaller_requests(bench: Bench) -> None:
    bench.proxy.always = faulty.status(429)
    with pytest.raises(Retry) as raised:
        bench.load([{"a": "x" * 1000} for _ in range(30_000)])
    assert raised.value.cause == "injected_exception"
    passed = bench.clock.now - 1000
    assert 500 < passed <= 580
    first, later = bench.proxy.bulks[:4], bench.proxy.bulks[4:]
    assert len(later) / passed * 60 < 3
    assert all(request.in_flight == 1 for request in later)
    assert min(len(request.body) for request in later) <= pace.LEAST_BYTES
    assert len(later[-1].body) < len(first[0].body) / 8


def test_four_requests_are_in_flight_and_no_more(bench: Bench) -> None:
    bench.cluster.most_bytes = bench.cluster._ceiling = 50_000
    together = threading.Barrier(4)

    def meet(request: faulty.Request, forward: faulty.Forward) -> faulty.Answer:
        together.wait(10)
        return forward(request)

    bench.proxy.faults.extend([meet] * 4)
    bench.load([{"text": "x" * 1000} for _ in range(600)])
    assert max(request.in_flight for request in bench.proxy.bulks) == 4
    assert bench.indexed() == 600
    bench.balance(600)


def test_the_full_pace_comes_back(bench: Bench) -> None:
    bench.proxy.faults.extend([faulty.status(503)] * 3)
    bench.load([{"a": 1}])
    assert bench.cluster.most_in_flight == 1
    bench.load([{"text": "x" * 1000} for _ in range(20_000)], first=1)
    assert bench.cluster.most_in_flight == 4
    assert bench.cluster.most_bytes == pace.MOST_BYTES
    assert bench.indexed() == 20_001


def test_without_time_for_what_was_read_the_object_is_out_of_time(bench: Bench) -> None:
    bench.seconds = 15
    with pytest.raises(OutOfTime):
        bench.load([{"a": 1}])
    assert bench.proxy.requests == []


def test_what_was_refused_is_in_quarantine_although_a_later_bulk_fails(bench: Bench) -> None:
    bench.client.indices.create(
        index=bench.index, body={"mappings": {"properties": {"n": {"type": "long"}}}}
    )
    bench.proxy.faults.append(None)
    bench.proxy.always = faulty.status(503)
    bench.cluster.most_bytes = bench.cluster._ceiling = 10_000
    bench.cluster.most_in_flight = 1
    with pytest.raises(Retry):
        bench.load([{"n": "no"}, *[{"n": n, "x": "x" * 500} for n in range(40)]])
    assert [line["position"] for line in bench.quarantined()] == [0]


@pytest.mark.parametrize("block", ["write", "read_only"])
def test_an_index_that_takes_no_writes_is_asked_and_the_rest_goes_to_the_late_one(
    bench: Bench, block: str
) -> None:
    bench.load([{"a": n} for n in range(3)])
    settings = {f"index.blocks.{block}": True}
    bench.client.indices.put_settings(index=bench.index, body=settings)
    try:
        bench.load([{"a": n} for n in range(5)])
        bench.load([{"a": n} for n in range(5)])
    finally:
        settings = {f"index.blocks.{block}": False}
        bench.client.indices.put_settings(index=bench.index, body=settings)
    assert bench.indexed() == 3
    assert bench.indexed(f"{bench.index}-late") == 2
    assert bench.clock.slept == []
    assert (bench.counts.indexed, bench.counts.duplicate) == (13, 8)
    bench.balance(13)


def test_a_closed_index_cannot_be_asked_so_all_goes_to_the_late_one(bench: Bench) -> None:
    bench.load([{"a": n} for n in range(3)])
    bench.client.indices.close(index=bench.index)
    bench.load([{"a": n} for n in range(5)])
    bench.load([{"a": n} for n in range(5)])
    bench.client.indices.open(index=bench.index)
    assert bench.indexed() == 3
    assert bench.indexed(f"{bench.index}-late") == 5
    bench.balance(13)


def test_the_flood_stage_is_a_retry(bench: Bench) -> None:
    bench.load([{"a": 0}])
    name = "index.blocks.read_only_allow_delete"
    bench.client.indices.put_settings(index=bench.index, body={name: True})
    try:
        with pytest.raises(Retry) as raised:
            bench.load([{"a": 1}], first=1)
    finally:
        bench.client.indices.put_settings(index=bench.index, body={name: None})
    assert raised.value.cause == "cluster_block_exception"
    assert bench.indexed() == 1
    assert not bench.client.indices.exists(index=f"{bench.index}-late")


def test_a_bad_moment_between_block_and_look_up_is_a_retry(bench: Bench) -> None:
    bench.load([{"a": 0}])
    bench.client.indices.put_settings(index=bench.index, body={"index.blocks.write": True})

    def refuse_look_ups_once(request: faulty.Request, forward: faulty.Forward) -> faulty.Answer:
        if "_mget" in request.path:
            bench.proxy.always = None
            return faulty.Answer(503)
        return forward(request)

    bench.proxy.always = refuse_look_ups_once
    try:
        bench.load([{"a": n} for n in range(2)])
    finally:
        bench.client.indices.put_settings(index=bench.index, body={"index.blocks.write": False})
    assert bench.indexed() == 1
    assert bench.indexed(f"{bench.index}-late") == 1
    bench.balance(3)


def test_many_indices_and_log_types_share_a_body(bench: Bench) -> None:
    bulk = bench.bulk()
    for number in range(6):
        index = f"{bench.index}-{number % 3}"
        bulk.add(index, f"id-{number}", b"{}", number, b"raw", f"type_{number % 2}")
    bulk.close()
    assert len(bench.proxy.bulks) == 1
    assert bench.indexed(f"{bench.index}-*") == 6
    assert {name: own.indexed for name, own in bench.counts.by_log_type.items()} == {
        "type_0": 3,
        "type_1": 3,
    }


def test_a_row_of_documents_is_sent_as_it_is_between_others(bench: Bench) -> None:
    bulk = bench.bulk()
    bulk.add(bench.index, "before", b"{}", 0, b"raw", "other_type")
    bulk.take(row([0, LEFT, 2, 0], bench.index))
    bulk.add(bench.index, "after", b"{}", 5, b"raw", "other_type")
    bulk.close()
    (request,) = bench.proxy.bulks
    ids = [action["create"]["_id"] for action, _ in request.documents()]
    assert ids == ["before", "id-0", "id-2", "id-3", "after"]
    assert bulk.traffic.bytes == len(request.body)
    assert bench.indexed(f"{bench.index}*") == 5
    assert {name: own.indexed for name, own in bench.counts.by_log_type.items()} == {
        "other_type": 2,
        "some_type": 3,
    }


def test_a_row_of_documents_is_cut_where_a_body_is_full(bench: Bench) -> None:
    bench.cluster.most_bytes = bench.cluster._ceiling = 3_000
    bulk = bench.bulk()
    bulk.add(bench.index, "before", b"{}", 500, b"raw", "some_type")
    for _ in range(2):
        bulk.take(row([0] * 100, bench.index))
    bulk.close()
    assert all(len(request.body) <= 3_000 for request in bench.proxy.bulks)
    assert bench.indexed(f"{bench.index}*") == 101
    assert (bench.counts.indexed, bench.counts.duplicate) == (201, 100)


def test_a_document_of_a_row_that_is_refused_is_quarantined_with_its_record(bench: Bench) -> None:
    bench.client.indices.create(
        index=f"{bench.index}-2", body={"mappings": {"properties": {"text": {"type": "ip"}}}}
    )
    bulk = bench.bulk()
    bulk.take(row([0, 0, 2, 1], bench.index))
    bulk.close()
    bench.quarantine.flush()
    (line,) = bench.quarantined()
    assert (line["position"], line["record"]) == (2, "record 2")
    assert bench.indexed(f"{bench.index}*") == 3
    bench.balance(4)


def test_a_row_of_documents_that_gets_413_is_sent_in_halves(bench: Bench) -> None:
    bench.proxy.always = faulty.larger_than(2_000)
    bulk = bench.bulk()
    bulk.take(row([0] * 40, bench.index))
    bulk.close()
    assert bench.indexed(f"{bench.index}*") == 40
    bench.balance(40)


def test_leaving_a_bulk_sends_the_rest(bench: Bench) -> None:
    with bench.bulk() as bulk:
        bulk.add(bench.index, "id", b"{}", 0, "record", "some_type")
    assert bench.indexed() == 1


def test_leaving_a_bulk_by_an_exception_sends_nothing_more(bench: Bench) -> None:
    with pytest.raises(KeyError), bench.bulk() as bulk:
        bulk.add(bench.index, "id", b"{}", 0, "record", "some_type")
        raise KeyError
    assert bench.proxy.requests == []
