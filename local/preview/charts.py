"""Charts as SVG, coloured by the classes c0 to c9 of the page's style."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from local.panels import Table
from local.preview import formats
from local.preview.ask import Range, Shown
from local.preview.markup import Markup, joined, tag

COLORS = 10
WIDTH, LEFT, BOTTOM, TOP = 640, 64, 22, 8  # of a drawing; its margins
MOST_BARS = 60
Points = Mapping[str, Mapping[Any, float]]  # value by series and place on the axis


def over_time(shown: Shown, range: Range, height: int) -> Markup:
    """Bars, an area or lines over the range."""
    assert shown.request
    found = _series(shown.table)
    moments = sorted({moment for points in found.values() for moment in points})
    start, end = range.since.timestamp(), range.until.timestamp()
    at = {
        each: (datetime.fromisoformat(each).timestamp() - start) / (end - start) for each in moments
    }
    gaps = [at[b] - at[a] for a, b in itertools.pairwise(moments)]
    wide = max(min([*gaps, 1 / MOST_BARS]), 1 / 400)
    stacked = shown.request.state["type"] != "line"
    most = _round(_most(found, moments, stacked))
    plot = _Plot(height, most, shown)
    drawn: list[Markup] = []
    below: defaultdict[Any, float] = defaultdict(float)
    for number, (name, points) in enumerate(found.items()):
        color = f"c{number % COLORS}"
        if not stacked:
            drawn.append(plot.line([(at[each], points[each]) for each in sorted(points)], color))
        for moment, value in sorted(points.items()):
            label = f"{formats.moment(moment)} · {name}: {plot.text(value)}"
            x = min(max(at[moment], 0), 1 - wide)
            if stacked:
                drawn.append(plot.bar(x, wide, below[moment], value, color, label))
                below[moment] += value
            else:
                drawn.append(plot.dot(at[moment], value, color, label))
    times = f"{range.since:%m-%d %H:%M}", f"{range.until:%m-%d %H:%M} UTC"
    return tag("div", _legend(found), plot.drawing(drawn, times), class_="chart")


def lying_bars(shown: Shown) -> Markup:
    """Bars by name, of an axis that is no time, with a list of the values."""
    found = _series(shown.table)
    names = [*dict.fromkeys(name for points in found.values() for name in points)]
    sums = {name: sum(points.get(name, 0) for points in found.values()) for name in names}
    most = max(sums.values(), default=0) or 1
    metric = shown.formats.get(shown.fields[-1])
    rows = []
    for name in names:
        parts = [
            tag(
                "i",
                class_=f"c{number % COLORS}",
                style=f"width:{100 * points[name] / most:.2f}%",
                title=f"{label}: {formats.written(points[name], metric)}",
            )
            for number, (label, points) in enumerate(found.items())
            if points.get(name)
        ]
        format = shown.formats.get(shown.fields[0])
        rows.append(
            tag(
                "tr",
                tag("th", formats.written(name, format)),
                tag("td", tag("div", *parts, class_="bar")),
                tag("td", formats.written(sums[name], metric), class_="number"),
            )
        )
    legend = _legend(found) if len(found) > 1 else None
    return joined(legend, tag("table", *rows, class_="bars"))


def rings(shown: Shown) -> Markup:
    """A donut: a ring for each level of buckets."""
    levels, drawn = shown.table.buckets, []
    legend: dict[str, str] = {}
    total = sum(row[-1] or 0 for row in shown.table.rows) or 1
    for level in range(levels):
        parts: defaultdict[tuple[Any, ...], float] = defaultdict(float)
        for row in shown.table.rows:
            parts[row[: level + 1]] += row[-1] or 0
        radius, done = 40 + 22 * level, 0.0
        for number, (keys, value) in enumerate(parts.items()):
            share = 100 * value / total
            name = " / ".join(formats.written(each) for each in keys)
            color = f"c{number % COLORS}"
            legend |= {name: color} if level == levels - 1 else {}
            drawn.append(
                tag(
                    "circle",
                    tag("title", f"{name}: {formats.written(value)} ({share:.0f} %)"),
                    r=radius,
                    class_=f"ring {color}",
                    pathLength=100,
                    stroke_dasharray=f"{share:.3f} {100 - share:.3f}",
                    stroke_dashoffset=f"{25 - done:.3f}",
                )
            )
            done += share
    half = 60 + 22 * (levels - 1)
    box = f"{-half} {-half} {2 * half} {2 * half}"
    names = [tag("li", tag("i", class_=color), name) for name, color in legend.items()]
    return tag("div", tag("svg", *drawn, viewBox=box), tag("ul", *names), class_="pie")


def heatmap(shown: Shown) -> Markup:
    """A cell for each pair of buckets, the darker the more."""
    columns = sorted({row[0] for row in shown.table.rows}, key=str)
    names = [*dict.fromkeys(row[1] for row in shown.table.rows)]
    values = {(row[1], row[0]): row[-1] or 0 for row in shown.table.rows}
    most = max(values.values(), default=0) or 1
    rows = []
    for name in names:
        cells = []
        for column in columns:
            value = values.get((name, column), 0)
            strength = 0.15 + 0.85 * value / most if value else 0
            label = f"{formats.written(column)} · {name}: {formats.written(value)}"
            cells.append(tag("td", title=label, style=f"--strength:{strength:.2f}"))
        rows.append(tag("tr", tag("th", formats.written(name)), *cells))
    ends = tag("caption", f"{formats.written(columns[0])} to {formats.written(columns[-1])}")
    return tag("table", ends, *rows, class_="heat")


def _series(table: Table) -> Points:
    """Values by series, then by what is on the axis."""
    found: dict[str, dict[Any, float]] = {}
    for row in table.rows:
        names = [formats.written(each) for each in row[1 : table.buckets]]
        metrics = table.columns[table.buckets :]
        for metric, value in zip(metrics, row[table.buckets :], strict=True):
            several = [metric] if len(metrics) > 1 or not names else []
            name = " / ".join([*names, *several])
            if isinstance(value, int | float) and math.isfinite(value):
                found.setdefault(name, {})[row[0]] = value
    return found


def _most(found: Points, moments: Sequence[Any], stacked: bool) -> float:
    if not stacked:
        return max((max(points.values()) for points in found.values()), default=0)
    return max((sum(each.get(m, 0) for each in found.values()) for m in moments), default=0)


def _round(most: float) -> float:
    """The top of an axis: even, so that its middle is a whole number."""
    return most if 0 < most <= 1 else max(2 * math.ceil(most / 2), 2)


def _legend(found: Iterable[str]) -> Markup:
    keys = [
        tag("li", tag("i", class_=f"c{number % COLORS}"), name) for number, name in enumerate(found)
    ]
    return tag("ul", *keys, class_="legend")


class _Plot:
    """An axis of time and one of values, in the pixels of a drawing."""

    def __init__(self, height: int, most: float, shown: Shown) -> None:
        self.height, self.most = height, most
        self.format = shown.formats.get(shown.fields[-1])

    def text(self, value: float) -> str:
        return formats.written(value, self.format)

    def x(self, share: float) -> float:
        return LEFT + share * (WIDTH - LEFT - 8)

    def y(self, value: float) -> float:
        return self.height - BOTTOM - value / self.most * (self.height - BOTTOM - TOP)

    def bar(
        self, share: float, wide: float, below: float, value: float, color: str, label: str
    ) -> Markup:
        top = self.y(below + value)
        return tag(
            "rect",
            tag("title", label),
            x=f"{self.x(share):.1f}",
            y=f"{top:.1f}",
            width=f"{max(self.x(wide) - self.x(0) - 1, 1):.1f}",
            height=f"{max(self.y(below) - top, 0.5):.1f}",
            class_=color,
        )

    def dot(self, share: float, value: float, color: str, label: str) -> Markup:
        x, y = f"{self.x(share):.1f}", f"{self.y(value):.1f}"
        return tag("circle", tag("title", label), cx=x, cy=y, r=2.5, class_=color)

    def line(self, points: list[tuple[float, float]], color: str) -> Markup:
        path = " ".join(f"{self.x(share):.1f},{self.y(value):.1f}" for share, value in points)
        return tag("polyline", points=path, class_=f"line {color}")

    def drawing(self, drawn: list[Markup], times: tuple[str, str]) -> Markup:
        right = WIDTH - 8
        grid = [
            joined(
                tag("line", x1=LEFT, x2=right, y1=self.y(each), y2=self.y(each), class_="grid"),
                tag("text", self.text(each), x=LEFT - 6, y=self.y(each) + 4, text_anchor="end"),
            )
            for each in (0, self.most / 2, self.most)
        ]
        ends = [
            tag("text", times[0], x=LEFT, y=self.height - 5),
            tag("text", times[1], x=right, y=self.height - 5, text_anchor="end"),
        ]
        return tag("svg", *grid, *drawn, *ends, viewBox=f"0 0 {WIDTH} {self.height}")
