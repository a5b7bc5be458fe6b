"""What an operation was, who did it, and what was said."""

import re
from functools import lru_cache
from typing import Any

from common.sql import statement
from es_loader.guard import is_ip

ESCAPED = re.compile(r"\\(.)", re.DOTALL)
WHITE = {"n": "\n", "r": "\r", "t": "\t"}
OPERATIONS = {  # that are no statement -> event.category, event.type
    "CONNECT": (["authentication", "database", "session"], ["start"]),
    "FAILED_CONNECT": (["authentication", "database"], ["start"]),
    "DISCONNECT": (["database", "session"], ["end"]),
    "CHANGEUSER": (["authentication", "database"], ["start"]),
    # on tables
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
    changed = {}
    if time[8:9] == " ":
        changed["time"] = _time(time)
    if host6:
        changed |= _client(host6, document)
    elif not _is_ip(host):
        document["source.domain"] = host
    document |= _said(operation, database, named)
    if text:
        if "\\" in text:
            text = ESCAPED.sub(lambda found: WHITE.get(found[1], found[1]), text)
            changed["statement"] = text
        document["message"] = text
    if operation not in OPERATIONS:
        verb, document["event.category"], document["event.type"] = statement(text)
        document["aws.rds.verb"] = verb
    return changed


@lru_cache(4096)
def _said(operation: str, database: str, named: str) -> dict[str, Any]:
    """What an operation was, and what is said of one that is no statement."""
    found = dict(zip(("event.category", "event.type"), OPERATIONS.get(operation, ()), strict=False))
    dot = "." if database and named else ""
    return {**found, "message": f"{operation} {database}{dot}{named}".rstrip()}


def _time(text: str) -> str:
    """`20261124 19:00:12` as ISO 8601."""
    day, _, clock = text.partition(" ")
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock.strip():0>8}Z"


def _client(host: str, document: dict[str, Any]) -> dict[str, str]:
    """An IPv6 address, perhaps with a port behind it, or what else has colons."""
    address, _, port = host.rpartition(":")
    if port.isdigit() and _is_ip(address):
        return {"host6": address, "port": port}
    if not _is_ip(host):
        document["source.domain"] = host
    return {}


_is_ip = lru_cache(4096)(is_ip)
