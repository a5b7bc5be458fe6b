"""`siem audit`, as a shell runs it."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from common import aws
from es_loader import ledger, receive
from es_loader.cluster import Cluster
from es_loader.commands import audit, messages
from es_loader.commands.audit import Waiting
from es_loader.ledger import Counts, Entry
from es_loader.ledger_reader import State
from es_loader.listing import Listed
from tests.deployed_loader import refuse
from tests.es_loader.commands.conftest import FLOWS, OLD, Siem
from tests.es_loader.logs import flow, text_lines

FLOW = text_lines(*map(flow, range(3)))


def summary(**counts: int) -> str:
    """The line that counts objects."""
    names = ("loaded", "skipped", "pending", "partial", "failed", "missing")
    told = ", ".join(f"{counts.get(name, 0)} {name}" for name in names)
    wrong = any(counts.get(name) for name in ("partial", "failed", "missing"))
    return f"{'not whole' if wrong else 'whole'}: {sum(counts.values())} objects: {told}"


def put_entry(siem: Siem, key: str, **changes: Any) -> None:
    """Write an entry of an object that the bucket has into the ledger."""
    head = siem.stack.s3.head_object(Bucket=siem.bucket, Key=key)
    now = datetime.now(UTC)
    first, following = changes.get("first", 0), changes.get("next", 0)
    counts = Counts(read=following - first)
    counts.add_indexed({"vpc_flow": following - first})
    plain: dict[str, Any] = {
        "outcome": "loaded",
        "bucket": siem.bucket,
        "key": key,
        "version": "",
        "etag": head["ETag"].strip('"'),
        "modified": int(head["LastModified"].timestamp() * 1000),
        "first": 0,
        "next": 0,
        "end": None,
        "counts": counts,
        "started": now,
        "ended": now,
    }
    ledger.write(Cluster(siem.stack.opensearch), Entry(**plain | changes), lambda: 60.0)


def test_what_the_loader_has_loaded_is_whole(siem: Siem) -> None:
    for number in range(3):
        siem.put(f"{FLOWS}/a b+{number}%20é.log", FLOW)
    siem.put("notes/readme.txt", b"no log")
    siem.put(f"{FLOWS}/empty.log", b"")
    siem.deliver()
    ran = siem("audit", f"s3://{siem.bucket}")
    assert (ran.status, ran.out, ran.err) == (0, [summary(loaded=3, skipped=2)], [])


def test_a_missing_a_cut_and_a_failed_object_are_named(siem: Siem) -> None:
    packed = gzip.compress(FLOW * 1000)
    siem.put(f"{FLOWS}/cut.log.gz", packed[: len(packed) // 2])
    siem.put(f"{FLOWS}/whole.log", FLOW)
    siem.deliver()
    siem.put(f"{FLOWS}/never-sent.log", FLOW)
    siem.put(f"{FLOWS}/failed.log", FLOW)
    assert len(siem.messages("logs")) == 2
    put_entry(siem, f"{FLOWS}/failed.log", outcome="failed", etag="", modified=0, error="no_master")
    ran = siem("audit", f"s3://{siem.bucket}/AWSLogs")
    assert ran.status == 3
    (cut,) = siem.entries(outcome="partial")
    assert ran.out == [
        f"partial  s3://{siem.bucket}/{FLOWS}/cut.log.gz: the object breaks off after"
        f" {cut['read'] - 1} records",
        f"failed   s3://{siem.bucket}/{FLOWS}/failed.log: no_master",
        f"missing  s3://{siem.bucket}/{FLOWS}/never-sent.log: the ledger has no entry of it",
        summary(loaded=1, partial=1, failed=1, missing=1),
        "the same command with --replay has the loader load these again",
    ]


def test_replay_queues_what_is_not_whole_and_then_it_is(siem: Siem) -> None:
    keys = [siem.put(f"{FLOWS}/{number:02} é+%20.log", FLOW) for number in range(25)]
    siem.messages("logs")
    ran = siem("audit", f"s3://{siem.bucket}", "--replay")
    assert (ran.status, len(ran.out)) == (3, 27)
    assert ran.out[-1] == "25 queued: the loader loads them again; audit once it is done"
    assert siem.deliver().done == 25
    assert siem("audit", f"s3://{siem.bucket}").out == [summary(loaded=25)]
    assert siem.count() == 3 * len(keys)


def test_an_object_whose_message_may_still_wait_is_pending(siem: Siem) -> None:
    siem.put(f"{FLOWS}/1.log", FLOW)
    ran = siem("audit", f"s3://{siem.bucket}")
    assert (ran.status, ran.out) == (0, [summary(pending=1)])


@pytest.mark.parametrize(
    ("state", "modified", "status"),
    [
        (State("missing"), 1000, "pending"),
        (State("missing"), 999, "missing"),
        (State("partial", gap=True, at="1970-01-01T00:00:00.500Z"), 0, "pending"),
        (State("partial", gap=True, at="1970-01-01T00:00:00.499Z"), 0, "partial"),
        (State("partial", at="1970-01-01T00:00:02.000Z"), 2000, "partial"),
        (State("failed", at="1970-01-01T00:00:02.000Z"), 2000, "failed"),
    ],
)
def test_what_is_younger_than_the_oldest_message_is_pending(
    state: State, modified: int, status: str
) -> None:
    listed = Listed("key", "etag", modified, 1)
    assert audit.status_of(listed, state, Waiting(new=1000, rest=500)) == status


def test_an_object_is_whole_when_its_parts_have_all_records(siem: Siem) -> None:
    key = siem.put(f"{FLOWS}/long.log", FLOW)
    siem.messages("logs")
    url = f"s3://{siem.bucket}"
    put_entry(siem, key, first=0, next=100)
    assert siem("audit", url).out[0] == (
        f"partial  s3://{siem.bucket}/{key}: nothing is known of record 100 and on"
    )
    put_entry(siem, key, first=150, next=300, end=300)
    assert siem("audit", url).out[-2] == summary(partial=1)
    put_entry(siem, key, first=90, next=150)
    assert siem("audit", url).out == [summary(loaded=1)]


def test_the_rest_of_an_object_that_waits_in_the_queue_is_pending(siem: Siem) -> None:
    key = siem.put(f"{FLOWS}/long.log", FLOW)
    siem.messages("logs")
    put_entry(siem, key, first=0, next=100)
    queue = siem.stack.queue_urls["splitted_logs"]
    rest = receive.LogObject(siem.bucket, key)
    receive.send_continuation(aws.client("sqs"), queue, rest, 100, "reader")
    assert siem("audit", f"s3://{siem.bucket}").out == [summary(pending=1)]


def test_a_success_after_a_failure_counts_wherever_the_failure_is_kept(siem: Siem) -> None:
    key = siem.put(f"{FLOWS}/1.log", FLOW)
    last_year = {"modified": 0, "event_time": "2025-12-31T23:59:59Z", "etag": ""}
    put_entry(siem, key, outcome="failed", cause="timeout", **last_year)
    assert siem("audit", f"s3://{siem.bucket}").out[-2] == summary(failed=1)
    siem.deliver()
    assert siem("audit", f"s3://{siem.bucket}").out == [summary(loaded=1)]


def test_an_object_that_was_put_again_with_other_content_has_to_be_loaded_again(siem: Siem) -> None:
    key = siem.put(f"{FLOWS}/1.log", FLOW)
    siem.deliver()
    siem.put(key, FLOW * 2)
    siem.messages("logs")
    assert siem("audit", f"s3://{siem.bucket}").out[-2] == summary(missing=1)


def test_an_object_that_was_gone_and_is_back_is_missing(siem: Siem) -> None:
    key = siem.put(f"{FLOWS}/1.log", FLOW)
    siem.stack.s3.delete_object(Bucket=siem.bucket, Key=key)
    siem.deliver()
    siem.put(key, FLOW)
    siem.messages("logs")
    ran = siem("audit", f"s3://{siem.bucket}")
    assert ran.out[0].endswith(": it was deleted when its message came, and put again")


def test_since_leaves_older_objects_out(siem: Siem) -> None:
    siem.put(f"{FLOWS}/1.log", FLOW)
    siem.messages("logs")
    url = f"s3://{siem.bucket}"
    assert siem("audit", url, "--since", "2h").out[-2] == summary(missing=1)
    assert siem("audit", url, "--since", "2100-01-01").out == [summary()]


def test_a_prefix_with_nothing_under_it_is_no_proof_of_anything(siem: Siem) -> None:
    ran = siem("audit", f"s3://{siem.bucket}/AWSLog/")
    assert (ran.status, ran.out) == (2, [])
    assert ran.err == [f"siem: no object has a key that begins so: s3://{siem.bucket}/AWSLog/"]


def test_a_bucket_that_does_not_exist_is_one_line(siem: Siem) -> None:
    ran = siem("audit", "s3://no-such-bucket/x")
    assert (ran.status, ran.out) == (2, [])
    assert ran.err == ["siem: S3 does not list the bucket (NoSuchBucket): s3://no-such-bucket/x"]


def test_a_ledger_that_does_not_answer_in_full_is_no_proof_of_anything(siem: Siem) -> None:
    siem.put(f"{FLOWS}/1.log", FLOW, OLD)
    # A field that is text cannot be sorted by: every shard fails, as one that is lost does.
    body = {"mappings": {"properties": {"first": {"type": "text"}, "bucket": {"type": "keyword"}}}}
    siem.stack.opensearch.indices.create(index="siem-ledger-1999", body=body)
    ran = siem("audit", f"s3://{OLD}")
    assert (ran.status, ran.out) == (2, [])
    assert ran.err[0].startswith("siem: the ledger cannot be read, OpenSearch says 400: ")


def test_sqs_that_takes_no_messages_is_one_line(siem: Siem) -> None:
    siem.put(f"{FLOWS}/1.log", FLOW)
    siem.messages("logs")
    refuse(aws.client("sqs"), "SendMessageBatch", "AccessDenied", "not authorized")
    ran = siem("audit", f"s3://{siem.bucket}", "--replay")
    assert (ran.status, len(ran.err)) == (2, 1)
    assert ran.err[0].startswith("siem: AWS says: An error occurred (AccessDenied)")


def test_more_entries_than_a_page_has_are_all_read(
    siem: Siem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("es_loader.ledger_reader.MOST_HITS", 2)
    for number in range(5):
        siem.put(f"{FLOWS}/{number}.log", FLOW)
    siem.deliver()
    assert siem("audit", f"s3://{siem.bucket}").out == [summary(loaded=5)]


def test_a_place_that_is_none_is_one_line(siem: Siem) -> None:
    ran = siem("audit", "bucket/prefix")
    assert (ran.status, ran.err) == (
        2,
        ["siem: a place in S3 is written s3://bucket/prefix, got: bucket/prefix"],
    )


def test_a_time_that_is_none_is_one_line(siem: Siem) -> None:
    ran = siem("audit", "s3://bucket", "--since", "yesterday")
    assert (ran.status, ran.err) == (
        2,
        ["siem: --since must be a time such as 2026-11-24 or 7d (ago), got: yesterday"],
    )


def test_a_message_of_replay_is_one_that_the_loader_understands() -> None:
    body = messages.of_object("bucket", Listed("a b", "0123", 0, 1))
    (message,) = receive.messages(json.loads(body))
    assert message.objects == [receive.LogObject("bucket", "a b", etag="0123")]
