"""The function end to end: a real OpenSearch node, an emulated S3, and then the loader."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch

from common import aws
from es_loader.handler import handler as load
from local import lambda_
from local.stack import Stack
from metrics_exporter import memory
from metrics_exporter.activity import SourceId
from metrics_exporter.handler import MetricsError, handler, run
from metrics_exporter.indices import count_fields
from metrics_exporter.settings import Settings
from metrics_exporter.sources import History, Source
from tests.deployed_loader import refuse
from tests.logs import Logs

ACCOUNT, OTHER = "111122223333", "444455556666"
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TRAIL = "log-aws-cloudtrail-2026-11"
FLOW = "log-aws-vpc_flow-2026-11-24"
CLOSED = "log-aws-alb-2026-10"


@dataclass
class Bench:
    """The function in its environment, at a fixed time."""

    stack: Stack
    now: datetime = NOW

    @property
    def opensearch(self) -> OpenSearch:
        return self.stack.opensearch

    def index(
        self, index: str, ingested: timedelta, lag: float = 30.0, count: int = 1, **fields: str
    ) -> None:
        """Index documents: `ingested` before now, `lag` seconds after the event."""
        at = self.now - ingested
        document = {
            "@timestamp": (at - timedelta(seconds=lag)).isoformat(),
            "event": {"ingested": at.isoformat(), "dataset": fields.get("dataset")},
            "cloud": {
                "account": {"id": fields.get("account")},
                "region": fields.get("region"),
            },
        }
        lines: list[Any] = []
        for _ in range(count):
            lines += [{"create": {"_index": index}}, document]
        answer = self.opensearch.bulk(body=lines, params={"refresh": "true"})
        assert not answer["errors"]

    def run(self) -> dict[str, Any]:
        """Invoke the function."""
        return run(Settings.from_environment(), ACCOUNT, self.now)

    def records(self, kind: str) -> list[dict[str, Any]]:
        """What the newest object says of this kind."""
        s3, bucket = self.stack.s3, self.stack.deployment.buckets["log"]
        key = sorted(
            item["Key"]
            for item in s3.list_objects_v2(Bucket=bucket)["Contents"]
            if "/IndexMetrics/" in item["Key"]
        )[-1]
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        lines = map(json.loads, gzip.decompress(body).splitlines())
        return [line for line in lines if line["kind"] == kind]

    def history(self) -> History:
        """What is kept for the next run."""
        bucket = self.stack.deployment.buckets["snapshot"]
        return memory.load(self.stack.s3, bucket, self.now)

    def remember(self, *sources: SourceId, quiet: float = 0.0, days: int = 20) -> None:
        """Let these sources be known for so many days, and heard up to now."""
        until = self.now - timedelta(hours=1, minutes=2)
        known = Source(until - timedelta(days=days), until, runs=100, quiet=quiet)
        bucket = self.stack.deployment.buckets["snapshot"]
        memory.save(self.stack.s3, bucket, History(until, dict.fromkeys(sources, known)))


@pytest.fixture
def bench(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The deployed function: three indices, one of them closed."""
    aws.client.cache_clear()
    monkeypatch.setenv("LOG_BUCKET", stack.deployment.buckets["log"])
    made = Bench(stack)
    trail = {"dataset": "aws.cloudtrail", "account": ACCOUNT, "region": "eu-west-1"}
    flow = {"dataset": "aws.vpc_flow", "account": OTHER, "region": "us-east-1"}
    made.index(TRAIL, 20 * MINUTE, 60, 3, **trail)
    made.index(TRAIL, timedelta(days=3), 60, 5, **trail)
    made.index(FLOW, 10 * MINUTE, 600, 36, **flow)
    made.index(CLOSED, timedelta(days=30), dataset="aws.alb")
    stack.opensearch.indices.close(index=CLOSED)
    yield made
    aws.client.cache_clear()


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metrics that were written since the last call."""
    lines = capsys.readouterr().out.splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_a_record_of_each_index(bench: Bench) -> None:
    assert bench.run()["indices"] == 3
    found = {record["index"]["name"]: record["index"] for record in bench.records("index")}
    assert found.keys() == {TRAIL, FLOW, CLOSED}
    trail = found[TRAIL]
    assert trail["log_type"] == "cloudtrail"
    assert (trail["status"], trail["documents"]) == ("open", 8)
    assert trail["bytes"] >= trail["primary_bytes"] > 0
    assert trail["shards"] == 1
    assert trail["segments"] >= 1
    assert trail["newest"] == "2026-11-24T19:39:00.000Z"
    assert trail["oldest"] == "2026-11-21T19:59:00.000Z"
    assert trail["ingest_rate"] == round(3 / 3600, 3)
    assert trail["lag_seconds"] == 60.0
    assert found[FLOW]["ingest_rate"] == 0.01
    assert found[FLOW]["lag_seconds"] == 600.0


def test_the_fields_are_counted_as_the_node_counts_them(bench: Bench) -> None:
    bench.run()
    (trail,) = [r["index"] for r in bench.records("index") if r["index"]["name"] == TRAIL]
    assert trail["field_limit"] == 1000
    # With exactly this limit the mapping is taken, with one less it is not.
    body = {"mappings": bench.opensearch.indices.get_mapping(index=TRAIL)[TRAIL]["mappings"]}
    for limit, index in (
        (trail["fields"], "test-fields-enough"),
        (trail["fields"] - 1, "test-few"),
    ):
        body["settings"] = {"index.mapping.total_fields.limit": limit}
        if index == "test-fields-enough":
            bench.opensearch.indices.create(index=index, body=body)
            bench.opensearch.indices.delete(index=index)
        else:
            with pytest.raises(Exception, match="Limit of total fields"):
                bench.opensearch.indices.create(index=index, body=body)


def test_an_index_s_own_field_limit_is_told(bench: Bench) -> None:
    bench.opensearch.indices.put_settings(
        index=TRAIL, body={"index.mapping.total_fields.limit": 2000}
    )
    bench.run()
    (trail,) = [r["index"] for r in bench.records("index") if r["index"]["name"] == TRAIL]
    assert trail["field_limit"] == 2000
    assert trail["field_usage"] == round(trail["fields"] / 20, 1)


def test_objects_and_multi_fields_count() -> None:
    text = {"type": "text", "fields": {"raw": {"type": "keyword"}}}
    mapping = {"properties": {"a": {"properties": {"b": {"type": "ip"}, "c": text}}, "d": text}}
    assert count_fields(mapping) == 6


def test_a_closed_index_is_told_as_far_as_it_can_be(bench: Bench) -> None:
    bench.run()
    (closed,) = [r["index"] for r in bench.records("index") if r["index"]["name"] == CLOSED]
    assert (closed["status"], closed["documents"], closed["ingest_rate"]) == ("close", 0, 0.0)
    assert "newest" not in closed
    assert "lag_seconds" not in closed


def test_a_record_of_each_log_type(bench: Bench) -> None:
    bench.index("log-aws-cloudtrail-2026-12", 5 * MINUTE, 120, 6, dataset="aws.cloudtrail")
    bench.run()
    found = {r["log_type"]["name"]: r["log_type"] for r in bench.records("log_type")}
    assert found.keys() == {"alb", "cloudtrail", "vpc_flow"}
    trail = found["cloudtrail"]
    assert (trail["indices"], trail["documents"]) == (2, 14)
    assert trail["ingest_rate"] == round(9 / 3600, 3)
    assert trail["lag_seconds"] == 100.0  # 3 of 60 s and 6 of 120 s
    assert (trail["oldest"], trail["newest"]) == (
        "2026-11-21T19:59:00.000Z",
        "2026-11-24T19:53:00.000Z",
    )


def test_past_logs_that_are_loaded_make_no_lag_and_no_source(bench: Bench) -> None:
    year = 365 * 86400.0
    bench.index("log-aws-waf-2025-11", 5 * MINUTE, year, 4, dataset="aws.waf", account=OTHER)
    bench.run()
    found = {r["log_type"]["name"]: r["log_type"] for r in bench.records("log_type")}
    assert found["waf"]["ingest_rate"] == round(4 / 3600, 3)
    assert "lag_seconds" not in found["waf"]
    assert {r["source"]["log_type"] for r in bench.records("source")} == {"cloudtrail", "vpc_flow"}


def test_a_record_of_each_source(bench: Bench) -> None:
    bench.run()
    found = {r["source"]["log_type"]: r["source"] for r in bench.records("source")}
    assert found["vpc_flow"] == {
        "log_type": "vpc_flow",
        "account": OTHER,
        "region": "us-east-1",
        "documents": 36,
        "first_seen": "2026-11-24T19:50:00.000Z",
        "last_seen": "2026-11-24T19:50:00.000Z",
        "quiet_seconds": 480,
        "expected_seconds": 0,
        "silent": False,
    }


def test_the_next_window_begins_where_the_last_one_ended(bench: Bench) -> None:
    bench.run()
    assert bench.history().until == NOW - timedelta(minutes=2)
    bench.now += timedelta(minutes=30)
    bench.index(TRAIL, 5 * MINUTE, dataset="aws.cloudtrail", account=ACCOUNT, region="eu-west-1")
    bench.run()
    (trail,) = [r["source"] for r in bench.records("source") if r["source"]["documents"]]
    assert (trail["log_type"], trail["documents"]) == ("cloudtrail", 1)
    assert trail["expected_seconds"] == 45 * 60
    (flow,) = [r["source"] for r in bench.records("source") if not r["source"]["documents"]]
    assert flow["quiet_seconds"] == 480 + 1800


def test_a_silent_source_is_an_error_that_names_it_and_a_metric(
    bench: Bench, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    waf = SourceId("waf", OTHER, "us-east-1")
    bench.remember(waf, quiet=3.5 * 3600)
    assert bench.run()["silent"] == 1
    assert [line["message"] for line in logs.lines if line["level"] == "ERROR"] == [
        "log source is silent: waf of account 444455556666 in region us-east-1, quiet for 4 hours,"
        " expected within: 4 hours"
    ]
    found = metrics(capsys)
    (silence,) = [each for each in found if "LogSourceSilence" in each]
    assert silence["LogSourceSilence"] == [4.5 * 3600]
    assert (silence["logtype"], silence["account"], silence["region"]) == (
        "waf",
        OTHER,
        "us-east-1",
    )
    (whole,) = [each for each in found if "SilentLogSourceCount" in each]
    assert (whole["SilentLogSourceCount"], whole["LogSourceCount"]) == ([1], [3])
    (record,) = [r["source"] for r in bench.records("source") if r["source"]["silent"]]
    assert record["log_type"] == "waf"


def test_it_is_told_once_and_once_more_when_it_is_heard_again(
    bench: Bench, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    waf = SourceId("waf", OTHER, "us-east-1")
    bench.remember(waf, quiet=5 * 3600)
    bench.run()
    bench.now += timedelta(hours=1)
    bench.index(FLOW, 10 * MINUTE, dataset="aws.vpc_flow", account=OTHER, region="us-east-1")
    assert bench.run()["silent"] == 1
    assert len([line for line in logs.lines if line["level"] == "ERROR"]) == 1
    metrics(capsys)
    bench.now += timedelta(hours=1)
    bench.index(
        "log-aws-waf-2026-11", 10 * MINUTE, dataset="aws.waf", account=OTHER, region="us-east-1"
    )
    assert bench.run()["silent"] == 0
    assert logs.messages[-1] == (
        "log source is heard again: waf of account 444455556666 in region us-east-1"
    )
    (silence,) = [each for each in metrics(capsys) if "LogSourceSilence" in each]
    assert silence["LogSourceSilence"] == [0]


def test_when_nothing_is_indexed_at_all_no_source_is_called_silent(
    bench: Bench, logs: Logs
) -> None:
    bench.now += timedelta(days=3)
    bench.remember(SourceId("waf", OTHER, "us-east-1"), quiet=3.9 * 3600)
    assert bench.run()["silent"] == 0
    assert logs.messages == ["nothing was indexed at all, so no log source is called silent for it"]


def test_the_metrics_of_the_cluster_and_of_each_log_type(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.run()
    whole, *by_type = metrics(capsys)
    assert (whole["IndexCount"], whole["DocumentCount"]) == ([3], [44])
    assert whole["ShardCount"] == [3]
    assert whole["StoreSize"][0] > 0
    found = {each["logtype"]: each for each in by_type}
    assert found.keys() == {"alb", "cloudtrail", "vpc_flow"}
    assert found["cloudtrail"]["IngestLag"] == [60.0]
    assert "IngestLag" not in found["alb"]


def test_the_loader_loads_the_metrics_like_any_other_log(bench: Bench) -> None:
    bench.now = datetime.now(UTC)
    bench.index(FLOW, 10 * MINUTE, dataset="aws.vpc_flow", account=OTHER, region="us-east-1")
    bench.run()
    expected = sum(len(bench.records(kind)) for kind in ("index", "log_type", "source"))
    lambda_.pump(bench.stack, load)
    bench.opensearch.indices.refresh(index="log-*")
    answer = bench.opensearch.search(index="log-siem-index_metrics-*", body={"size": 50})
    documents = [hit["_source"] for hit in answer["hits"]["hits"]]
    assert len(documents) == expected
    assert {each["siem"]["index_metrics"]["kind"] for each in documents} == {
        "index",
        "log_type",
        "source",
    }
    assert {each["cloud"]["account"]["id"] for each in documents} == {ACCOUNT}


def test_an_empty_cluster_has_no_metrics_but_those_of_the_whole(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.opensearch.indices.delete(index="log-*", params={"expand_wildcards": "all"})
    bench.stack.opensearch.indices.delete(index="siem-ledger-*", ignore_unavailable=True)
    assert bench.run()["indices"] == 0
    (whole,) = metrics(capsys)
    assert whole["IndexCount"] == [0]


def test_a_history_that_cannot_be_read_begins_anew(bench: Bench, logs: Logs) -> None:
    bucket = bench.stack.deployment.buckets["snapshot"]
    bench.stack.s3.put_object(Bucket=bucket, Key=memory.KEY, Body=b"{")
    bench.run()
    assert logs.messages == [
        "the history of the log sources cannot be read, so it begins anew:"
        " metrics_exporter/log-sources.json"
    ]
    assert len(bench.history().sources) == 2


def test_a_cluster_that_is_not_there_is_one_line_without_its_password(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENSEARCH_ENDPOINT", "http://admin:secret@127.0.0.1:9")
    with pytest.raises(MetricsError) as raised:
        handler({}, lambda_.Context(bench.stack.deployment))
    assert str(raised.value).startswith("no metrics, OpenSearch refuses: N/A ")
    assert logs.messages == [str(raised.value)]
    assert "secret" not in logs.text
    assert "Connection refused" in logs.text


def test_a_bucket_that_refuses_is_one_line_and_the_history_stays(bench: Bench, logs: Logs) -> None:
    bench.remember(SourceId("waf", OTHER, "us-east-1"))
    before = bench.history()
    refuse(aws.client("s3"), "PutObject", "AccessDenied", "Access Denied", 403)
    with pytest.raises(MetricsError) as raised:
        handler({}, lambda_.Context(bench.stack.deployment))
    assert str(raised.value) == (
        "no metrics, AWS says: An error occurred (AccessDenied) when calling the PutObject"
        " operation: Access Denied"
    )
    assert logs.messages == [str(raised.value)]
    assert bench.history() == before
