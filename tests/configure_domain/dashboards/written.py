"""Dashboards that a test writes."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from configure_domain import index_patterns
from configure_domain.dashboards.compile import of_dashboard
from configure_domain.dashboards.fields import Fields
from configure_domain.dashboards.spec import read
from es_loader.log_type_file import load_all
from tests.configure_domain.dashboards.panels import Object

PANEL = {"id": "tried", "title": "Is it so?", "note": "Says whether it is so."}
TITLES = {"overview": "Security overview", "dns": "DNS"}  # of other dashboards


@cache
def known() -> Mapping[str, Fields]:
    """The fields of every index pattern, by title."""
    return index_patterns.fields_by_title(load_all())


def file(folder: Path, panels: Sequence[Mapping[str, Any]], **more: Any) -> Path:
    """A dashboard's file with one row; `more` is of the dashboard, None takes a key away."""
    written = {
        "id": "tried",
        "title": "Tried",
        "description": "What a test writes.",
        "index": "log-*",
        "rows": [{"panels": [PANEL | dict(panel) for panel in panels]}],
    } | more
    path = folder / "tried.yaml"
    text = yaml.safe_dump({key: value for key, value in written.items() if value is not None})
    path.write_text(text, encoding="utf-8")
    return path


def objects(path: Path) -> list[Object]:
    """The saved objects of a dashboard's file, with every index pattern."""
    patterns = [index_patterns.pattern(title, fields) for title, fields in known().items()]
    return [*patterns, *of_dashboard(read(path), known(), TITLES)]
