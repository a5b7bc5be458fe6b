"""The checker of the fault bench notices what is lost and what is there twice: books doctored on
purpose, on the real node and in the emulated S3."""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from tests.faults import books, case, objects
from tests.faults.books import Wrong
from tests.faults.case import ENOUGH, Bench
from tests.faults.expected import Case, Expected, Record
from tests.faults.nursery import Ended, Job
from tests.faults.objects import LogFile

numbers = count()


class Played:
    """An object of some good and some broken records, loaded without a fault."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.folder = f"faults/books/{next(numbers)}"
        self.case = Case("SEED=1 CASE=7")
        case.put(bench, self.case, [_with_broken_records(self.folder)])
        batch = [*case.received(bench, "logs")]
        job = Job(case.event(bench, batch), ENOUGH, 0.0, 0, "seed")
        assert bench.nursery.run([job]) == [Ended(frozenset())]
        case.delete(bench, batch[0])
        assert self.wrong() == []

    @property
    def object(self) -> Expected:
        """What has to become of it."""
        (each,) = self.case.objects
        return each

    def record(self, outcome: str) -> Record:
        """The first record with this outcome."""
        return next(each for each in self.object.records if each.outcome == outcome)

    def wrong(self) -> list[Wrong]:
        """What the checker finds."""
        return [*books.check([self.case], books.find(self.bench.stack, [self.folder]))]

    def entry(self) -> tuple[str, str, dict[str, Any]]:
        """Index, id and content of its entry in the ledger."""
        query = {"query": {"term": {"key": self.object.key}}}
        found = self.bench.stack.opensearch.search(index="siem-ledger-*", body=query)
        (hit,) = found["hits"]["hits"]
        return hit["_index"], hit["_id"], hit["_source"]


def _with_broken_records(folder: str) -> LogFile:
    for number in range(100):
        for file in objects.each_kind(f"{folder} {number}"):
            if b"nonsense" in file.body and len(file.marks) > 2:
                return replace(file, key=f"{folder}/{objects.EXAMPLES['vpc_flow']}")
    raise AssertionError("no such object")


@pytest.fixture
def played(bench: Bench) -> Played:
    """An object whose books balance."""
    return Played(bench)


def told(wrong: Iterable[Wrong], kind: str) -> str:
    """All that is of this kind, as text."""
    return "\n".join(f"{each.case}: {each.what}" for each in wrong if each.kind == kind)


def test_a_document_that_is_missing_is_lost(played: Played) -> None:
    record = played.record("indexed")
    played.bench.stack.opensearch.delete(index=record.index, id=record.id)
    (wrong,) = played.wrong()
    assert wrong == Wrong(
        "lost",
        "SEED=1 CASE=7",
        f"record {record.position} of {played.object.key}: {record.id} is nowhere",
    )


def test_a_document_that_is_there_under_two_ids_is_duplicated(played: Played) -> None:
    record, client = played.record("indexed"), played.bench.stack.opensearch
    source = client.get(index=record.index, id=record.id)["_source"]
    client.index(index=record.index, id="another-id", body=source)
    assert "no record has this id: another-id" in told(played.wrong(), "duplicated")


def test_a_document_that_is_in_two_indices_is_duplicated(played: Played) -> None:
    record, client = played.record("indexed"), played.bench.stack.opensearch
    source = client.get(index=record.index, id=record.id)["_source"]
    client.index(index=f"{record.index}-late", id=record.id, body=source)
    wrong = played.wrong()
    assert record.id in told(wrong, "duplicated")
    assert told(wrong, "lost") == ""


def test_an_excluded_record_that_is_indexed_is_duplicated(played: Played) -> None:
    records = [
        replace(each, outcome="excluded", id="") if each.id else each
        for each in played.object.records
    ]
    played.case.objects = [replace(played.object, records=records)]
    assert "no record has this id" in told(played.wrong(), "duplicated")


def test_another_document_under_the_id_of_a_record_is_a_loss(played: Played) -> None:
    first, second = [each for each in played.object.records if each.id][:2]
    client = played.bench.stack.opensearch
    source = client.get(index=first.index, id=second.id)["_source"]
    client.index(index=first.index, id=first.id, body=source)
    assert f"{first.id} is another record" in told(played.wrong(), "lost")


def test_a_broken_record_that_is_not_in_quarantine_is_lost(played: Played) -> None:
    record, stack = played.record("quarantined"), played.bench.stack
    bucket = stack.deployment.buckets["snapshot"]
    for found in stack.s3.list_objects_v2(Bucket=bucket, Prefix="quarantine/")["Contents"]:
        lines = stack.s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
        if json.loads(lines.splitlines()[0])["object"]["key"] == played.object.key:
            stack.s3.delete_object(Bucket=bucket, Key=found["Key"])
    assert f"record {record.position} of {played.object.key}: it is not in quarantine" in told(
        played.wrong(), "lost"
    )


def test_an_object_without_an_entry_is_lost(played: Played) -> None:
    index, id, _ = played.entry()
    played.bench.stack.opensearch.delete(index=index, id=id)
    assert "the last of its entries is None" in told(played.wrong(), "lost")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"outcome": "failed", "cause": "timeout"}, "the last of its entries is timeout"),
        ({"end": None}, "no entry has seen its end"),
        ({"first": 1}, "the entries cover 0"),
        ({"indexed": 0}, "does not balance"),
        ({"outcome": "gone"}, "it is loaded, and the ledger has ['gone']"),
    ],
)
def test_an_entry_that_does_not_account_for_the_object_is_a_loss(
    played: Played, changes: dict[str, Any], why: str
) -> None:
    index, id, source = played.entry()
    played.bench.stack.opensearch.index(index=index, id=id, body=source | changes)
    assert why in told(played.wrong(), "lost")


def test_what_a_loader_breaks_down_with_is_a_loss(played: Played) -> None:
    played.case.errors.append("ZeroDivisionError")
    assert told(played.wrong(), "lost") == "SEED=1 CASE=7: ZeroDivisionError"
