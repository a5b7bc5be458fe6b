"""Values as Dashboards writes them, by the formats of an index pattern."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
MISSING = "__missing__"


def written(value: Any, format: Mapping[str, Any] | None = None) -> str:
    """A value as text. `format`: an entry of fieldFormatMap."""
    if value is None:
        return "-"
    if value == MISSING:
        return "Missing"
    if isinstance(value, list):
        return ", ".join(written(each, format) for each in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return moment(value) if isinstance(value, str) else str(value)
    kind = (format or {}).get("id")
    if kind == "bytes":
        return size(value)
    if kind == "number":
        return f"{value:.0f}"
    if kind == "duration":
        return f"{value / 1e9:.3f} s"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def size(count: float) -> str:
    """Bytes in the unit that needs the fewest digits."""
    for unit in UNITS:
        if abs(count) < 1024 or unit == UNITS[-1]:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError


def moment(text: str) -> str:
    """A time as answers have it, to the second; any other text as it is."""
    if len(text) >= 20 and text[10:11] == "T" and text[:4].isdigit():
        try:
            return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"
        except ValueError:
            return text
    return text
