"""Tells where what is there differs from what is wanted."""

from collections.abc import Mapping
from typing import Any


def differences(wanted: Any, present: Any, at: str = "") -> list[str]:
    """Dotted paths at which `present` lacks something wanted, or has something else.

    What a server adds of its own to an object is no difference. Numbers and booleans equal their
    text, and lists of such values have no order: servers give both back as they please.
    """
    if isinstance(wanted, Mapping):
        if not isinstance(present, Mapping):
            return [at]
        return [
            path
            for key, value in wanted.items()
            for path in differences(value, present.get(key), f"{at}.{key}" if at else str(key))
        ]
    if isinstance(wanted, list):
        if not isinstance(present, list) or len(wanted) != len(present):
            return [at]
        if not any(isinstance(each, Mapping | list) for each in wanted):
            return [] if sorted(map(_text, wanted)) == sorted(map(_text, present)) else [at]
        pairs = enumerate(zip(wanted, present, strict=True))
        return [path for n, (own, other) in pairs for path in differences(own, other, f"{at}[{n}]")]
    return [] if _text(wanted) == _text(present) else [at]


def describe(paths: list[str], most: int = 5) -> str:
    """The paths as a person reads them, the first few by name."""
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
