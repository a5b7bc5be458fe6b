"""Checks of what a YAML file holds. Errors are DashboardError, and `at` says where."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from common.errors import DashboardError, did_you_mean

Expected = type[bool] | range | tuple[str, ...]


@contextmanager
def at(place: str) -> Iterator[None]:
    """Errors inside begin with the place."""
    try:
        yield
    except DashboardError as error:
        raise DashboardError(f"{place}: {error}") from None


def check_keys(found: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise for a key that is none of those known."""
    known = [*known]
    for key in found:
        if key not in known:
            hint = did_you_mean(key, known) or f", expected {', '.join(known)}"
            raise DashboardError(f"unknown key{hint}: {key}")


def check_option(found: Mapping[str, Any], key: str, expected: Expected) -> None:
    """Raise for an option, if it is there, that is none of the values expected."""
    if key not in found:
        return
    value = found[key]
    if isinstance(expected, range):
        well = type(value) is int and value in expected
        what = f"a number from {expected[0]} to {expected[-1]}"
    elif isinstance(expected, tuple):
        well, what = value in expected, ", ".join(expected)
    else:
        well, what = type(value) is expected, "true or false"
    if not well:
        raise DashboardError(f"{key}: expected {what}: {value}")


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """The value, which has to be a mapping."""
    if not isinstance(value, Mapping):
        raise DashboardError(f"{what} is a mapping, got: {value}")
    return value


def as_list(value: Any) -> list[Any]:
    """One or several values, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
