"""Writes the pages of all dashboards into a folder."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch

from configure_domain import dashboards, index_patterns
from es_loader.log_type_file import load_all
from local.preview import ask, drill_down, page
from local.preview.ask import Object, Range, Shown
from local.preview.markup import joined, tag

FIRST = "siem-overview"
MOST_PAGES = 24


def objects() -> list[Object]:
    """All saved objects that we ship."""
    log_types = load_all()
    return [*index_patterns.objects(log_types), *dashboards.objects(log_types)]


def write(
    node: OpenSearch,
    folder: Path,
    range: Range,
    saved: Sequence[Object],
    most: int = MOST_PAGES,
) -> Path:
    """Write a page for each dashboard of `saved`, and index.html, which lists them; return it.

    What is in the folder goes away. The first addresses, users and hosts that the overview shows,
    `most` of them, get a page of Threat hunting each.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ours = {each["id"]: each for each in saved if each["type"] == "dashboard"}
    shown = {id: ask.dashboard(node, each, saved, range) for id, each in ours.items()}
    pages = drill_down.pages(drill_down.queries(shown.get(FIRST, []), most))
    for id, each in ours.items():
        made = page.dashboard(each["attributes"], shown[id], range, pages)
        (folder / _file(id)).write_text(made, encoding="utf-8")
    for query, file in pages.items():
        hunting = ours[drill_down.HUNTING]
        narrow = Range(range.since, range.until, query)
        found = ask.dashboard(node, hunting, saved, narrow)
        made = page.dashboard(hunting["attributes"], found, narrow, pages)
        (folder / file).write_text(made, encoding="utf-8")
    index = folder / "index.html"
    index.write_text(_index(ours, shown, range), encoding="utf-8")
    return index


def _index(ours: Mapping[str, Object], shown: Mapping[str, Sequence[Shown]], range: Range) -> str:
    entries = [
        tag(
            "li",
            tag("a", ours[id]["attributes"]["title"], href=_file(id)),
            tag("p", ours[id]["attributes"]["description"]),
            None if _has_data(shown[id]) else tag("p", page.SAYS_NOTHING, class_="nothing"),
        )
        for id in sorted(ours, key=lambda id: _order(ours[id]["attributes"], id))
    ]
    times = f"{range.since:%Y-%m-%d %H:%M} to {range.until:%Y-%m-%d %H:%M} UTC"
    head = tag("header", tag("h1", "Dashboards"), tag("p", times))
    return page.whole("Dashboards", joined(head, tag("ul", *entries, class_="index")))


def _order(attributes: Mapping[str, Any], id: str) -> tuple[bool, str]:
    return id != FIRST, attributes["title"].lower()


def _has_data(shown: Sequence[Shown]) -> bool:
    """Whether the events of a dashboard, its last panel, are any."""
    return not shown[-1].is_empty


def _file(id: str) -> str:
    return f"{id.removeprefix(index_patterns.PREFIX)}.html"
