"""Checks the fields of a dashboard against those that our index templates map."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from common.errors import DashboardError, did_you_mean
from configure_domain.dashboards import dql
from configure_domain.dashboards.checks import at
from configure_domain.dashboards.expressions import Bucket, Filters, Terms
from configure_domain.dashboards.panel import Panel
from configure_domain.dashboards.spec import Dashboard
from configure_domain.index_patterns import KINDS, TEXTS

Fields = Mapping[str, str]  # mapping type by name
ANY = ("string", "number", "date", "boolean", "ip")
# What Dashboards lets an aggregation use: filterFieldTypes in its definition.
# https://github.com/opensearch-project/OpenSearch-Dashboards/tree/main/src/plugins/data/common/search/aggs
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "sum": ("number",),
    "avg": ("number",),
    "median": ("number",),
    "percentiles": ("number",),
    "min": ("number", "date"),
    "max": ("number", "date"),
    "cardinality": ANY,
    "top_hits": ANY,
    "terms": ANY,
    "date_histogram": ("date",),
}
COUNTRY = "country_iso_code"  # Dashboards' world map knows two-letter codes only
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def of_index(index: str, known: Mapping[str, Fields]) -> dict[str, str]:
    """The fields of an index; `known`: of each index pattern, by title.

    index  titles joined by commas; a wildcard in one may stand for part of a name
    """
    fields: dict[str, str] = {}
    for title in index.split(","):
        found = [each for each in known if each == title or fnmatchcase(each, title)]
        if title in known:
            found = [title]
        if not found:
            hint = did_you_mean(title, known)
            raise DashboardError(f"index: no log type has it{hint}: {title}")
        for each in found:
            fields |= known[each]
    return fields


def check(dashboard: Dashboard, known: Mapping[str, Fields]) -> None:
    """Raise DashboardError, naming file and panel, for a field that is not there or not fit."""
    with at(dashboard.file):
        of_index(dashboard.index, known)
        controls = [each for panel in dashboard.panels for each in panel.controls]
        for panel in dashboard.panels:
            with at(f'panel "{panel.title or panel.id}"'):
                fields = of_index(panel.index, known)
                if dashboard.condition and panel.asks:
                    _check_condition(dashboard.condition, fields)
                _check_panel(panel, fields)
                for control in controls if panel.asks else ():
                    if control.field not in fields:
                        raise DashboardError(
                            f"its index {panel.index} lacks the field of a control, which would "
                            f"empty it: {control.field}"
                        )


def aggregations(panel: Panel) -> Iterator[tuple[str, str]]:
    """Dashboards' name of each aggregation that a panel asks for, and its field."""
    for metric in panel.metrics:
        if metric.field:
            yield metric.type, metric.field
    if panel.over:
        yield "date_histogram", panel.over
    for bucket in (*panel.by, *panel.split):
        if isinstance(bucket, Terms):
            yield "terms", bucket.field
    for control in panel.controls:
        yield "terms", control.field


def _check_panel(panel: Panel, fields: Fields) -> None:
    if panel.condition:
        _check_condition(panel.condition, fields)
    for bucket in (*panel.by, *panel.split):
        _check_bucket(bucket, fields)
    for type, name in aggregations(panel):
        mapped = _type(name, fields)
        kind = KINDS.get(mapped, mapped)
        # The latest document is read from _source where there are no doc values: top_hit.ts.
        if mapped in TEXTS and type != "top_hits":
            raise DashboardError(f"{name} is text, which cannot be aggregated")
        if kind not in ALLOWED[type]:
            raise DashboardError(f"{type} needs {' or '.join(ALLOWED[type])}, {name} is {mapped}")
    if panel.kind == "search":
        for name in panel.values:
            _type(name, fields)
    if panel.kind == "region":
        (bucket,) = panel.by
        if not isinstance(bucket, Terms) or not bucket.field.endswith(COUNTRY):
            raise DashboardError(f"region needs a field that ends with: {COUNTRY}")


def _check_bucket(bucket: Bucket, fields: Fields) -> None:
    if isinstance(bucket, Filters):
        for _, _, condition in bucket.conditions:
            _check_condition(condition, fields)
    elif bucket.missing and KINDS.get(kind := _type(bucket.field, fields)) != "string":
        raise DashboardError(f"with missing needs a keyword, {bucket.field} is {kind}")


def _check_condition(node: dql.Node, fields: Fields) -> None:
    """Every field there, and every value one that its field can have."""
    for each in dql.conditions(node):
        type = _type(each.field, fields)
        kind = KINDS.get(type, type)
        if each.sign != ":" and kind not in ("number", "date", "ip"):
            raise DashboardError(f"where: {each.sign} has no sense, {each.field} is {type}")
        if each.value == "*" and not each.phrase:
            continue
        values = each.value.split(" ")
        if (
            (kind == "number" and not all(map(NUMBER.fullmatch, values)))
            or (kind == "boolean" and each.value not in ("true", "false"))
            or (kind == "ip" and "*" in each.value)
        ):
            raise DashboardError(f"where: {each.field} is {type}, it is never: {each.value}")


def _type(name: str, fields: Fields) -> str:
    if name not in fields:
        raise DashboardError(f"unknown field{did_you_mean(name, fields)}: {name}")
    return fields[name]
