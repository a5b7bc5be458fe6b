"""Reads a panel: the keys that its kind may have, and what it shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.errors import DashboardError
from configure_domain.dashboards import dql, expressions
from configure_domain.dashboards.checks import Expected, as_list, check_keys, check_option
from configure_domain.dashboards.expressions import Bucket, Control, Metric

COMMON = ("id", "title", "w", "note")
ASKS = (*COMMON, "where", "index", "may_be_empty")
KINDS = {  # kind -> the keys of its panels
    "metric": (*ASKS, "by", "font", "alert_above"),
    "bars": (*ASKS, "over", "by", "split", "interval", "stacked", "horizontal"),
    "area": (*ASKS, "over", "by", "split", "interval", "stacked"),
    "line": (*ASKS, "over", "by", "split", "interval"),
    "pie": (*ASKS, "by"),
    "table": (*ASKS, "by", "over", "interval", "page"),
    "heatmap": (*ASKS, "over", "by", "split", "interval"),
    "region": (*ASKS, "by"),
    "search": (*ASKS, "sort"),
    "controls": COMMON,
    "links": COMMON,
    "markdown": COMMON,
}
WITHOUT_METRICS = ("search", "controls", "links", "markdown")
GRID = 48  # columns
OPTIONS: Mapping[str, Expected] = {
    "w": range(1, GRID + 1),
    "font": range(8, 121),
    "alert_above": range(10**9),
    "page": range(1, 1001),
    "stacked": bool,
    "horizontal": bool,
    "may_be_empty": bool,
    "interval": ("auto", "minute", "hour", "day", "week", "month"),
    "sort": ("asc", "desc"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Of a panel on the grid: columns, and rows of about 20 pixels."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel. `over` is the field of its time axis, "" without one.

    values   columns of a search, ids of links; text  of markdown
    where    as written, with what it says in `condition`; None where all is asked for
    index    titles of index patterns, joined by commas
    options  of its kind, by key
    """

    id: str
    kind: str
    title: str
    note: str
    place: Place
    index: str
    where: str = ""
    condition: dql.Node | None = None
    metrics: tuple[Metric, ...] = ()
    by: tuple[Bucket, ...] = ()
    split: tuple[Bucket, ...] = ()
    over: str = ""
    controls: tuple[Control, ...] = ()
    values: tuple[str, ...] = ()
    text: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether it asks for data by a condition of its own."""
        return self.kind not in ("controls", "links", "markdown")


def read_panel(found: Mapping[str, Any], place: Place, index: str) -> Panel:
    """The panel that a mapping is; `index`: the dashboard's. Raises DashboardError."""
    kinds = [kind for kind in KINDS if kind in found]
    if len(kinds) != 1:
        raise DashboardError(f"expected one of {', '.join(KINDS)}, got: {', '.join(found)}")
    kind = kinds[0]
    check_keys(found, (kind, *KINDS[kind]))
    for key, expected in OPTIONS.items():
        check_option(found, key, expected)
    content = _content(kind, found)
    metrics = content.get("metrics", ())
    label = (metrics[0].label or metrics[0].text) if metrics else kind.capitalize()
    title = str(found.get("title", "" if kind in ("links", "markdown") else label))
    where = str(found.get("where", ""))
    return Panel(
        id=str(found.get("id") or re.sub(r"[^a-z0-9]+", "-", (title or kind).lower()).strip("-")),
        kind=kind,
        title=title,
        note=str(found.get("note", "")),
        place=place,
        index=index_titles(found["index"]) if "index" in found else index,
        where=where,
        condition=dql.parse(where) if where else None,
        options={key: found[key] for key in OPTIONS if key in found},
        **content,
    )


def name(panel: Mapping[str, Any]) -> str:
    """What a person knows a panel by."""
    kind = next((kind for kind in KINDS if kind in panel), "")
    return str(panel.get("title") or panel.get("id") or panel.get(kind) or "without a kind")


def _content(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the panel shows, in the fields of Panel."""
    values = as_list(found[kind])
    if kind == "markdown":
        return {"text": str(found[kind])}
    if kind == "controls":
        return {"controls": tuple(expressions.control(each) for each in values)}
    if kind in WITHOUT_METRICS:
        return {"values": tuple(str(each) for each in values)}
    over = found.get("over", False)
    by = tuple(expressions.bucket(each) for each in as_list(found.get("by")))
    split = tuple(expressions.bucket(each) for each in as_list(found.get("split")))
    _check_buckets(kind, bool(over), len(by), len(split))
    metrics = tuple(expressions.metric(each) for each in values)
    if not metrics or (len(metrics) > 1 and kind in ("pie", "heatmap", "region")):
        raise DashboardError(f"{kind} shows one metric")
    field = "@timestamp" if over is True else str(over or "")
    return {"metrics": metrics, "by": by, "split": split, "over": field}


def _check_buckets(kind: str, over: bool, by: int, split: int) -> None:
    if kind in ("bars", "area", "line", "heatmap") and over + by != 1:
        raise DashboardError(f"{kind} has either `over` or one bucket in `by`")
    if kind == "heatmap" and split != 1:
        raise DashboardError("heatmap has one bucket in `split`")
    if kind == "pie" and not by:
        raise DashboardError("pie has buckets in `by`")
    if kind == "region" and by != 1:
        raise DashboardError("region has one bucket in `by`")
    if kind == "metric" and by > 1:
        raise DashboardError("metric has at most one bucket in `by`")
    if kind == "table" and not over + by:
        raise DashboardError("table has buckets in `by`, or `over`")


def index_titles(value: Any) -> str:
    """One or several titles of index patterns, joined by commas."""
    return ",".join(str(each).strip() for each in as_list(value))
