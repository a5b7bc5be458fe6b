"""Makes the `visState` of a panel: its type, aggregations and parameters."""

from collections.abc import Iterator
from typing import Any

from configure_domain.dashboards import charts
from configure_domain.dashboards.expressions import Bucket, Filters, Metric
from configure_domain.dashboards.panel import Panel

Aggregation = dict[str, Any]
TYPES = {
    "metric": "metric",
    "bars": "histogram",
    "area": "area",
    "line": "line",
    "pie": "pie",
    "table": "table",
    "heatmap": "heatmap",
    "region": "region_map",
    "controls": "input_control_vis",
    "links": "markdown",
    "markdown": "markdown",
}
# What Dashboards calls the buckets of `over` and `by`, and those of `split`.
SCHEMAS = {"metric": ("group", ""), "table": ("bucket", "")}
SCHEMA = ("segment", "group")
SIZES = {"metric": 5, "pie": 5, "region": 250}  # of buckets in `by`
SIZE, SPLIT_SIZE, CONTROL_SIZE = 10, 5, 50
# Those whose value orders the buckets; others have none or several.
ORDERS = ("count", "sum", "avg", "min", "max", "cardinality")
INTERVALS = {"minute": "m", "hour": "h", "day": "d", "week": "w", "month": "M"}


def state(panel: Panel, title: str, text: str = "") -> dict[str, Any]:
    """The visState. `text`: of markdown and links."""
    type, aggregations = TYPES[panel.kind], []
    if panel.kind == "controls":
        params = _controls(panel)
    elif type == "markdown":
        params = {"fontSize": 12, "openLinksInNewTab": False, "markdown": text}
    else:
        params, aggregations = charts.params(panel), [*_aggregations(panel)]
        if charts.is_horizontal(panel):
            type = "horizontal_bar"
    return {"title": title, "type": type, "aggs": aggregations, "params": params}


def ui_state(panel: Panel) -> dict[str, Any]:
    """What a person could have set by clicking: a table begins with the largest first metric."""
    if panel.kind != "table" or panel.over:
        return {}
    ascending = any(getattr(each, "ascending", False) for each in panel.by)
    direction = "asc" if ascending else "desc"
    return {"vis": {"sortColumn": {"colIndex": len(panel.by), "direction": direction}}}


def _aggregations(panel: Panel) -> Iterator[Aggregation]:
    """The metrics, then the buckets from the outside; ids count from 1."""
    order = next(
        (str(place) for place, each in enumerate(panel.metrics, 1) if each.type in ORDERS), "custom"
    )
    schema, split_schema = SCHEMAS.get(panel.kind, SCHEMA)
    size = SIZES.get(panel.kind, SIZE)
    buckets = [(schema, _bucket(each, size, order)) for each in panel.by]
    if panel.over:
        buckets.insert(0, (schema, _histogram(panel)))
    buckets += [(split_schema, _bucket(each, SPLIT_SIZE, order)) for each in panel.split]
    metrics = [("metric", _metric(each)) for each in panel.metrics]
    for number, (name, aggregation) in enumerate(metrics + buckets, 1):
        yield {"id": str(number), "enabled": True, "schema": name, **aggregation}


def _metric(metric: Metric) -> Aggregation:
    params: dict[str, Any] = {}
    if metric.field:
        params["field"] = metric.field
    if metric.type == "percentiles":
        params["percents"] = [metric.percent]
    elif metric.type == "median":
        params["percents"] = [50]
    elif metric.type == "top_hits":
        params |= {"aggregate": "concat", "size": 1, "sortField": "@timestamp", "sortOrder": "desc"}
    if metric.label:
        params["customLabel"] = metric.label
    return {"type": metric.type, "params": params}


def _bucket(bucket: Bucket, size: int, order: str) -> Aggregation:
    if isinstance(bucket, Filters):
        filters = [
            {"input": {"query": text, "language": "kuery"}, "label": label}
            for label, text, _ in bucket.conditions
        ]
        return {"type": "filters", "params": {"filters": filters}}
    params: dict[str, Any] = {
        "field": bucket.field,
        "orderBy": order,
        "order": "asc" if bucket.ascending else "desc",
        "size": bucket.size or size,
        "otherBucket": bucket.other,
        "otherBucketLabel": "Other",
        "missingBucket": bucket.missing,
        "missingBucketLabel": "Missing",
    }
    if order == "custom":
        params["orderAgg"] = {
            "id": "order",
            "enabled": True,
            "type": "count",
            "schema": "orderAgg",
            "params": {},
        }
    if bucket.label:
        params["customLabel"] = bucket.label
    return {"type": "terms", "params": params}


def _histogram(panel: Panel) -> Aggregation:
    interval = panel.options.get("interval", "auto")
    params = {
        "field": panel.over,
        "useNormalizedOpenSearchInterval": True,
        "scaleMetricValues": False,
        "interval": INTERVALS.get(interval, interval),
        "drop_partials": False,
        "min_doc_count": 1,
        "extended_bounds": {},
    }
    return {"type": "date_histogram", "params": params}


def _controls(panel: Panel) -> dict[str, Any]:
    controls = [
        {
            "id": f"control-{number}",
            "fieldName": control.field,
            "parent": "",
            "label": control.label,
            "type": "list",
            "options": {
                "type": "terms",
                "multiselect": True,
                "dynamicOptions": True,
                "size": CONTROL_SIZE,
                "order": "desc",
            },
            "indexPatternRefName": f"control_{number}_index_pattern",
        }
        for number, control in enumerate(panel.controls)
    ]
    return {
        "controls": controls,
        "updateFiltersOnChange": True,
        "useTimeFilter": True,
        "pinFilters": False,
    }
