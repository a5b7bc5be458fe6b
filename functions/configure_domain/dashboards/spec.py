"""Reads a dashboard's file: its own keys, and its rows, which lay the panels on the grid."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import DashboardError
from configure_domain.dashboards import dql, yaml_file
from configure_domain.dashboards.checks import as_list, at, check_keys, check_option, mapping
from configure_domain.dashboards.panel import (
    GRID,
    OPTIONS,
    Panel,
    Place,
    index_titles,
    name,
    read_panel,
)

HEIGHT, HEIGHTS = 12, range(2, 61)  # of a row, where none is given; those it may have
TOP = ("id", "title", "short", "description", "index", "where", "time", "rows")
REQUIRED = ("id", "title", "description", "index", "rows")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TIME = re.compile(r"now-[1-9]\d*[mhdwMy](?:/[mhdwMy])?")


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard; `file` is for messages, `time` the start of the range it opens with, or ""."""

    file: str
    id: str
    title: str
    short: str
    description: str
    index: str
    where: str
    condition: dql.Node | None
    time: str
    panels: tuple[Panel, ...]


def read(path: Path) -> Dashboard:
    """The dashboard in a file. Raises DashboardError, which names file and panel."""
    file = f"{path.parent.name}/{path.name}"
    with at(file):
        found = mapping(yaml_file.load(path), "a dashboard")
        check_keys(found, TOP)
        if missing := [key for key in REQUIRED if not found.get(key)]:
            raise DashboardError(f"is missing: {', '.join(missing)}")
        if not ID.fullmatch(str(found["id"])):
            raise DashboardError(f"id: expected lower case, digits and hyphens: {found['id']}")
        time = str(found.get("time", ""))
        if time and not TIME.fullmatch(time):
            raise DashboardError(f"time: expected such as now-24h: {time}")
        where = str(found.get("where", ""))
        index = index_titles(found["index"])
        panels = tuple(_panels(found["rows"], index))
        ids = [panel.id for panel in panels]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise DashboardError(f"panels that need another id: {', '.join(twice)}")
        return Dashboard(
            file=file,
            id=str(found["id"]),
            title=str(found["title"]),
            short=str(found.get("short", found["title"])),
            description=str(found["description"]),
            index=index,
            where=where,
            condition=dql.parse(where) if where else None,
            time=time,
            panels=panels,
        )


def _panels(rows: Any, index: str) -> Iterator[Panel]:
    y = 0
    for number, row in enumerate(as_list(rows), 1):
        row = {"panels": row} if isinstance(row, list) else mapping(row, "a row")
        with at(f"row {number}"):
            check_keys(row, ("height", "panels"))
            check_option(row, "height", HEIGHTS)
            height = row.get("height", HEIGHT)
            panels = [mapping(each, "a panel") for each in as_list(row.get("panels"))]
        for panel, x, w in _placed(panels, number):
            with at(f'panel "{name(panel)}"'):
                yield read_panel(panel, Place(x, y, w, height), index)
        y += height


def _placed(
    panels: list[Mapping[str, Any]], number: int
) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    """Each panel of a row with its column and width; those without `w` share what is left."""
    names = ", ".join(f'"{name(each)}"' for each in panels)
    for each in panels:
        with at(f'panel "{name(each)}"'):
            check_option(each, "w", OPTIONS["w"])
    left = GRID - sum(each.get("w", 0) for each in panels)
    free = sum("w" not in each for each in panels)
    if left < free:
        raise DashboardError(f"row {number} is wider than {GRID} columns: panels {names}")
    x = 0
    for position, each in enumerate(panels):
        w = each["w"] if "w" in each else left // free
        if position == len(panels) - 1:
            w = GRID - x
        yield each, x, w
        x += w
