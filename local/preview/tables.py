"""Panels that are text: numbers, tables, events, controls, links."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.preview import drill_down, formats
from local.preview.ask import Shown
from local.preview.markup import Markup, joined, tag

MOST_EVENTS = 100
MOST_CHOICES = 8  # of a control
LINK = re.compile(r"\[([^\]]*)\]\(#/view/siem-([\w-]+)\)")
Pages = Mapping[str, str]


def numbers(shown: Shown) -> Markup:
    """The numbers of a metric; those above its bound are coloured."""
    assert shown.request
    style = shown.request.state["params"]["metric"]
    bound = style["colorsRange"][-1]["from"] if style["metricColorMode"] == "Labels" else None
    made = []
    for row in shown.table.rows:
        names = row[: shown.table.buckets]
        for place, value in enumerate(row[shown.table.buckets :], shown.table.buckets):
            format = shown.formats.get(shown.fields[place])
            alarm = bound is not None and _is_number(value) and value >= bound
            label = names[0] if names else shown.table.columns[place]
            shows_label = style["labels"]["show"]
            made.append(
                tag(
                    "li",
                    tag("b", formats.written(value, format), class_="alarm" if alarm else None),
                    tag("span", formats.written(label)) if shows_label else None,
                )
            )
    return tag("ul", *made, class_="numbers")


def rows(shown: Shown, pages: Pages) -> Markup:
    """A table, sorted as its columns ask."""
    assert shown.request
    found = [*shown.table.rows]
    state = json.loads(shown.saved["attributes"]["uiStateJSON"])
    if sort := state.get("vis", {}).get("sortColumn"):
        column = sort["colIndex"]
        found.sort(key=lambda row: _order(row[column]), reverse=sort["direction"] == "desc")
    fields, buckets = shown.fields, shown.table.buckets
    numeric = [any(_is_number(row[place]) for row in found) for place in range(len(fields))]
    head = tag(
        "tr",
        *(
            tag("th", name, class_="number" if place >= buckets and numeric[place] else None)
            for place, name in enumerate(shown.table.columns)
        ),
    )
    body = [
        tag(
            "tr",
            *(
                _cell(shown, fields[place], value, pages, place >= buckets)
                for place, value in enumerate(row)
            ),
        )
        for row in found
    ]
    return tag("table", tag("thead", head), tag("tbody", *body))


def events(shown: Shown, pages: Pages) -> Markup:
    """The events of a saved search; each opens to the whole document."""
    hits = shown.answer["hits"]["hits"][:MOST_EVENTS]
    head = tag("tr", *(tag("th", each) for each in ("Time", *shown.table.columns)))
    body = []
    for hit, row in zip(hits, shown.table.rows, strict=False):
        source = hit["_source"]
        fields = sorted(_leaves(source))
        whole = tag("table", *(tag("tr", tag("th", name), tag("td", one)) for name, one in fields))
        time = tag("summary", formats.moment(str(source["@timestamp"])))
        body.append(
            tag(
                "tr",
                tag("td", tag("details", time, whole)),
                *(
                    _cell(shown, field, value, pages)
                    for field, value in zip(shown.fields, row, strict=True)
                ),
            )
        )
    total = shown.answer["hits"]["total"]["value"]
    count = tag("p", f"{len(body)} of {total:,} events, click a time for the whole event")
    return joined(count, tag("table", tag("thead", head), tag("tbody", *body), class_="events"))


def choices(shown: Shown) -> Markup:
    """What can be chosen in controls; nothing happens here."""
    by_label: dict[str, list[str]] = {}
    for label, value in shown.table.rows:
        by_label.setdefault(label, []).append(formats.written(value))
    made = []
    for label, values in by_label.items():
        more = [f"and {len(values) - MOST_CHOICES} more"] if len(values) > MOST_CHOICES else []
        made.append(tag("dt", label))
        made.append(tag("dd", ", ".join([*values[:MOST_CHOICES], *more])))
    return tag("dl", *made)


def text(markdown: str) -> Markup:
    """Markdown of which only links to dashboards are drawn as such."""
    made: list[Any] = []
    at = 0
    for link in LINK.finditer(markdown):
        made += [markdown[at : link.start()], tag("a", link[1], href=f"{link[2]}.html")]
        at = link.end()
    return tag("p", *made, markdown[at:])


def _cell(shown: Shown, field: str, value: Any, pages: Pages, is_metric: bool = False) -> Markup:
    query = drill_down.query(field, value[0] if isinstance(value, list) else value)
    written: Any = formats.written(value, shown.formats.get(field))
    if query in pages:
        written = tag("a", written, href=pages[query])
    return tag("td", written, class_="number" if is_metric and _is_number(value) else None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _order(value: Any) -> tuple[int, Any]:
    """Numbers, then texts; what is missing before both."""
    if value is None:
        return 0, 0
    return (1, value) if isinstance(value, int | float) else (2, str(value))


def _leaves(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Fields of a document by dotted name, as text."""
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(node, str):
        yield name, node
    else:
        yield name, json.dumps(node, ensure_ascii=False)
