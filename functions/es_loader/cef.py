r"""Reads a line of the Common Event Format, as it is or behind a syslog header.

    <134>Nov 24 19:00:00 host CEF:0|vendor|product|version|signature|name|severity|key=value k=v

In the header `\|` and `\\` are escaped, in the extension `\=`, `\\`, `\n` and `\r`. A value ends
where the next ` key=` begins, so that it may hold spaces and bars. ArcSight's "CEF Implementation
Standard" is the specification.
"""

import re
from typing import Any

from common.errors import RecordError

HEADER = re.compile(
    r"CEF: ?(\d{1,4}(?:\.\d{1,4})?)" + r"\|((?:[^|\\]++|\\.)*+)" * 6 + r"\|(.*)", re.DOTALL
)
NAMES = ("version", "vendor", "product", "product_version", "signature", "name", "severity")
SYSLOG = re.compile(
    r"(?:<(?P<priority>\d{1,3})>)?(?:1 )?"
    r"(?:(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    r"|\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d)?)"
    r"(?: (?P<host>\S{1,255}))?)?"
)
KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z0-9_.-]{1,120}(?:\[\d{1,4}\])?)=")
ESCAPED = re.compile(r"\\([\\=|])")
BREAKS = re.compile(r"\\([nr\\=|])")
TEXTS = frozenset({"msg", "reason", "requestContext"})  # others may be Windows paths: C:\new


def cef(line: str) -> dict[str, Any]:
    """The seven members of the header, `extension` (key -> text), `labels` (what csNLabel says ->
    csN), `syslog` (priority, time, host). RecordError, if the line is no CEF."""
    start = line.find("CEF:")
    found = HEADER.match(line, start) if start >= 0 else None
    if found is None:
        raise RecordError("no_match", "no line of the Common Event Format")
    *header, text = found.groups()
    record: dict[str, Any] = {
        name: ESCAPED.sub(r"\1", value) if "\\" in value else value
        for name, value in zip(NAMES, header, strict=True)
    }
    extension = record["extension"] = _extension(text)
    record["labels"] = {
        label: extension[key[:-5]]
        for key, label in extension.items()
        if key.endswith("Label") and key[:-5] in extension
    }
    # What a relay writes before the header it was given ends at the priority.
    syslog = SYSLOG.match(line, max(line.rfind("<", 0, start), 0), start)
    record["syslog"] = syslog.groupdict() if syslog else {}
    return record


def _extension(text: str) -> dict[str, str]:
    keys = list(KEY.finditer(text))
    ends = [*(key.start() for key in keys[1:]), len(text)]
    return {
        key[1]: _unescaped(key[1], text[key.end() : end].rstrip())
        for key, end in zip(keys, ends, strict=False)  # one end too many where there is no key
    }


def _unescaped(key: str, value: str) -> str:
    if "\\" not in value:
        return value
    if key in TEXTS:
        return BREAKS.sub(lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), value)
    return ESCAPED.sub(r"\1", value)
