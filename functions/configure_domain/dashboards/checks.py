"""Checks of what a YAML file holds. Errors are DashboardError, and `at` says where."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from common.errors import DashboardError


@contextmanager
def at(place: str) -> Iterator[None]:
    """Errors inside begin with the place."""
    try:
        yield
    except DashboardError as error:
        raise DashboardError(f"{place}: {error}") from None


def check_keys(found: Mapping[str, Any], known: Iterable[str]) -> None:
    known = [*known]
    for key in found:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f", did you mean {near[0]}" if near else f", expected {', '.join(known)}"
            raise DashboardError(f"unknown key{hint}: {key}")


def check_option(found: Mapping[str, Any], key: str, expected: type | tuple[Any, ...]) -> None:
    value = found.get(key)
    if key not in found:
        return
    if isinstance(expected, tuple):
        if value not in expected:
            raise DashboardError(f"{key}: expected {', '.join(expected)}: {value}")
    elif type(value) is not expected or (expected is int and value < (key != "alert_above")):
        what = "true or false" if expected is bool else "a whole number"
        raise DashboardError(f"{key}: expected {what}: {value}")


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DashboardError(f"{what} is a mapping, got: {value}")
    return value


def as_list(value: Any) -> list[Any]:
    """One or several values, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
