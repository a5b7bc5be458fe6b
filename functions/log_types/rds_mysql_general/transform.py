"""The time, the statement, and who connects.

https://dev.mysql.com/doc/refman/8.4/en/query-log.html
"""

import re
from functools import lru_cache
from typing import Any

from common.sql import statement
from es_loader.guard import is_ip

CONNECT = re.compile(
    r"([^@\n]{0,255})@([^ \n]{0,255})(?: as [^\n]{0,255}?)?(?: on ?(\S{0,255}))?"
    r"(?:[ \t]+using (\S[^\n]{0,40}))?[ \t]*$"
)
DENIED = re.compile(r"Access denied for user '([^']{0,255})'@'([^']{0,255})'")
TYPES = {"Named Pipe": "named_pipe", "SSL/TLS": "tls", "Shared memory": "shared_memory"}
TYPES |= {"Socket": "socket", "TCP/IP": "tcp"}
READS = ("time", "statement", "command", "argument")


def transform(record: tuple[str, ...], document: dict[str, Any]) -> dict[str, str] | None:
    """Fills what the table leaves open; an old time as the table reads it."""
    time, sql, command, argument = record
    if sql:
        verb, document["event.category"], document["event.type"] = statement(sql)
        document["aws.rds.verb"] = verb
    elif command == "Quit":
        document["event.category"], document["event.type"] = ["database", "session"], ["end"]
    elif command in ("Connect", "Change user"):
        _connect(argument, document)
    elif command == "Init DB":
        document["aws.rds.database"] = argument
    if "event.category" not in document:
        document["event.category"], document["event.type"] = ["database"], ["info"]
    return {"time": _time(time)} if time[6:7] == " " else None


def _time(text: str) -> str:
    """`261124  9:00:00` as ISO 8601."""
    return f"20{text[:2]}-{text[2:4]}-{text[4:6]}T{text[6:].strip():0>8}Z"


def _connect(argument: str, document: dict[str, Any]) -> None:
    """A login, or one that was refused."""
    document["event.category"] = ["authentication", "database"]
    document["event.type"] = ["start"]
    if found := DENIED.match(argument):
        document["event.type"], document["event.outcome"] = ["start", "denied"], "failure"
    elif found := CONNECT.match(argument):
        document["event.outcome"] = "success"
        document["aws.rds.database"] = found[3]
        document["aws.rds.connection_type"] = TYPES.get(found[4] or "")
    else:
        return
    document["user.name"] = document["related.user"] = found[1]
    document |= _client(found[2])


@lru_cache(4096)
def _client(host: str) -> dict[str, str]:
    if is_ip(host):
        return dict.fromkeys(("source.address", "source.ip", "related.ip"), host)
    return {"source.address": host, "source.domain": host}
