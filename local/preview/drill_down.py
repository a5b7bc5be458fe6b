"""Which addresses, users and hosts lead to a page of their own: Threat hunting with a query.

In Dashboards each of them is such a link, by the format of its field. Here those that the overview
shows have a page.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from configure_domain import index_patterns
from local.preview.ask import Shown

HUNTING = "siem-hunting"


def queries(shown: Iterable[Shown], most: int) -> list[str]:
    """The first queries that values in these panels lead to, each once."""
    found = (query for panel in shown if panel.request for query in _of_panel(panel))
    return [*dict.fromkeys(found)][:most]


def query(field: str, value: Any) -> str:
    """The query that a value leads to, "" if its field is no link."""
    template = index_patterns.LINKS.get(field, "")
    if not isinstance(value, str) or value == "__missing__" or '"' in value or "\\" in value:
        return ""
    return template.replace("{{value}}", value)


def file(asked: str) -> str:
    """The page of a query; different queries have different pages."""
    slug = re.sub(r"[^a-z0-9]+", "-", asked.lower()).strip("-")[:60]
    return f"hunting-{slug}-{zlib.crc32(asked.encode()):08x}.html"


def pages(asked: Iterable[str]) -> Mapping[str, str]:
    """File by query."""
    return {each: file(each) for each in asked}


def _of_panel(panel: Shown) -> Iterator[str]:
    for row in panel.table.rows:
        for field, value in zip(panel.fields, row, strict=False):
            for one in value if isinstance(value, list) else [value]:
                if found := query(field, one):
                    yield found
