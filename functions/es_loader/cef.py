r"""Reads a line of the Common Event Format, as it is or behind a syslog header.

    <134>Nov 24 19:00:00 host CEF:0|vendor|product|version|signature|name|severity|key=value k=v

In the header `\|` and `\\` are escaped, in the extension `\=`, `\\`, `\n` and `\r`. A value ends
where the next ` key=` begins, so that it may hold spaces and bars. ArcSight's "CEF Implementation
Standard" is the specification.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from common.errors import RecordError

HEADER = re.compile(
    r"CEF: ?(\d{1,4}(?:\.\d{1,4})?)" + r"\|((?:[^|\\]++|\\.)*+)" * 6 + r"\|", re.DOTALL
)
NAMES = ("version", "vendor", "product", "product_version", "signature", "name", "severity")
SYSLOG = re.compile(
    r"(?:<(?P<priority>\d{1,3})>)?(?:1 )?"
    r"(?:(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    r"|\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d)?)"
    r"(?: (?P<host>\S{1,255}))?)?"
)
KEY = re.compile(r"\s([A-Za-z0-9_.-]{1,120}(?:\[\d{1,4}\])?)\Z")
LABEL = "Label"
ESCAPED = re.compile(r"\\([\\=|])")
BREAKS = re.compile(r"\\([nr\\=|])")
TEXTS = frozenset({"msg", "reason", "requestContext"})  # others may be Windows paths: C:\new
LONGEST = 512  # characters of a header that is worth remembering
MOST = 4096  # keys that are worth remembering


def cef(line: str) -> dict[str, Any]:
    """The seven members of the header, `extension` (key -> text), `labels` (what csNLabel says ->
    csN), `syslog` (priority, time, host). RecordError, if the line is no CEF."""
    start = line.find("CEF:")
    text = line[start:].split("|", len(NAMES))[-1]
    header = line[start : len(line) - len(text)]
    record = (_known if len(header) < LONGEST else _header)(header).copy()
    if not record:  # a bar in it is escaped, or the line is no CEF
        found = HEADER.match(line, start) if start >= 0 else None
        if found is None:
            raise RecordError("no_match", "no line of the Common Event Format")
        record, text = _header(found[0]).copy(), line[found.end() :]
    record["extension"], record["labels"] = _extension(text)
    # What a relay writes before the header it was given ends at the priority.
    syslog = SYSLOG.match(line, max(line.rfind("<", 0, start), 0), start)
    record["syslog"] = syslog.groupdict() if syslog else {}
    return record


def _header(text: str) -> dict[str, Any]:
    """The members of a header; none, if it is not one from beginning to end."""
    found = HEADER.fullmatch(text)
    if found is None:
        return {}
    values = found.groups()
    if "\\" in text:
        values = tuple(ESCAPED.sub(r"\1", value) for value in values)
    return dict(zip(NAMES, values, strict=True))


_known = lru_cache(4096)(_header)  # its dicts are shared: not to be changed


_keys: dict[str, str] = {}  # those that were met -> key of the value that they name, or ""


def _extension(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The values by their keys, and those that have a label by that."""
    if len(_keys) > MOST:
        _keys.clear()
    extension: dict[str, str] = {}
    key = ""  # that of what stands before the first one
    pieces = iter(f" {text} end".split("="))
    for piece in pieces:
        value, blank, following = piece.rpartition(" ")
        if following not in _keys or not blank:
            value, following = _up_to_key(piece, pieces)
        extension[key] = value.rstrip()
        key = following
    del extension[""]
    if "\\" in text:
        for key, value in extension.items():
            if "\\" in value:
                extension[key] = _unescaped(key, value)
    labels = {}
    for key in extension:
        if (named := _keys[key]) and named in extension:
            labels[extension[key]] = extension[named]
    return extension, labels


def _up_to_key(piece: str, pieces: Iterator[str]) -> tuple[str, str]:
    """A value up to the next key, which is not known yet or comes some equals signs later; and that
    key."""
    held = []
    while piece[-1:] == "\\" or not (found := KEY.search(piece)):
        held.append(piece)
        piece = next(pieces)
    key = found[1]
    _keys[key] = key.removesuffix(LABEL) if key.endswith(LABEL) else ""
    return "=".join([*held, piece[: found.start()]]), key


def _unescaped(key: str, value: str) -> str:
    if key in TEXTS:
        return BREAKS.sub(lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), value)
    if "\\\\" in value:
        return ESCAPED.sub(r"\1", value)
    return value.replace("\\=", "=").replace("\\|", "|")
