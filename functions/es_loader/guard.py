"""The type guard: makes a value fit a typed field, or refuses it.

OpenSearch rejects a whole document for one value that its field cannot hold. A guard takes any
value that JSON or a text log can hold and gives the value for the field, None for "no value" (null,
empty, "-"), or REFUSED; the loader then leaves the field out and keeps the record.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

import orjson

from es_loader.times import CANONICAL, iso_date

LONG = 2**63
INTEGER = 2**31
FLOAT = 3.4028235e38
NO_VALUE = ("", "-")
REFUSED = object()
TEXT = {str}

Guard = Callable[[Any], Any]


def quote(text: str) -> str:
    """JSON string of a text."""
    return orjson.dumps(text).decode()


def keyword(value: Any) -> Any:
    """Text, or a number or boolean as its text; objects are refused."""
    kind = type(value)
    if kind is str:
        return None if value in NO_VALUE else value
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value if fits(value) else _float(value))
    if kind is float:
        return str(value)
    return None if value is None else _many(keyword, value)


def fits(value: int) -> bool:
    """Whether a number has at most 64 bits: of a larger one, some JSON parsers make a float."""
    return -LONG <= value < 2 * LONG


def _float(value: int) -> float | int:
    try:
        return float(value)
    except OverflowError:
        return value


def lowercase(value: Any) -> Any:
    """As keyword, in lower case: fields that ECS wants normalised."""
    if type(value) is str:
        return keyword(value.lower())
    return _many(lowercase, value) if type(value) is list else keyword(value)


def whole(limit: int) -> Guard:
    """Guard of whole numbers in [-limit, limit)."""

    def guard(value: Any) -> Any:
        kind = type(value)
        if kind is str:
            text = value.strip()
            if text in NO_VALUE:
                return None
            try:
                value = int(text) if len(text) < 20 else float(text)
            except ValueError:
                try:
                    value = float(text)
                except ValueError:
                    return REFUSED
            kind = type(value)
        if kind is float:
            # A float of 2**63 or more may have been another number in the JSON.
            if not abs(value) < LONG or value != (value := int(value)):
                return REFUSED
            kind = int
        if kind is int:
            return value if -limit <= value < limit else REFUSED
        return None if value is None else _many(guard, value)

    return guard


def decimal(limit: float) -> Guard:
    """Guard of finite numbers within +-limit."""

    def guard(value: Any) -> Any:
        kind = type(value)
        if kind is str:
            if value.strip() in NO_VALUE:
                return None
            try:
                value = float(value)
            except ValueError:
                return REFUSED
            kind = float
        if kind is int or kind is float:
            return float(value) if -limit <= value <= limit else REFUSED
        return None if value is None else _many(guard, value)

    return guard


def boolean(value: Any) -> Any:
    """true, false, and their usual texts."""
    if value is True or value is False:
        return value
    if value is None or value in NO_VALUE:
        return None
    if type(value) is str:
        known = {"true": True, "yes": True, "false": False, "no": False}
        return known.get(value.lower(), REFUSED)
    return _many(boolean, value)


def is_ip(value: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address as OpenSearch's type ip takes it."""
    try:
        inet_pton(AF_INET6 if ":" in value else AF_INET, value)
    except (OSError, ValueError):  # ValueError: a NUL, or a character that is not ASCII
        return False
    return True


def ip(value: Any) -> Any:
    """An IPv4 or IPv6 address."""
    if type(value) is str:
        if value in NO_VALUE:
            return None
        return value if is_ip(value) else REFUSED
    return None if value is None else _many(ip, value)


def date(value: Any) -> Any:
    """A date as ISO 8601 text: of such a text, or of seconds to nanoseconds since 1970."""
    if value is None or value == "" or value == "-":
        return None
    if type(value) is list:
        return _many(date, value)
    if type(value) is str and CANONICAL(value) and _is_day(value[:10]):
        return value
    found = iso_date(value)
    return found[0] if found else REFUSED


@lru_cache(1024)
def _is_day(day: str) -> bool:
    try:
        return bool(datetime.fromisoformat(day))
    except ValueError:
        return False


def objects(kinds: Mapping[str, str]) -> Guard:
    """Guard of an object or a list of objects with typed members, e.g. dns.answers."""
    guards = {name: GUARDS[kind] for name, kind in kinds.items() if kind in GUARDS}

    def guard(value: Any) -> Any:
        if not value:
            return None
        found = []
        for item in value if type(value) is list else [value]:
            if type(item) is not dict:
                return REFUSED
            members = {
                name: guards[name](member) for name, member in item.items() if name in guards
            }
            members = {k: v for k, v in members.items() if v is not None and v is not REFUSED}
            if members:
                found.append(members)
        return found or None

    return guard


def array(guard: Guard) -> Guard:
    """Guard of an array: as `guard`, but always a list, of distinct values."""

    def distinct(value: Any) -> Any:
        if type(value) is not list:
            found = guard(value)
            return found if found is None or found is REFUSED else [found]
        if not value:
            return None
        if guard is keyword and set(map(type, value)) == TEXT:
            return [text for text in dict.fromkeys(value) if text not in NO_VALUE] or None
        found = _many(guard, value)
        return list(dict.fromkeys(found)) if type(found) is list and len(found) > 1 else found

    return distinct


def _many(guard: Guard, value: Any) -> Any:
    """Every element of a list that fits; REFUSED where it is no list or nothing of it fits."""
    if type(value) is not list:
        return REFUSED
    found = [guard(item) for item in value if type(item) is not list]
    fitting = [item for item in found if item is not None and item is not REFUSED]
    if fitting:
        return fitting
    return REFUSED if REFUSED in found or len(found) < len(value) else None


def add(*values: Any) -> int | None:
    """The sum of whole numbers; None where one of them is none, or not there."""
    found = [_LONG(value) for value in values]
    if any(type(value) is not int for value in found):
        return None
    total = sum(found)
    return total if -LONG <= total < LONG else None


_LONG = whole(LONG)
GUARDS: dict[str, Guard] = {
    "boolean": boolean,
    "constant_keyword": keyword,
    "date": date,
    "double": decimal(1.7976931348623157e308),
    "float": decimal(FLOAT),
    "half_float": decimal(65504.0),
    "integer": whole(INTEGER),
    "ip": ip,
    "keyword": keyword,
    "long": whole(LONG),
    "match_only_text": keyword,
    "scaled_float": decimal(1e15),
    "text": keyword,
    "unsigned_long": whole(LONG),
    "wildcard": keyword,
}
