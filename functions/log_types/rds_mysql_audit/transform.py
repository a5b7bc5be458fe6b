"""What an operation was, who did it, and what was said."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from common.sql import statement
from es_loader.guard import is_ip

ESCAPED = re.compile(r"\\(.)", re.DOTALL)
WHITE = {"n": "\n", "r": "\r", "t": "\t"}
SESSIONS = {  # operation -> event.category, event.type
    "CONNECT": (["authentication", "database", "session"], ["start"]),
    "FAILED_CONNECT": (["authentication", "database"], ["start"]),
    "DISCONNECT": (["database", "session"], ["end"]),
    "CHANGEUSER": (["authentication", "database"], ["start"]),
}
TABLES = {  # the same of operations on a table
    "ALTER": (["database"], ["change"]),
    "CREATE": (["database"], ["creation"]),
    "DROP": (["database"], ["deletion"]),
    "READ": (["database"], ["access"]),
    "RENAME": (["database"], ["change"]),
    "WRITE": (["database"], ["change"]),
}
READS = ("time", "host", "host6", "operation", "database", "statement", "object")


def transform(record: tuple[str, ...], document: dict[str, Any]) -> dict[str, str] | None:
    """Fills what the table leaves open; what is escaped or has a port as the table reads it."""
    time, host, host6, operation, database, text, named = record
    changed = None
    document["@timestamp"] = _time(time)
    if host6:
        changed = _client(host6, document)
    elif not _is_ip(host):
        document["source.domain"] = host
    if "\\" in text:
        text = ESCAPED.sub(lambda found: WHITE.get(found[1], found[1]), text)
        changed = {**(changed or {}), "statement": text}
    if operation in TABLES:
        document["event.category"], document["event.type"] = TABLES[operation]
    elif operation in SESSIONS:
        document["event.category"], document["event.type"] = SESSIONS[operation]
    else:
        verb, document["event.category"], document["event.type"] = statement(text)
        document["aws.rds.verb"] = verb
    if not text:
        dot = "." if database and named else ""
        text = f"{operation} {database}{dot}{named}".rstrip()
    document["message"] = text
    return changed


def _time(text: str) -> str:
    """Microseconds since 1970, or `20261124 19:00:12`, as ISO 8601; other forms as they are."""
    if text[8:9] == " ":
        day, _, clock = text.partition(" ")
        return f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock.strip():0>8}Z"
    if len(text) != 16 or not (text.isascii() and text.isdecimal()):
        return text
    # No more digits than a millisecond has, where there is no more to tell.
    return f"{_second(text[:10])}{text[10:13] if text[13:] == '000' else text[10:]}Z"


@lru_cache(1024)
def _second(text: str) -> str:
    """`2026-11-24T19:00:12.` of the seconds since 1970."""
    return f"{datetime.fromtimestamp(int(text), UTC):%Y-%m-%dT%H:%M:%S}."


def _client(host: str, document: dict[str, Any]) -> dict[str, str] | None:
    """An IPv6 address, perhaps with a port behind it, or what else has colons."""
    address, _, port = host.rpartition(":")
    if port.isdigit() and _is_ip(address):
        return {"host6": address, "port": port}
    if not _is_ip(host):
        document["source.domain"] = host
    return None


_is_ip = lru_cache(4096)(is_ip)
