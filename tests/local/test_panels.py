"""The requests of panels, and what is made of the answers, as Dashboards does both."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local import panels
from local.panels import aggregations, interval

SINCE, UNTIL = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
TYPES = {"@timestamp": "date", "user.name": "string", "source.port": "number", "message": "string"}
FIELDS = {
    name: {"name": name, "type": type, "readFromDocValues": name != "message"}
    for name, type in TYPES.items()
}
TERMS = {"size": 5, "order": "desc", "missingBucket": False}


def aggregation(id: str, type: str, schema: str = "metric", **params: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "schema": schema, "enabled": True, "params": params}


COUNT = aggregation("1", "count")
SUM = aggregation("1", "sum", field="source.port")
BY_USER = aggregation("2", "terms", "bucket", field="user.name", orderBy="1", **TERMS)


def asked(type: str, *found: dict[str, Any], days: float = 1) -> dict[str, Any]:
    state = {"type": type, "aggs": [*found]}
    return aggregations.asked(state, FIELDS, timedelta(days=days))


@pytest.mark.parametrize(
    ("hours", "width"), [(0.25, "30s"), (1, "1m"), (24, "30m"), (168, "3h"), (720, "12h")]
)
def test_the_bars_of_a_time_axis_are_as_wide_as_in_dashboards(hours: float, width: str) -> None:
    assert interval.automatic(timedelta(hours=hours)) == width


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        ("auto", {"fixed_interval": "30m"}),
        ("h", {"calendar_interval": "1h"}),
        ("d", {"calendar_interval": "1d"}),
        ("M", {"calendar_interval": "1M"}),
    ],
)
def test_an_interval_is_of_the_calendar_where_it_can_be(chosen: str, asked: dict[str, str]) -> None:
    assert interval.width(chosen, timedelta(days=1)) == asked


def test_buckets_are_ordered_by_the_metric_that_is_asked_in_them() -> None:
    assert asked("table", SUM, BY_USER) == {
        "2": {
            "terms": {"field": "user.name", "size": 5, "order": {"1": "desc"}},
            "aggs": {"1": {"sum": {"field": "source.port"}}},
        }
    }
    assert asked("table", COUNT, BY_USER)["2"] == {
        "terms": {"field": "user.name", "size": 5, "order": {"_count": "desc"}}
    }


def test_metrics_are_asked_in_the_innermost_bucket_and_of_a_pie_in_each() -> None:
    inner = aggregation("3", "terms", "bucket", field="source.port", orderBy="custom", **TERMS)
    metric = {"1": {"cardinality": {"field": "user.name"}}}
    unique = aggregation("1", "cardinality", field="user.name")
    outer = BY_USER | {"params": BY_USER["params"] | {"orderBy": "custom"}}
    table, pie = asked("table", unique, outer, inner), asked("pie", unique, outer, inner)
    assert table["2"]["aggs"]["3"]["aggs"] == metric
    assert table["2"]["aggs"].keys() == {"3"}
    assert pie["2"]["aggs"].keys() == {"1", "3"}


def test_documents_without_a_value_are_a_bucket_of_keywords_only() -> None:
    for field, missing in (("user.name", "__missing__"), ("source.port", None)):
        params = BY_USER["params"] | {"field": field, "missingBucket": True}
        terms = asked("table", COUNT, BY_USER | {"params": params})["2"]["terms"]
        assert terms.get("missing") == missing


def test_the_latest_value_of_a_text_is_read_from_the_source() -> None:
    latest: dict[str, Any] = {
        "aggregate": "concat",
        "size": 1,
        "sortField": "@timestamp",
        "sortOrder": "desc",
    }
    sort = {"size": 1, "sort": [{"@timestamp": {"order": "desc"}}]}
    assert asked("metric", aggregation("1", "top_hits", field="message", **latest)) == {
        "1": {"top_hits": {"_source": "message", **sort}}
    }
    user = asked("metric", aggregation("1", "top_hits", field="user.name", **latest))
    assert user["1"]["top_hits"]["docvalue_fields"] == [{"field": "user.name"}]


def test_conditions_are_buckets_by_their_labels() -> None:
    filters = [{"label": "Mine", "input": {"query": "user.name: me", "language": "kuery"}}]
    made = asked("table", COUNT, aggregation("2", "filters", "bucket", filters=filters))
    (query,) = made["2"]["filters"]["filters"]["Mine"]["bool"]["filter"]
    assert query["bool"]["should"] == [{"match": {"user.name": "me"}}]


def test_rows_are_the_buckets_with_their_metrics() -> None:
    latest = aggregation("3", "top_hits", field="message")
    worst = aggregation("4", "max", field="@timestamp", customLabel="Worst")
    percent = aggregation("5", "percentiles", field="source.port", percents=[95])
    state = {"type": "table", "aggs": [COUNT, latest, worst, percent, BY_USER]}
    bucket = {
        "key": "alice",
        "doc_count": 3,
        "3": {"hits": {"hits": [{"_source": {"message": "hello"}}]}},
        "4": {"value": 1.0, "value_as_string": "1970-01-01"},
        "5": {"values": [{"key": 95.0, "value": 443.0}]},
    }
    nobody = bucket | {"key": "bob", "doc_count": 1, "3": {"hits": {"hits": []}}}
    answer = {
        "hits": {"total": {"value": 4}},
        "aggregations": {"2": {"buckets": [bucket, nobody]}},
    }
    made = panels.table(state, answer)
    assert made.columns == (
        "user.name",
        "Count",
        "top_hits message",
        "Worst",
        "percentiles source.port",
    )
    assert made.buckets == 1
    assert made.rows == (
        ("alice", 3, "hello", "1970-01-01", 443.0),
        ("bob", 1, None, "1970-01-01", 443.0),
    )


def test_a_panel_asks_for_its_range_and_its_condition() -> None:
    pattern = {
        "type": "index-pattern",
        "id": "siem-log",
        "attributes": {
            "title": "log-*",
            "timeFieldName": "@timestamp",
            "fields": json.dumps([*FIELDS.values()]),
        },
    }
    source = {"query": {"query": "user.name: alice", "language": "kuery"}, "filter": []}
    search = {
        "type": "search",
        "id": "siem-tried",
        "attributes": {
            "columns": ["user.name"],
            "sort": [["@timestamp", "desc"]],
            "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
        },
        "references": [{"type": "index-pattern", "id": "siem-log", "name": "index"}],
    }
    known = {("index-pattern", "siem-log"): pattern}
    request = panels.made_of(search, known, SINCE, UNTIL)
    assert request and request.index == "log-*"
    condition, bounds = request.body["query"]["bool"]["filter"]
    assert condition["bool"]["should"] == [{"match": {"user.name": "alice"}}]
    assert bounds["range"]["@timestamp"]["gte"] == "2026-11-24T00:00:00.000Z"
    assert bounds["range"]["@timestamp"]["lte"] == "2026-11-25T00:00:00.000Z"
    assert request.body["sort"] == [{"@timestamp": {"order": "desc"}}]
    narrow = panels.made_of(search, known, SINCE, UNTIL, 'user.name: "bob"')
    assert narrow and narrow.body["query"]["bool"]["filter"] == [
        condition,
        {"bool": {"should": [{"match_phrase": {"user.name": "bob"}}], "minimum_should_match": 1}},
        bounds,
    ]


def test_a_text_asks_for_nothing() -> None:
    state = {"type": "markdown", "aggs": [], "params": {"markdown": "Text."}}
    saved = {"type": "visualization", "attributes": {"visState": json.dumps(state)}}
    assert panels.made_of(saved, {}, SINCE, UNTIL) is None
