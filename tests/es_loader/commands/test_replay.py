"""`siem replay quarantine`, as a shell runs it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from common import aws
from es_loader.identity import object_hash
from es_loader.quarantine import Origin, Quarantine
from tests.deployed_loader import refuse
from tests.es_loader import faulty
from tests.es_loader.commands.conftest import Siem
from tests.es_loader.loading import own_key
from tests.es_loader.logs import FLOW_HEADER, alb, flow, json_lines, text_lines, trail, waf

WAF_INDEX = "log-aws-waf-2026-11"


def origin_of(siem: Siem, key: str) -> Origin:
    """The object, as quarantine names it."""
    head = siem.stack.s3.head_object(Bucket=siem.bucket, Key=key)
    etag, modified = head["ETag"].strip('"'), int(head["LastModified"].timestamp() * 1000)
    return Origin(siem.bucket, key, "", etag, modified, object_hash(siem.bucket, key, etag))


def put_away(
    siem: Siem, key: str, log_type: str, reason: str, records: dict[int, bytes | str]
) -> None:
    """Put records of an object into quarantine, as a loader of another day did."""
    kept = Quarantine(siem.stack.s3, siem.snapshot, origin_of(siem, key))
    for position, record in records.items():
        kept.add(log_type, reason, "on another day", position, record)
    kept.flush()


@contextmanager
def refusing(siem: Siem, name: str = WAF_INDEX) -> Iterator[None]:
    """An index that refuses the documents of every other record; then it is as it should be."""
    body = {"mappings": {"properties": {"url": {"properties": {"path": {"type": "long"}}}}}}
    siem.stack.opensearch.indices.create(index=name, body=body)
    yield
    siem.stack.opensearch.indices.delete(index=name)


def wafs(*paths: str) -> bytes:
    """A WAF object with a record for each path."""
    return json_lines(
        *(waf(n, httpRequest=waf(n)["httpRequest"] | {"uri": p}) for n, p in enumerate(paths))
    )


def documents(siem: Siem) -> list[dict[str, Any]]:
    """All documents by record number."""
    siem.stack.opensearch.indices.refresh(index="log-*")
    found = siem.stack.opensearch.search(index="log-*", body={"size": 1000, "sort": "log.offset"})
    return [hit["_source"] | {"_id": hit["_id"]} for hit in found["hits"]["hits"]]


def test_what_opensearch_refused_is_indexed_once_the_mapping_is_mended(siem: Siem) -> None:
    key = own_key("waf")
    with refusing(siem):
        siem.put(key, wafs("1", "/a", "2", "/b"))
        siem.deliver()
        assert [doc["log"]["offset"] for doc in documents(siem)] == [0, 2]
        (file,) = siem.quarantine()
        assert file.startswith("quarantine/waf/mapper_parsing_exception/")
        dry = siem("replay", "quarantine", "--dry-run")
        assert dry.status == 3
        assert dry.out[0].startswith(
            f"left     s3://{siem.bucket}/{key} record 1: mapper_parsing_exception: "
        )
        assert dry.out[-1] == (
            "2 records: 0 would be indexed, 0 would be excluded, 2 would be left in quarantine"
        )
    dry = siem("replay", "quarantine", "--dry-run")
    assert (dry.status, dry.err) == (0, [])
    assert dry.out[-2].split() == ["waf", "mapper_parsing_exception", "2", "2", "0", "0", "0"]
    assert len(siem.quarantine()[file]) == 2
    assert siem.count() == 0
    assert not siem.stack.opensearch.indices.get(index="siem-trial-*")
    ran = siem("replay", "quarantine")
    assert (ran.status, ran.err) == (0, [])
    assert ran.out[-1] == "2 records: 2 indexed, 0 excluded, 0 left in quarantine"
    assert siem.quarantine() == {}
    origin = origin_of(siem, key)
    assert [doc["_id"] for doc in documents(siem)] == [f"{origin.object_hash}-{n}" for n in (1, 3)]
    (entry,) = siem.entries()
    assert (entry["indexed"], entry["quarantined"]) == (2, 2)  # what its own run did
    siem.forget()
    assert siem("load", f"s3://{siem.bucket}").out[1] == (
        "4 records: 4 indexed (2 of them were there), 0 excluded, 0 quarantined"
    )
    assert siem.count() == 4


def test_of_a_file_with_records_that_are_refused_again_these_are_left(siem: Siem) -> None:
    key = siem.put(own_key("waf"), json_lines(waf(0), b"{broken", waf(2), b"no json", waf(4)))
    siem.deliver()
    (file,) = siem.quarantine()
    put_away(siem, key, "waf", "transform_error", {2: json.dumps(waf(2)), 3: b"no json"})
    assert len(siem.quarantine()) == 2
    ran = siem("replay", "quarantine")
    assert ran.status == 3
    assert ran.out[-1] == "4 records: 1 indexed, 0 excluded, 3 left in quarantine"
    assert [line.split()[:3] for line in ran.out if line.startswith("left")] == [
        ["left", f"s3://{siem.bucket}/{key}", "record"]
    ] * 3
    left = {
        name: [json.loads(line)["position"] for line in lines]
        for name, lines in siem.quarantine().items()
    }
    other = file.replace("malformed", "transform_error").replace("-1.ndjson", "-2.ndjson")
    assert left == {file: [1, 3], other: [3]}
    assert siem.count() == 3
    again = siem("replay", "quarantine")
    assert again.out[-1] == "3 records: 0 indexed, 0 excluded, 3 left in quarantine"


@pytest.mark.parametrize(
    "reason",
    [
        "illegal_argument_exception",
        "malformed",
        "mapper_parsing_exception",
        "no_match",
        "strict_dynamic_mapping_exception",
        "too_deep",
        "too_large",
        "transform_error",
    ],
)
def test_a_record_of_any_reason_is_indexed_if_nothing_is_in_its_way_now(
    siem: Siem, reason: str
) -> None:
    lines = [alb(f"GET https://shop.example.com:443/{n} HTTP/1.1") for n in range(3)]
    key = siem.put(own_key("alb"), text_lines(*lines))
    put_away(siem, key, "alb", reason, {1: lines[1]})
    dry = siem("replay", "quarantine", "--reason", reason, "--dry-run")
    assert (dry.status, dry.out[-1]) == (
        0,
        "1 records: 1 would be indexed, 0 would be excluded, 0 would be left in quarantine",
    )
    ran = siem("replay", "quarantine", "--reason", reason)
    assert (ran.status, ran.out[-1]) == (
        0,
        "1 records: 1 indexed, 0 excluded, 0 left in quarantine",
    )
    (document,) = documents(siem)
    assert (document["log"]["offset"], document["url"]["path"]) == (1, "/1")
    assert siem.quarantine() == {}


def test_of_a_record_that_was_too_long_all_is_indexed(siem: Siem) -> None:
    long = json.dumps(waf(1, labels=[{"name": "x" * 1000}])).encode()
    key = siem.put(own_key("waf"), json_lines(waf(0), long))
    put_away(siem, key, "waf", "too_long", {1: long[:100]})
    assert siem("replay", "quarantine").status == 0
    (document,) = documents(siem)
    assert document["event"]["original"] == long.decode()


def test_a_record_of_an_envelope_finds_its_log_type_and_its_account(siem: Siem) -> None:
    event = trail(1, eventID="0a1b2c3d-0000-4000-8000-000000000001")
    del event["recipientAccountId"]
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "444455556666",
        "logGroup": "aws-cloudtrail-logs",
        "logStream": "x",
        "logEvents": [{"id": "1", "timestamp": 1, "message": json.dumps(event)}],
    }
    key = siem.put("cwl/1.json", json_lines(envelope, envelope))
    put_away(siem, key, "unknown", "no_log_type", {1: json.dumps(event)})
    assert siem("replay", "quarantine", "--reason", "no_log_type").status == 0
    (document,) = documents(siem)
    assert document["event"]["dataset"] == "aws.cloudtrail"
    assert document["cloud"]["account"]["id"] == "444455556666"
    siem.deliver()  # the id is that of the whole object's own run
    assert siem.count() == 1


def test_a_record_without_a_log_type_still_is_left(siem: Siem) -> None:
    events = [{"id": "1", "timestamp": 1, "message": "text"}]
    group = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "nobody-knows"}
    envelope = {**group, "logStream": "x", "logEvents": events}
    siem.put("cwl/1.json", json_lines(envelope))
    siem.deliver()
    ran = siem("replay", "quarantine")
    assert ran.status == 3
    assert " record 0: no_log_type: " in ran.out[0]
    assert len(siem.quarantine()) == 1


def test_a_line_under_a_header_is_read_by_its_names(siem: Siem) -> None:
    header, line = "dstaddr srcaddr end", "198.51.100.9 192.0.2.8 1795546800"
    key = siem.put(own_key("vpc_flow"), text_lines(header, line, line))
    put_away(siem, key, "vpc_flow", "transform_error", {1: line})
    assert siem("replay", "quarantine").status == 0
    (document,) = documents(siem)
    assert document["destination"]["ip"] == "198.51.100.9"
    assert document["log"]["offset"] == 1


def test_where_the_object_is_gone_the_kept_record_is_loaded(siem: Siem) -> None:
    key = siem.put(own_key("alb"), text_lines(alb(), alb()))
    put_away(siem, key, "alb", "transform_error", {1: alb()})
    origin = origin_of(siem, key)
    siem.stack.s3.delete_object(Bucket=siem.bucket, Key=key)
    assert siem("replay", "quarantine").status == 0
    (document,) = documents(siem)
    assert (document["_id"], document["log"]["offset"]) == (f"{origin.object_hash}-1", 1)
    assert siem.quarantine() == {}


def test_where_the_object_was_put_anew_the_kept_record_is_loaded(siem: Siem) -> None:
    key = siem.put(own_key("alb"), text_lines(alb(), alb()))
    put_away(siem, key, "alb", "transform_error", {1: alb()})
    origin = origin_of(siem, key)
    siem.put(key, text_lines("something else"))
    assert siem("replay", "quarantine").status == 0
    assert [doc["_id"] for doc in documents(siem)] == [f"{origin.object_hash}-1"]


def test_where_the_object_is_gone_a_line_without_its_header_is_left(siem: Siem) -> None:
    key = siem.put(own_key("vpc_flow"), text_lines(FLOW_HEADER, flow(0)))
    put_away(siem, key, "vpc_flow", "transform_error", {0: flow(0)})
    siem.stack.s3.delete_object(Bucket=siem.bucket, Key=key)
    ran = siem("replay", "quarantine")
    assert ran.status == 3
    assert ran.out[0] == (
        f"left     s3://{siem.bucket}/{key} record 0: object_gone: the object is gone, and the"
        " record alone tells too little"
    )
    assert len(siem.quarantine()) == 1


def test_a_record_that_has_another_number_now_is_left(siem: Siem) -> None:
    key = siem.put(own_key("alb"), text_lines(alb(), alb(agent="other")))
    put_away(siem, key, "alb", "transform_error", {1: alb(), 2: alb()})
    ran = siem("replay", "quarantine")
    assert ran.status == 3
    assert [line.split(": ")[1] for line in ran.out[:2]] == ["numbered_otherwise"] * 2
    assert siem.count() == 0


def test_what_a_rule_excludes_by_now_leaves_the_quarantine(siem: Siem) -> None:
    key = siem.put(own_key("macie"), json_lines([{"findings": []}]))
    put_away(siem, key, "macie", "transform_error", {0: json.dumps({"findings": []})})
    ran = siem("replay", "quarantine")
    assert (ran.status, ran.out[-1]) == (
        0,
        "1 records: 0 indexed, 1 excluded, 0 left in quarantine",
    )
    assert siem.quarantine() == {}


def test_files_of_two_deliveries_index_each_record_once(siem: Siem) -> None:
    lines = [alb(agent=str(n)) for n in range(4)]
    key = siem.put(own_key("alb"), text_lines(*lines))
    put_away(siem, key, "alb", "transform_error", {1: lines[1], 2: lines[2]})
    put_away(siem, key, "alb", "transform_error", {2: lines[2], 3: lines[3]})
    assert len(siem.quarantine()) == 2
    ran = siem("replay", "quarantine")
    assert (ran.status, ran.out[-2].split()) == (
        0,
        ["alb", "transform_error", "4", "4", "1", "0", "0"],
    )
    assert siem.count() == 3


def test_cut_objects_are_left_alone(siem: Siem) -> None:
    key = siem.put(own_key("waf"), json_lines(waf(0)) + b'{"timestamp')
    siem.deliver()
    before = siem.quarantine()
    put_away(siem, key, "waf", "cut", {1: b'{"timestamp'})
    ran = siem("replay", "quarantine")
    assert (ran.status, ran.out) == (
        0,
        ["0 records: 0 indexed, 0 excluded, 0 left in quarantine"],
    )
    assert siem.quarantine().keys() >= before.keys()
    ran = siem("replay", "quarantine", "--reason", "cut")
    assert (ran.status, len(ran.err)) == (2, 1)


def test_only_records_of_the_reason_are_loaded(siem: Siem) -> None:
    key = siem.put(own_key("alb"), text_lines(alb(), alb()))
    put_away(siem, key, "alb", "transform_error", {0: alb()})
    put_away(siem, key, "alb", "no_match", {1: alb()})
    assert siem("replay", "quarantine", "--reason", "no_match").status == 0
    assert [doc["log"]["offset"] for doc in documents(siem)] == [1]
    ran = siem("replay", "quarantine", "--reason", "no_matches")
    assert (ran.status, ran.err) == (
        2,
        [
            "siem: nothing is in quarantine for this reason, there is transform_error: no_matches",
        ],
    )


def test_a_cluster_that_takes_nothing_leaves_the_file_and_the_next_run_goes_on(
    siem: Siem, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = siem.put(own_key("alb"), text_lines(alb()))
    put_away(siem, key, "alb", "transform_error", {0: alb()})
    monkeypatch.setattr("es_loader.commands.again.patience", lambda: lambda: 20.5)
    with faulty.running(siem.stack.node.url) as proxy:
        proxy.always = faulty.status(503, "no_master")
        monkeypatch.setenv("OPENSEARCH_ENDPOINT", proxy.url)
        ran = siem("replay", "quarantine")
        assert ran.status == 3
        assert ran.err[-1] == (
            "siem: OpenSearch does not take them all; run the same command again, it goes on from"
            " here: no_master: no time left to try again"
        )
        proxy.always = faulty.reset_after
        assert siem("replay", "quarantine").status == 3  # indexed, but who knows
        assert len(siem.quarantine()) == 1
        proxy.always = None
        ran = siem("replay", "quarantine")
    assert (ran.status, ran.out[-2].split()[2:5]) == (0, ["1", "1", "1"])
    assert (siem.count(), siem.quarantine()) == (1, {})


def test_a_file_that_changes_meanwhile_stays(siem: Siem) -> None:
    key = siem.put(own_key("alb"), text_lines(alb()))
    put_away(siem, key, "alb", "transform_error", {0: alb()})
    refuse(aws.client("s3"), "DeleteObject", "PreconditionFailed", "changed", 412, times=1)
    ran = siem("replay", "quarantine")
    assert (ran.status, ran.out[0].rpartition(": ")[2]) == (
        3,
        "it has changed meanwhile; run the command again",
    )
    assert siem("replay", "quarantine").status == 0
    assert (siem.count(), siem.quarantine()) == (1, {})


def test_an_object_that_may_not_be_read_leaves_its_file_alone(siem: Siem) -> None:
    for _ in range(2):
        key = siem.put(own_key("alb"), text_lines(alb()))
        put_away(siem, key, "alb", "transform_error", {0: alb()})
    first = min(siem.quarantine())
    broken = json.loads(siem.quarantine()[first][0])["object"]["key"]
    source = {"Bucket": siem.bucket, "Key": broken}
    siem.stack.s3.copy_object(**source, CopySource=source, StorageClass="GLACIER")
    ran = siem("replay", "quarantine")
    assert ran.status == 3
    assert ran.out[0].startswith(f"left     s3://{siem.snapshot}/{first}: s3_InvalidObjectState: ")
    assert ran.out[-1].endswith("0 left in quarantine, 1 files as they are")
    assert [*siem.quarantine()] == [first]


def test_a_file_that_is_not_ours_is_named_and_stays(siem: Siem) -> None:
    siem.put("quarantine/alb/no_match/2026-11-24/x.ndjson", b"no JSON\n", siem.snapshot)
    ran = siem("replay", "quarantine")
    assert ran.status == 3
    assert ran.out[0].startswith(f"left     s3://{siem.snapshot}/quarantine/alb/no_match/")
    assert ": not a quarantine file (JSONDecodeError: " in ran.out[0]


def test_an_empty_quarantine_is_well(siem: Siem) -> None:
    ran = siem("replay", "quarantine")
    assert (ran.status, ran.out) == (
        0,
        ["0 records: 0 indexed, 0 excluded, 0 left in quarantine"],
    )
