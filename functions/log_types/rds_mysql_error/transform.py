"""The time of a message, and what it says about logins.

https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

import re
from functools import lru_cache
from typing import Any

from es_loader.guard import is_ip

ADDRESS = re.compile(r"[0-9a-f]{1,15}")
DENIED = re.compile(r"Access denied for user '([^']{0,255})'(?:@'([^']{0,255})')?")
ABORTED = re.compile(
    r"Aborted connection (\d{1,20}) to db: '([^']{0,255})' user: '([^']{0,255})'"
    r" host: '([^']{0,255})'[^(]{0,40}(?:\(([^\n]{0,400})\))?"
)


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Fills what the table leaves open."""
    day, clock, text = record["day"], record["clock"], record["message"]
    if len(day) == 6:
        day = f"20{day[:2]}-{day[2:4]}-{day[4:]}"
    clock = clock if clock[1:2] != ":" else f"0{clock}"
    document["@timestamp"] = f"{day}T{clock}{record['zone'] or 'Z'}"
    level = record["level"].lower()
    document["log.level"] = level
    kind = "error" if level == "error" else "info"
    document["event.category"], document["event.type"] = ["database"], [kind]
    address = record["address"]
    document["process.thread.id"] = record["thread"]
    if ADDRESS.fullmatch(address):
        document["process.thread.id"] = int(address, 16)
    if found := DENIED.match(text):
        document["event.action"] = "login"
        document["event.category"] = ["authentication", "database"]
        document["event.type"], document["event.outcome"] = ["start", "denied"], "failure"
        _who(found[1], found[2], document)
    elif found := ABORTED.match(text):
        document["event.action"] = "aborted-connection"
        document["event.category"], document["event.type"] = ["database", "session"], ["end"]
        document["aws.rds.connection_id"] = found[1]
        document["aws.rds.database"] = found[2] if found[2] != "unconnected" else None
        document["event.reason"] = found[5]
        _who(found[3], found[4], document)


def _who(user: str, host: str | None, document: dict[str, Any]) -> None:
    """The user and the client of a login."""
    if user != "unauthenticated":
        document["user.name"] = document["related.user"] = user
    if not host:
        return
    document["source.address"] = host
    if _is_ip(host):
        document["source.ip"], document["related.ip"] = host, [host]
    else:
        document["source.domain"] = host


_is_ip = lru_cache(4096)(is_ip)
