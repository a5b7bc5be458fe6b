"""The aggregations of a visualization as a cluster is asked for them.

Source: AggConfigs.toDsl in src/plugins/data/common/search/aggs of OpenSearch-Dashboards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from configure_domain.dashboards import dql
from local.panels import condition, interval

Aggregation = Mapping[str, Any]
Asked = dict[str, Any]
METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Around:
    """What an aggregation depends on besides itself.

    all     aggregations of the panel
    fields  those that its index pattern lists, by name
    span    range of time
    """

    all: Sequence[Aggregation]
    fields: Mapping[str, Mapping[str, Any]]
    span: timedelta

    @property
    def types(self) -> dict[str, str]:
        """Dashboards' type of each field."""
        return {name: each["type"] for name, each in self.fields.items()}


def asked(state: Mapping[str, Any], fields: Mapping[str, Any], span: timedelta) -> Asked:
    """The `aggs` for a visState: buckets inside one another, metrics in the innermost.

    A pie has them on every level: each ring has its sizes.
    """
    around = Around(state["aggs"], fields, span)
    metrics, buckets = split(state["aggs"])
    leaves = {each["id"]: _metric(each, around) for each in metrics if each["type"] != "count"}
    if not buckets:
        return leaves
    inner: Asked = {}
    for level, each in reversed([*enumerate(buckets)]):
        made = _bucket(each, around)
        inside = made.pop("aggs", {}) | inner
        if level == len(buckets) - 1 or state["type"] == "pie":
            inside |= leaves
        inner = {each["id"]: made | ({"aggs": inside} if inside else {})}
    return inner


def split(
    aggregations: Sequence[Aggregation],
) -> tuple[list[Aggregation], list[Aggregation]]:
    """Metrics, and buckets from the outside."""
    metrics = [each for each in aggregations if each["schema"] == METRIC]
    return metrics, [each for each in aggregations if each["schema"] != METRIC]


def _metric(each: Aggregation, around: Around) -> Asked:
    type, params = each["type"], each["params"]
    field = params["field"]
    if type in ("median", "percentiles"):
        return {
            "percentiles": {"field": field, "percents": params["percents"], "keyed": False},
        }
    if type == "top_hits":
        order = {params["sortField"]: {"order": params["sortOrder"]}}
        hits = {"_source": field, "size": params["size"], "sort": [order]}
        if around.fields[field]["readFromDocValues"]:
            date = {"format": "date_time"} if around.fields[field]["type"] == "date" else {}
            hits["docvalue_fields"] = [{"field": field} | date]
        return {"top_hits": hits}
    return {type: {"field": field}}


def _bucket(each: Aggregation, around: Around) -> Asked:
    type, params = each["type"], each["params"]
    if type == "date_histogram":
        width = interval.width(params["interval"], around.span)
        least = params["min_doc_count"]
        histogram = {"field": params["field"], "time_zone": "UTC", "min_doc_count": least}
        return {type: histogram | width}
    if type == "filters":
        return {"filters": {"filters": dict(_filter(one, around) for one in params["filters"])}}
    return _terms(params, around)


def _terms(params: Mapping[str, Any], around: Around) -> Asked:
    terms = {"field": params["field"], "size": params["size"]}
    if params["missingBucket"] and around.types.get(params["field"]) == "string":
        terms["missing"] = "__missing__"
    by = next((each for each in around.all if each["id"] == params["orderBy"]), None)
    if by is None or by["type"] == "count":
        return {"terms": terms | {"order": {"_count": params["order"]}}}
    order = {by["id"]: params["order"]}
    return {"terms": terms | {"order": order}, "aggs": {by["id"]: _metric(by, around)}}


def _filter(one: Mapping[str, Any], around: Around) -> tuple[str, Asked]:
    """Label and query, as Dashboards builds it of a list of queries."""
    query = condition.query(dql.parse(one["input"]["query"]), around.types)
    return one["label"], {"bool": {"must": [], "filter": [query], "should": [], "must_not": []}}
