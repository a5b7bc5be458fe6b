"""The page of a dashboard, on the grid of OpenSearch Dashboards: 48 columns, rows of 20 pixels."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local.preview import charts, tables
from local.preview.ask import Range, Shown
from local.preview.markup import Markup, joined, tag

STYLE = Path(__file__).with_name("style.css")
ROW = 22  # pixels
LABEL = (
    "Preview of the saved objects, drawn from the requests that their panels send to OpenSearch. "
    "This is not OpenSearch Dashboards: controls are lists, maps are lists of countries."
)
SAYS_NOTHING = "No document in this range."


def dashboard(
    attributes: Mapping[str, Any], shown: Sequence[Shown], range: Range, pages: tables.Pages
) -> str:
    """The page of a dashboard. `attributes`: its saved object's; `pages`: file by query."""
    asked = tag("p", "Query: ", tag("code", range.query)) if range.query else None
    head = [
        tag("nav", tag("a", "All dashboards", href="index.html")),
        tag("h1", attributes["title"]),
        tag("p", attributes["description"]),
        tag("p", f"{range.since:%Y-%m-%d %H:%M} to {range.until:%Y-%m-%d %H:%M} UTC"),
        asked,
    ]
    body = [_panel(each, range, pages) for each in shown]
    return whole(attributes["title"], joined(tag("header", *head), tag("main", *body)))


def whole(title: str, content: Markup) -> str:
    """A page that stands alone."""
    head = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark">'
        f"<style>{STYLE.read_text(encoding='utf-8')}</style>"
    )
    label = tag("p", LABEL, class_="label")
    return joined(
        head,
        tag("title", f"{title} (preview)"),
        Markup("</head>"),
        tag("body", label, content),
        Markup("</html>\n"),
    )


def _panel(shown: Shown, range: Range, pages: tables.Pages) -> Markup:
    place = shown.place
    note = shown.saved["attributes"]["description"]
    title = tag("h2", shown.title, tag("span", "i", title=note)) if shown.title else None
    state = " empty" if shown.is_empty else ""
    grid = f"--x:{place['x'] + 1};--y:{place['y'] + 1};--w:{place['w']};--h:{place['h']}"
    return tag(
        "section",
        title,
        tag("div", _content(shown, range, pages)),
        id=shown.saved["id"],
        class_=f"panel{' error' if shown.error else state}",
        style=grid,
    )


def _content(shown: Shown, range: Range, pages: tables.Pages) -> Markup:
    if shown.request is None:
        return tables.text(_markdown(shown))
    if shown.error:
        return tag("p", shown.error)
    if shown.is_empty:
        return tag("p", SAYS_NOTHING)
    state = shown.request.state
    match state["type"]:
        case "metric":
            return tables.numbers(shown)
        case "table":
            return tables.rows(shown, pages)
        case "search":
            return tables.events(shown, pages)
        case "input_control_vis":
            return tables.choices(shown)
        case "pie":
            return charts.rings(shown)
        case "heatmap":
            return charts.heatmap(shown)
    if any(each["type"] == "date_histogram" for each in state["aggs"]):
        height = max(shown.place["h"] * ROW - 70, 80)
        wide = shown.place["w"] / 24
        return charts.over_time(shown, range, int(height / wide))
    return charts.lying_bars(shown)


def _markdown(shown: Shown) -> str:
    state = json.loads(shown.saved["attributes"]["visState"])
    return str(state["params"]["markdown"])
