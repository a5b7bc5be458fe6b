"""The time, the statement, and who connects.

https://dev.mysql.com/doc/refman/8.4/en/query-log.html
"""

import re
from functools import lru_cache
from typing import Any

from common.sql import statement
from es_loader.guard import is_ip

STATEMENTS = frozenset({"Execute", "Prepare", "Query"})
CONNECT = re.compile(
    r"([^@\n]{0,255})@([^ \n]{0,255})(?: as [^\n]{0,255}?)?(?: on ?(\S{0,255}))?"
    r"(?:[ \t]+using (\S[^\n]{0,40}))?[ \t]*$"
)
DENIED = re.compile(r"Access denied for user '([^']{0,255})'@'([^']{0,255})'")
TYPES = {"Named Pipe": "named_pipe", "SSL/TLS": "tls", "Shared memory": "shared_memory"}
TYPES |= {"Socket": "socket", "TCP/IP": "tcp"}


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Fills what the table leaves open."""
    day, clock, command = record["day"], record["clock"], record["command"]
    if day:
        document["@timestamp"] = f"20{day[:2]}-{day[2:4]}-{day[4:]}T{clock:0>8}Z"
    else:
        document["@timestamp"] = record["time"] or None
    argument = record["argument"]
    document["message"] = argument or command
    document["event.category"], document["event.type"] = ["database"], ["info"]
    if command in STATEMENTS:
        verb, document["event.category"], document["event.type"] = statement(argument)
        document["aws.rds.verb"], document["aws.rds.statement"] = verb, argument
    elif command in ("Connect", "Change user"):
        _connect(argument, document)
    elif command == "Quit":
        document["event.category"], document["event.type"] = ["database", "session"], ["end"]
    elif command == "Init DB":
        document["aws.rds.database"] = argument


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
    host = document["source.address"] = found[2]
    if _is_ip(host):
        document["source.ip"], document["related.ip"] = host, [host]
    else:
        document["source.domain"] = host


_is_ip = lru_cache(4096)(is_ip)
