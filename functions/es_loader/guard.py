"""The type guard: turns a value into the JSON text of a typed field, or refuses it.

Each encoder takes any value that JSON or a text log can hold and returns the JSON text of it, `""`
for "no value" (null, empty, "-"), or None where the value does not fit the type. OpenSearch rejects
the whole document for one such value; the loader leaves the field out and keeps the record.
"""

import math
from collections.abc import Callable
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

import orjson

from es_loader.times import iso_date

LONG = 2**63
INTEGER = 2**31
FLOAT = 3.4028235e38
NO_VALUE = ("", "-")

Encoder = Callable[[Any], str | None]


def quote(text: str) -> str:
    """JSON string of a text."""
    return str(orjson.dumps(text), "utf-8")


def keyword(value: Any) -> str | None:
    """Text, or a number or boolean as its text; objects are refused."""
    kind = type(value)
    if kind is str:
        return "" if value in NO_VALUE else quote(value)
    if value is None:
        return ""
    if kind is bool:
        return '"true"' if value else '"false"'
    if kind is int or kind is float:
        return f'"{value}"'
    return _many(keyword, value)


def lowercase(value: Any) -> str | None:
    """As keyword, in lower case: fields that ECS wants normalised."""
    return keyword(value.lower()) if type(value) is str else keyword(value)


def whole(limit: int) -> Encoder:
    """Encoder of whole numbers in [-limit, limit)."""

    def encode(value: Any) -> str | None:
        kind = type(value)
        if kind is str:
            text = value.strip()
            if text in NO_VALUE:
                return ""
            try:
                value = int(text) if len(text) < 20 else float(text)
            except ValueError:
                try:
                    value = float(text)
                except ValueError:
                    return None
            kind = type(value)
        if kind is float:
            if not math.isfinite(value) or value != (value := int(value)):
                return None
            kind = int
        if kind is int:
            return str(value) if -limit <= value < limit else None
        return "" if value is None else _many(encode, value)

    return encode


def decimal(limit: float) -> Encoder:
    """Encoder of finite numbers within +-limit."""

    def encode(value: Any) -> str | None:
        kind = type(value)
        if kind is str:
            if value.strip() in NO_VALUE:
                return ""
            try:
                value = float(value)
            except ValueError:
                return None
            kind = float
        if kind is int or kind is float:
            fits = -limit <= value <= limit
            return str(orjson.dumps(float(value)), "utf-8") if fits else None
        return "" if value is None else _many(encode, value)

    return encode


def boolean(value: Any) -> str | None:
    """true, false, and their usual texts."""
    if value is True or value is False:
        return "true" if value else "false"
    if value is None:
        return ""
    if type(value) is str:
        if value in NO_VALUE:
            return ""
        return {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(value.lower())
    return _many(boolean, value)


def is_ip(value: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address as OpenSearch's type ip takes it."""
    try:
        inet_pton(AF_INET6 if ":" in value else AF_INET, value)
    except (OSError, ValueError):  # ValueError: a NUL, or a character that is not ASCII
        return False
    return True


def ip(value: Any) -> str | None:
    """An IPv4 or IPv6 address."""
    if type(value) is str:
        if value in NO_VALUE:
            return ""
        return f'"{value}"' if is_ip(value) else None
    return "" if value is None else _many(ip, value)


def date(value: Any) -> str | None:
    """A date: ISO 8601 text, or seconds, milli-, micro- or nanoseconds since 1970."""
    if value is None or value == "" or value == "-":
        return ""
    if type(value) is list:
        return _many(date, value)
    found = iso_date(value)
    return found[0] if found else None


def objects(kinds: dict[str, str]) -> Encoder:
    """Encoder of an object or a list of objects with typed members, e.g. dns.answers."""
    encoders = {name: ENCODERS[kind] for name, kind in kinds.items() if kind in ENCODERS}

    def encode(value: Any) -> str | None:
        if not value:
            return ""
        items = value if type(value) is list else [value]
        texts = []
        for item in items:
            if type(item) is not dict:
                return None
            pairs = [
                f"{quote(name)}:{text}"
                for name, member in item.items()
                if name in encoders and (text := encoders[name](member))
            ]
            if pairs:
                texts.append("{" + ",".join(pairs) + "}")
        return f"[{','.join(texts)}]" if texts else ""

    return encode


def elements(encode: Encoder) -> Encoder:
    """Encoder of array elements: as `encode`, but the texts of a list without its brackets."""

    def inner(value: Any) -> str | None:
        if type(value) is list and encode is keyword and set(map(type, value)) == {str}:
            texts = [text for text in value if text not in NO_VALUE]
            return str(orjson.dumps(texts), "utf-8")[1:-1]
        text = encode(value)
        return text[1:-1] if text and text[0] == "[" else text

    return inner


def _many(encode: Encoder, value: Any) -> str | None:
    """Every element of a list that fits; None where the value is no list or nothing of it fits."""
    if type(value) is not list:
        return None
    texts = [encode(item) for item in value if type(item) is not list]
    fitting = [text for text in texts if text]
    if not fitting:
        return "" if all(text == "" for text in texts) else None
    return f"[{','.join(fitting)}]"


ENCODERS: dict[str, Encoder] = {
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
