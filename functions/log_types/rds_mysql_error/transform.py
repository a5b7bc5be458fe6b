"""The time of a message, and what it says about logins.

https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

import re
from functools import lru_cache
from typing import Any

from es_loader.guard import is_ip

DENIED = re.compile(r"Access denied for user '([^']{0,255})'(?:@'([^']{0,255})')?")
ABORTED = re.compile(
    r"Aborted connection (\d{1,20}) to db: '([^']{0,255})' user: '([^']{0,255})'"
    r" host: '([^']{0,255})'[^(]{0,40}(?:\(([^\n]{0,400})\))?"
)
READS = ("time", "thread", "level", "message")


def transform(record: tuple[str, ...], document: dict[str, Any]) -> dict[str, str] | None:
    """Fills what the table leaves open; old times and threads as the table reads them."""
    time, thread, level, text = record
    level = level.lower()
    document["log.level"] = level
    if text.startswith("Access denied") and (found := DENIED.match(text)):
        document["event.action"] = "login"
        document["event.category"] = ["authentication", "database"]
        document["event.type"], document["event.outcome"] = ["start", "denied"], "failure"
        _who(found[1], found[2], document)
    elif text.startswith("Aborted") and (found := ABORTED.match(text)):
        document["event.action"] = "aborted-connection"
        document["event.category"], document["event.type"] = ["database", "session"], ["end"]
        number, database, user, host, document["event.reason"] = found.groups()
        document["aws.rds.connection_id"] = number
        document["aws.rds.database"] = database if database != "unconnected" else None
        _who(user, host, document)
    else:
        document["event.category"] = ["database"]
        document["event.type"] = ["error" if level == "error" else "info"]
    if "x" in thread:
        return {"time": _time(time), "thread": _number(thread)}
    return None if time[10:11] == "T" and time[-1:] == "Z" else {"time": _time(time)}


def _number(thread: str) -> str:
    """`0x2b4c` as a number."""
    try:
        return str(int(thread, 16))
    except ValueError:
        return thread


def _time(text: str) -> str:
    """`2026-11-24  9:00:00` or `261124  9:00:00`, perhaps with a zone, as ISO 8601."""
    day, _, clock = text.replace("T", " ").partition(" ")
    if len(day) == 6:
        day = f"20{day[:2]}-{day[2:4]}-{day[4:]}"
    clock = clock.strip()
    clock = clock if clock[1:2] != ":" else f"0{clock}"
    zone = "" if clock[-1:] == "Z" or clock[-6:-5] in ("+", "-") else "Z"
    return f"{day}T{clock}{zone}"


def _who(user: str, host: str | None, document: dict[str, Any]) -> None:
    """The user and the client of a login."""
    if user != "unauthenticated":
        document["user.name"] = document["related.user"] = user
    if host:
        document |= _client(host)


@lru_cache(4096)
def _client(host: str) -> dict[str, str]:
    if is_ip(host):
        return dict.fromkeys(("source.address", "source.ip", "related.ip"), host)
    return {"source.address": host, "source.domain": host}
