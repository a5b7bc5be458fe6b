"""Reads what a panel measures, and what by.

Metric:  count | sum(f) | avg(f) | min(f) | max(f) | unique(f) | median(f) | p95(f) | latest(f)
         each with: as Label
Bucket:  field [top N] [asc] [with other] [with missing] [as Label]   |   {label: condition, ...}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import DashboardError
from configure_domain.dashboards import dql

METRIC = re.compile(r"\s*(\w+)\s*(?:\(\s*([^)\s]*)\s*\))?(?:\s+as\s+(\S.*?))?\s*")
BUCKET = re.compile(
    r"\s*(\S+)(?:\s+top\s+(\d+))?(\s+asc)?((?:\s+with\s+(?:other|missing))*)(?:\s+as\s+(\S.*?))?\s*"
)
CONTROL = re.compile(r"\s*(\S+)(?:\s+as\s+(\S.*?))?\s*")
FUNCTIONS = {  # ours -> Dashboards'
    "count": "count",
    "sum": "sum",
    "avg": "avg",
    "min": "min",
    "max": "max",
    "unique": "cardinality",
    "median": "median",
    "latest": "top_hits",
}
PERCENTILE = re.compile(r"p([1-9]\d?)")
MOST_BUCKETS = 1000


@dataclass(frozen=True, slots=True)
class Metric:
    """A number for each bucket. `type` is Dashboards' name of the aggregation; count has no field.

    percent  of type percentiles
    """

    text: str
    type: str
    field: str = ""
    label: str = ""
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """A bucket for each of a field's values: the first `size` by a metric."""

    field: str
    size: int = 0  # 0: what the kind of panel has by default
    ascending: bool = False
    other: bool = False
    missing: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """A bucket for each condition, by label: (label, DQL, what the DQL says)."""

    conditions: tuple[tuple[str, str, dql.Node], ...]


Bucket = Terms | Filters


@dataclass(frozen=True, slots=True)
class Control:
    """A field whose values can be chosen."""

    field: str
    label: str


def metric(text: Any) -> Metric:
    """The metric that a text is. Raises DashboardError."""
    found = METRIC.fullmatch(str(text))
    if not found:
        raise DashboardError(f"no metric: {text}")
    name, field, label = (part or "" for part in found.groups())
    if percentile := PERCENTILE.fullmatch(name):
        type, percent = "percentiles", int(percentile[1])
    elif name in FUNCTIONS:
        type, percent = FUNCTIONS[name], 0
    else:
        raise DashboardError(f"unknown metric, expected {', '.join(FUNCTIONS)} or p95: {text}")
    if (type == "count") != (not field):
        raise DashboardError(f"{'count has no' if type == 'count' else 'needs a'} field: {text}")
    return Metric(str(text), type, field, label, percent)


def bucket(value: Any) -> Bucket:
    """The bucket that a text or mapping is. Raises DashboardError."""
    if isinstance(value, Mapping):
        if not value:
            raise DashboardError("a bucket of conditions is empty")
        return Filters(
            tuple((str(label), str(text), dql.parse(str(text))) for label, text in value.items())
        )
    found = BUCKET.fullmatch(str(value))
    if not found:
        raise DashboardError(f"no bucket: {value}")
    field, size, ascending, options, label = found.groups()
    if size and not 0 < int(size) <= MOST_BUCKETS:
        raise DashboardError(f"top is from 1 to {MOST_BUCKETS}: {value}")
    return Terms(
        field,
        int(size or 0),
        bool(ascending),
        "other" in options.split(),
        "missing" in options.split(),
        label or "",
    )


def control(value: Any) -> Control:
    """The control that a text is. Raises DashboardError."""
    found = CONTROL.fullmatch(str(value))
    if not found:
        raise DashboardError(f"no control, expected `field as Label`: {value}")
    return Control(found[1], found[2] or found[1])
