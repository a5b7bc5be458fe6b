"""Objects for which something goes wrong on the way: none is lost, none counts twice."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from common import aws
from es_loader.handler import _built
from tests.es_loader import faulty, faulty_s3, logs
from tests.es_loader.faulty_s3 import FaultyS3
from tests.es_loader.loading import Loader, own_key

ROWS = {*range(1, 33)}


def test_every_row_of_the_table_of_faults_has_a_test() -> None:
    texts = [path.read_text() for path in Path(__file__).parent.parent.glob("*/test_*.py")]
    named = {int(row) for text in texts for row in re.findall(r"def test_row_(\d+)_", text)}
    assert named == ROWS


def time_for(questions: int) -> Callable[[], float]:
    """What is left for a run that asks so often before it has too little left to go on."""
    left = iter(range(60 + questions, 25, -1))
    return lambda: float(next(left, 25))


def long_object(records: int = 2000) -> bytes:
    """An object of several windows."""
    return gzip.compress(logs.records(*map(logs.trail, range(records))))


@pytest.mark.parametrize(
    "fault",
    [
        faulty.status(429),
        faulty.status(503),
        faulty.reset_before,
        faulty.items(lambda n: n % 3 == 0, 429, "opensearch_rejected_execution_exception"),
        lambda request, forward: faulty.Answer(200, b"<html>"),
    ],
    ids=["429", "503", "reset", "items", "page"],
)
def test_row_2_a_part_of_a_long_object_that_fails_comes_again_until_all_of_it_is_indexed(
    loader: Loader, fault: faulty.Fault
) -> None:
    key = own_key("cloudtrail")
    loader.put(key, long_object())
    assert loader.invoke(seconds=time_for(2)) == []
    (begun,) = loader.loaded(key).entries
    assert begun["outcome"] == "loaded"
    assert 0 < begun["next"] < 2000
    assert begun["end"] is None

    def refuse_documents(request: faulty.Request, forward: faulty.Forward) -> Any:
        return fault(request, forward) if "_bulk" in request.path else forward(request)

    loader.proxy.always = refuse_documents
    (failed,) = loader.invoke("splitted_logs")
    assert json.loads(failed)["first"] == begun["next"]
    assert [e["outcome"] for e in loader.loaded(key).entries] == ["loaded", "failed"]
    loader.proxy.always = None
    assert loader.invoke("splitted_logs") == []
    loaded = loader.loaded(key)
    assert [(e["first"], e["next"], e["end"]) for e in loaded.entries] == [
        (0, begun["next"], None),
        (begun["next"], 2000, 2000),
    ]
    assert loaded.offsets == list(range(2000))


def test_row_2_a_record_that_cannot_be_parsed_in_a_part_is_quarantined_and_the_rest_indexed(
    loader: Loader,
) -> None:
    texts = [json.dumps(logs.trail(n)) for n in range(2000)]
    texts[1990] = '{"eventVersion":'
    key = own_key("cloudtrail")
    loader.put(key, gzip.compress(f'{{"Records":[{",".join(texts)}]}}'.encode()))
    assert loader.invoke(seconds=time_for(2)) == []
    assert loader.invoke("splitted_logs") == []
    loaded = loader.loaded(key)
    assert len(loaded.entries) == 2
    assert loaded.counts == (2000, 1999, 1)
    assert loaded.refused == [(1990, "malformed")]


@pytest.mark.parametrize(
    "name", ["a+b", "a b", "a%20b", "a%2Bb", "a%2520b", "é", "a&b=c;d", "a//b"]
)
def test_row_3_parts_of_an_object_with_an_odd_key_are_found(loader: Loader, name: str) -> None:
    key = f"{name}/{own_key('cloudtrail')}"
    loader.put(key, long_object())
    assert loader.invoke(seconds=time_for(2)) == []
    assert loader.invoke("splitted_logs", seconds=time_for(2)) == []
    assert loader.invoke("splitted_logs") == []
    loaded = loader.loaded(key)
    assert [entry["outcome"] for entry in loaded.entries] == ["loaded"] * 3
    assert loaded.counts == (2000, 2000, 0)
    assert loaded.offsets == list(range(2000))
    assert loaded.documents[0]["log"]["file"]["path"] == f"s3://{loader.bucket}/{key}"


def test_row_4_documents_that_a_mapping_rejects_are_quarantined_and_the_rest_indexed(
    loader: Loader,
) -> None:
    name = "log-aws-cloudtrail-2026-03"
    wrong = {"properties": {"event": {"properties": {"code": {"type": "keyword"}}}}}
    wrong["properties"]["error"] = {"properties": {"code": {"type": "long"}}}
    loader.stack.opensearch.indices.create(index=name, body={"mappings": wrong})
    events = [
        logs.trail(n, eventTime="2026-03-01T00:00:00Z", errorCode="Denied" if n % 7 == 0 else None)
        for n in range(1000)
    ]
    loaded = loader.load(logs.records(*events))
    assert loaded.counts == (1000, 857, 143)
    assert {reason for _, reason in loaded.refused} == {"mapper_parsing_exception"}
    assert [json.loads(line["record"]) for line in loaded.quarantined] == events[::7]
    assert "error.code" in loaded.quarantined[0]["error"]


def test_row_5_what_is_rejected_for_load_is_sent_again_and_counts_once(loader: Loader) -> None:
    busy = faulty.items(lambda n: n % 2 == 0, 429, "opensearch_rejected_execution_exception")
    loader.proxy.faults.extend([busy] * 3)
    loaded = loader.load(logs.records(*map(logs.trail, range(100))))
    assert loaded.counts == (100, 100, 0)
    assert [len(bulk.documents()) for bulk in loader.proxy.bulks] == [100, 50, 25, 13]


def test_row_26_the_same_object_twice_is_indexed_once(loader: Loader) -> None:
    key = own_key("vpc_flow")
    body = logs.text_lines(logs.FLOW_HEADER, *map(logs.flow, range(1000)), "nonsense")
    for duplicate in (0, 1000):
        loader.put(key, body)
        assert loader.invoke() == []
        loaded = loader.loaded(key)
        (entry,) = loaded.entries
        assert (entry["read"], entry["indexed"], entry["duplicate"]) == (1001, 1000, duplicate)
        assert loaded.offsets == list(range(1000))
        assert loaded.refused == [(1000, "no_match")]


def test_row_28_a_deleted_object_is_gone_and_done(loader: Loader) -> None:
    key = own_key("cloudtrail")
    loader.put(key, logs.records(logs.trail(0)))
    loader.stack.s3.delete_object(Bucket=loader.bucket, Key=key)
    assert loader.invoke() == []
    loaded = loader.loaded(key)
    (entry,) = loaded.entries
    assert (entry["outcome"], entry["first"], entry["end"]) == ("gone", 0, 0)
    assert entry["etag"]
    assert loaded.counts == (0, 0, 0)


def test_row_28_an_object_that_is_deleted_before_its_last_part_keeps_what_is_known_of_it(
    loader: Loader,
) -> None:
    key = own_key("cloudtrail")
    loader.put(key, long_object())
    assert loader.invoke(seconds=time_for(2)) == []
    loader.stack.s3.delete_object(Bucket=loader.bucket, Key=key)
    assert loader.invoke("splitted_logs") == []
    first, rest = loader.loaded(key).entries
    assert (first["outcome"], first["first"], first["end"]) == ("loaded", 0, None)
    assert first["indexed"] == first["next"] > 0
    assert (rest["outcome"], rest["first"], rest["end"]) == ("gone", first["next"], first["next"])


@pytest.fixture
def s3(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    """The S3 that the loader reads from; all else stays with moto."""
    with faulty_s3.running() as s3:
        _built()  # with a client of moto, for its databases
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.url)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        aws.client.cache_clear()
        yield s3
        aws.client.cache_clear()


def message(loader: Loader, key: str) -> str:
    """Put a message of an object, with the ETag of the faulty S3, into the queue."""
    body = {
        "Records": [
            {
                "eventSource": "aws:s3",
                "s3": {
                    "bucket": {"name": loader.bucket},
                    "object": {"key": key, "eTag": "0123456789abcdef"},
                },
            }
        ]
    }
    loader.stack.sqs.send_message(
        QueueUrl=loader.stack.queue_urls["logs"], MessageBody=json.dumps(body)
    )
    return key


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "AccessDenied"),
        (403, "InvalidObjectState"),
        (400, "KMS.DisabledException"),
        (503, "SlowDown"),
        (500, "InternalError"),
    ],
)
def test_row_28_an_object_that_may_not_be_read_is_not_gone_but_comes_again(
    loader: Loader, s3: FaultyS3, status: int, code: str
) -> None:
    key = message(loader, own_key("cloudtrail"))
    s3.answers.append(faulty_s3.error(status, code))
    assert len(loader.invoke()) == 1
    (entry,) = loader.loaded(key).entries
    assert (entry["outcome"], entry["cause"]) == ("failed", f"s3_{code}")
    body = logs.records(logs.trail(0))
    s3.answers[0] = faulty_s3.Answer(200, body)
    assert loader.invoke() == []
    assert loader.loaded(key).outcome == "loaded"


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_row_12_a_connection_that_breaks_is_no_cut_object(
    loader: Loader, s3: FaultyS3, pack: Callable[[bytes], bytes]
) -> None:
    key = message(loader, own_key("cloudtrail"))
    body = pack(logs.records(*map(logs.trail, range(5000))))
    s3.answers.append(faulty_s3.Answer(200, body, sent=len(body) // 2))
    s3.answers.append(faulty_s3.Answer(200, body))
    assert len(loader.invoke()) == 1
    (entry,) = loader.loaded(key).entries
    assert entry["outcome"] == "failed"
    assert entry["cause"].startswith("s3_")
    assert loader.invoke() == []
    loaded = loader.loaded(key)
    assert loaded.outcome == "loaded"
    assert loaded.offsets == list(range(5000))
    assert loaded.quarantined == []
