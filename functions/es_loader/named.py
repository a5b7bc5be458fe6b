"""Reads lines whose values somebody has named: JSON with keys of any spelling.

Keys are compared in small letters and digits only, and those of an object have its own before them:
`{"identity": {"source_ip": "192.0.2.1"}}` has the value `identitysourceip`. A value may be `-`
without quotes, which is none. named.zig does the same with usual lines.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

LINE = ""  # name of a line that is no JSON
NOTHING = ("", "-", None)
DEPTH = 4  # objects in one another
LONGEST = 64  # characters of a key that is worth remembering
OTHERS = re.compile(r"\$context\.|[^A-Za-z0-9]")  # what is in keys, and tells nothing
# A string, or what stands for a value that is none.
NO_VALUE = re.compile(
    r'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|:[ \t\r\n]*+-(?=[ \t\r\n]*+[,}])', re.DOTALL
)


def named(line: str) -> dict[str, Any]:
    """The values of a line by their names; a line that is no JSON, or an empty object, as LINE."""
    text = line.strip()
    values = _json(text) if text[:1] == "{" else None
    return members(values) if values else {LINE: text}


def members(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by their names. Of several with one name the first that is something counts."""
    found: dict[str, Any] = {}
    for name, value in _flat(values, DEPTH):
        if name and found.get(name) in NOTHING:
            found[name] = value
    return found


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return orjson.loads(NO_VALUE.sub(lambda found: found[1] or ":null", text))
    except ValueError:
        return None


def _flat(values: Mapping[str, Any], depth: int, before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        name = before + (_known if len(key) <= LONGEST else _plain)(key)
        if type(value) is not dict:
            yield name, value
        elif depth:
            yield from _flat(value, depth - 1, name)


def _plain(key: str) -> str:
    return OTHERS.sub("", key).lower()


_known = lru_cache(1024)(_plain)
