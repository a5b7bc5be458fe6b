import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from common import aws
from common.errors import EnvelopeError, Retry, SettingsError
from es_loader import handler as es_loader
from es_loader.geoip_files import GeoIpFiles
from es_loader.handler import delay_after, handler, measure
from es_loader.ledger import Counts, Entry
from local import lambda_
from local.stack import Stack
from tests.es_loader import faulty
from tests.es_loader.faulty import Clock, Faulty

KEY = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/trail_{}.json.gz"
EVENT = {
    "eventVersion": "1.08",
    "eventTime": "2026-11-20T01:02:03Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "192.0.2.7",
    "recipientAccountId": "111122223333",
    "eventType": "AwsApiCall",
}


@dataclass
class Context:
    """What Lambda hands to a handler that has so many seconds from now."""

    clock: Clock
    seconds: float = 600.0
    aws_request_id: str = "request-1"

    def __post_init__(self) -> None:
        self.ends = self.clock.now + self.seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends - self.clock.now) * 1000)


@dataclass
class Bench:
    """The deployment, with a proxy in front of its node."""

    stack: Stack
    proxy: Faulty
    clock: Clock

    def run(self, event: Any, seconds: float = 600.0) -> list[str]:
        """Invoke the handler; return the ids of the messages that have to come again."""
        cluster = es_loader._built()[1].cluster
        cluster.clock, cluster.sleep = self.clock.read, self.clock.sleep
        answer = handler(event, Context(self.clock, seconds))
        assert answer.keys() == {"batchItemFailures"}
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def put(self, name: str, records: int = 1) -> str:
        """Put an object of some CloudTrail records, which S3 tells the queue; return its key."""
        content = {"Records": [{**EVENT, "eventID": f"{name}-{n}"} for n in range(records)]}
        key = KEY.format(name)
        self.stack.s3.put_object(
            Bucket=self.stack.deployment.buckets["log"],
            Key=key,
            Body=gzip.compress(json.dumps(content).encode()),
        )
        return key

    def send(self, body: Any) -> None:
        """Put a message into the queue."""
        self.stack.sqs.send_message(
            QueueUrl=self.stack.queue_urls["logs"], MessageBody=json.dumps(body)
        )

    def receive(self) -> dict[str, Any]:
        """The event that Lambda makes of what is visible in the queue, in order of its bodies."""
        received = lambda_.receive(self.stack, "logs")
        event = lambda_.event(self.stack, "logs", received)
        event["Records"].sort(key=lambda record: record["body"])
        return event

    def entries(self) -> dict[str, dict[str, Any]]:
        """Key -> ledger entry."""
        client = self.stack.opensearch
        client.indices.refresh(index="siem-ledger-*")
        hits = client.search(index="siem-ledger-*", body={"size": 100})["hits"]["hits"]
        return {hit["_source"]["key"]: hit["_source"] for hit in hits}

    def indexed(self) -> int:
        """Documents that a search finds."""
        self.stack.opensearch.indices.refresh(index="log-*")
        return int(self.stack.opensearch.count(index="log-*")["count"])


@pytest.fixture
def bench(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A deployment whose es_loader starts cold."""
    caches = (aws.client, aws.role_client, aws._session, es_loader._built)
    with faulty.running(stack.node.url) as proxy:
        monkeypatch.setenv("OPENSEARCH_ENDPOINT", proxy.url)
        for cached in caches:
            cached.cache_clear()
        yield Bench(stack, proxy, Clock())
        for cached in caches:
            cached.cache_clear()


def test_a_message_that_is_done_is_not_named(bench: Bench) -> None:
    key = bench.put("one", records=3)
    assert bench.run(bench.receive()) == []
    assert bench.indexed() == 3
    entry = bench.entries()[key]
    assert (entry["outcome"], entry["read"], entry["indexed"]) == ("loaded", 3, 3)
    assert (entry["receive_count"], entry["request_id"]) == (1, "request-1")


def test_row_10_one_bad_message_never_fails_the_others(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.put("before")
    bench.send({"no": "notification"})
    bench.put("after")
    event = bench.receive()
    (bad,) = [each["messageId"] for each in event["Records"] if "no" in json.loads(each["body"])]
    assert bench.run(event) == [bad]
    assert bench.indexed() == 2
    (told,) = [line for line in caplog.records if getattr(line, "message_id", "") == bad]
    assert told.__dict__["cause"] == "EnvelopeError"
    assert told.exc_info
    assert '{"no": "notification"}' in str(told.exc_info[1])


def test_row_2_a_message_whose_documents_are_not_indexed_comes_again(bench: Bench) -> None:
    key = bench.put("one")
    bench.proxy.always = faulty.status(503, "injected_exception")
    event = bench.receive()
    assert bench.run(event) == [event["Records"][0]["messageId"]]
    assert bench.indexed() == 0
    bench.proxy.always = None
    assert bench.run(event) == []
    assert bench.indexed() == 1
    assert bench.entries()[key]["outcome"] == "loaded"


def test_a_failure_is_in_the_ledger_if_the_cluster_answers(bench: Bench) -> None:
    key = bench.put("one")

    def refuse_documents(request: faulty.Request, forward: faulty.Forward) -> faulty.Answer:
        if request.path.startswith("/_bulk"):
            return faulty.Answer(403, faulty.error("security_exception"))
        return forward(request)

    bench.proxy.always = refuse_documents
    event = bench.receive()
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    assert len(bench.run(event)) == 1
    entry = bench.entries()[key]
    assert (entry["outcome"], entry["cause"]) == ("failed", "security_exception")
    assert (entry["receive_count"], entry["request_id"]) == (3, "request-1")
    bench.proxy.always = None
    assert bench.run(event) == []
    assert bench.entries()[key]["outcome"] == "loaded"


def test_row_28_a_deleted_object_is_done_and_in_the_ledger_as_gone(bench: Bench) -> None:
    key = bench.put("one")
    bench.stack.s3.delete_object(Bucket=bench.stack.deployment.buckets["log"], Key=key)
    assert bench.run(bench.receive()) == []
    assert bench.entries()[key]["outcome"] == "gone"


def test_a_failed_message_is_hidden_for_a_while(bench: Bench) -> None:
    bench.send({"no": "notification"})
    event = bench.receive()
    asked = visibility_changes()
    bench.run(event)
    ((url, handle, seconds),) = asked
    assert url == bench.stack.queue_urls["logs"]
    assert handle == event["Records"][0]["receiptHandle"]
    assert 15 <= seconds <= 30


def test_a_message_not_begun_goes_back_at_once_and_is_no_failure(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.put("one")
    event = bench.receive()
    assert bench.run(event, 59.0) == [event["Records"][0]["messageId"]]
    assert "RetryCount" not in capsys.readouterr().out
    again = bench.receive()
    assert [each["messageId"] for each in again["Records"]] == [event["Records"][0]["messageId"]]
    assert bench.run(again) == []
    assert bench.indexed() == 1


def test_a_queue_that_cannot_be_told_does_not_hide_the_failure(bench: Bench) -> None:
    bench.send({"no": "notification"})
    event = bench.receive()
    event["Records"][0]["receiptHandle"] = "expired"
    assert len(bench.run(event)) == 1


def test_all_objects_of_a_message_are_tried(bench: Bench) -> None:
    good, other = bench.put("good"), bench.put("other")
    bucket = bench.stack.deployment.buckets["log"]
    records = [
        {"s3": {"bucket": {"name": name}, "object": {"key": key}}}
        for name, key in (("no such bucket!", good), (bucket, good), (bucket, other))
    ]
    bench.receive()
    bench.send({"Records": records})
    assert len(bench.run(bench.receive())) == 1
    assert bench.indexed() == 2


def test_the_test_event_of_s3_is_a_metric_and_nothing_else(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.send({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "logs"})
    assert bench.run(bench.receive()) == []
    assert '"TestEventCount":[1.0]' in capsys.readouterr().out
    assert bench.proxy.requests == []


def test_a_direct_invocation_loads_the_object(bench: Bench) -> None:
    key = bench.put("one")
    bucket = bench.stack.deployment.buckets["log"]
    event = {"Records": [{"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}]}
    assert bench.run(event) == []
    assert bench.indexed() == 1


def test_a_direct_invocation_that_fails_raises(bench: Bench) -> None:
    with pytest.raises(EnvelopeError):
        bench.run({"no": "notification"})


def test_row_29_a_wrong_setting_is_one_clear_line_and_fails_the_invocation(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("SPLITTED_LOGS_QUEUE_URL")
    bench.put("one")
    with pytest.raises(SettingsError):
        bench.run(bench.receive())
    (line,) = [line for line in caplog.records if line.levelname == "ERROR"]
    assert line.getMessage() == (
        "environment variables: SPLITTED_LOGS_QUEUE_URL is not set"
        " (expected: the URL of an SQS queue)"
    )


def test_the_handler_starts_once(bench: Bench) -> None:
    bench.put("one")
    bench.run(bench.receive())
    first = es_loader._built()
    bench.put("two")
    bench.run(bench.receive())
    assert es_loader._built() is first


def test_new_geoip_databases_are_taken_up_by_a_later_invocation(
    bench: Bench, tmp_path: Path
) -> None:
    parts = es_loader._built()[1]
    parts.geoip_files = GeoIpFiles(aws.client("s3"), parts.settings.geo_bucket, tmp_path, every=0)
    bench.put("before")
    bench.run(bench.receive())
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-ASN")
    writer.insert_network(IPSet(["192.0.2.0/24"]), {"autonomous_system_number": 64500})
    writer.to_db_file(str(tmp_path / "made"))
    key = {"Bucket": parts.settings.geo_bucket, "Key": "GeoLite2/GeoLite2-ASN.mmdb"}
    bench.stack.s3.put_object(**key, Body=(tmp_path / "made").read_bytes())
    bench.put("after")
    bench.run(bench.receive())
    bench.stack.s3.delete_object(**key)
    bench.indexed()
    hits = bench.stack.opensearch.search(index="log-*")["hits"]["hits"]
    owners = {hit["_source"]["event"]["id"]: hit["_source"]["source"].get("as") for hit in hits}
    assert owners["before-0"] != {"number": 64500}
    assert owners["after-0"] == {"number": 64500}


@pytest.mark.parametrize(
    ("receive_count", "longest"), [(1, 30), (2, 60), (3, 120), (5, 480), (6, 900), (50, 900)]
)
def test_the_delay_doubles_with_every_failure_up_to_15_minutes(
    receive_count: int, longest: int
) -> None:
    delays = {delay_after(receive_count) for _ in range(200)}
    assert min(delays) >= longest / 2
    assert max(delays) <= longest
    assert len(delays) > 5


def test_metrics_of_an_object_are_by_log_type_and_by_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts = Counts(read=6)
    counts.add_indexed({"waf": 2})
    counts.add_excluded("alb", "health_checks")
    counts.add_excluded("alb", "health_checks")
    counts.counted["reads"] = 3
    counts.add_indexed({"alb": 1}, duplicate=True)
    counts.add_quarantined("waf", "malformed")
    started = datetime(2026, 11, 20, tzinfo=UTC)
    entry = Entry(
        outcome="loaded",
        bucket="logs",
        key="key",
        version="",
        etag="",
        modified=0,
        first=0,
        next=4,
        end=4,
        counts=counts,
        started=started,
        ended=started + timedelta(seconds=2),
        bytes_in=100,
    )
    measure(entry)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    overall, waf, alb, dropped, counted = lines
    assert (overall["outcome"], overall["InputLogFileSize"]) == ("loaded", [100.0])
    assert (overall["TotalDurationTime"], overall["DuplicateLogCount"]) == ([2000.0], [1.0])
    assert (waf["logtype"], waf["TotalLogCount"], waf["QuarantinedLogCount"]) == (
        "waf",
        [3.0],
        [1.0],
    )
    assert (alb["logtype"], alb["SuccessLogLoadCount"]) == ("alb", [1.0])
    assert (dropped["rule"], dropped["ExcludedLogCount"]) == ("health_checks", [2.0])
    assert (counted["rule"], counted["CountedLogCount"]) == ("reads", [3.0])


def test_the_cause_of_a_retry_is_its_error_type() -> None:
    assert es_loader._cause(Retry("s3_AccessDenied")) == "s3_AccessDenied"
    assert es_loader._cause(ValueError("text")) == "ValueError"


def visibility_changes() -> list[tuple[str, str, int]]:
    """What the loader asks SQS from now on: (queue URL, receipt handle, seconds)."""
    asked: list[tuple[str, str, int]] = []

    def keep(params: dict[str, Any], **_: object) -> None:
        asked.append((params["QueueUrl"], params["ReceiptHandle"], params["VisibilityTimeout"]))

    event = "provide-client-params.sqs.ChangeMessageVisibility"
    aws.client("sqs").meta.events.register(event, keep)
    return asked
