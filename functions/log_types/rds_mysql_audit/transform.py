"""What an operation was, who did it, and whether it succeeded."""

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
TABLES = {  # operations on a table
    "ALTER": "change",
    "CREATE": "creation",
    "DROP": "deletion",
    "READ": "access",
    "RENAME": "change",
    "WRITE": "change",
}
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Options.AuditPlugin.html
CONNECTIONS = {
    "1": "tcp",
    "2": "socket",
    "3": "named_pipe",
    "4": "tls",
    "5": "shared_memory",
}


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Fills what the table leaves open."""
    document["@timestamp"] = _time(record["time"])
    operation, named, code = record["operation"], record["object"], record["code"]
    text = ""
    if len(named) > 1 and named[0] == named[-1] == "'":
        text = named[1:-1]
        if "\\" in text:
            text = ESCAPED.sub(lambda found: WHITE.get(found[1], found[1]), text)
    if operation in SESSIONS:
        document["event.category"], document["event.type"] = SESSIONS[operation]
    elif operation in TABLES:
        document["event.category"], document["event.type"] = ["database"], [TABLES[operation]]
        document["aws.rds.table"] = named
    else:
        verb, document["event.category"], document["event.type"] = statement(text)
        document["aws.rds.verb"] = verb
        document["aws.rds.statement"] = text
    if code == "0":
        document["event.outcome"] = "success"
    elif code and len(code) < 12:
        _outcome(code, document)
    if text:
        document["message"] = text
    else:
        target = ".".join(filter(None, (record["database"], named)))
        document["message"] = f"{operation} {target}".rstrip()
    if kind := record["kind"]:
        document["aws.rds.connection_type"] = CONNECTIONS.get(kind)
    document |= _client(record["host"])


def _time(text: str) -> str:
    """Microseconds since 1970, or `20261124 19:00:12`, as ISO 8601; other forms as they are."""
    if text[8:9] == " ":
        day, _, clock = text.partition(" ")
        return f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock.strip():0>8}Z"
    if len(text) != 16 or not (text.isascii() and text.isdecimal()):
        return text
    # No more digits than a millisecond has, where there is no more to tell.
    return f"{_second(text[:10])}.{text[10:13] if text.endswith('000') else text[10:]}Z"


@lru_cache(1024)
def _second(text: str) -> str:
    return f"{datetime.fromtimestamp(int(text), UTC):%Y-%m-%dT%H:%M:%S}"


def _outcome(code: str, document: dict[str, Any]) -> None:
    digits = code.removeprefix("-")
    if not digits.isdecimal() or not code.isascii() or len(digits) > 10:
        return
    succeeded = int(code) == 0
    document["event.outcome"] = "success" if succeeded else "failure"
    document["error.code"] = None if succeeded else code


@lru_cache(4096)
def _client(host: str) -> dict[str, Any]:
    """The client: an address, perhaps with a port, or a name."""
    found: dict[str, Any] = {}
    address, _, port = host.rpartition(":")
    if port.isdigit() and (is_ip(address) or address.count(":") == 0) and address:
        host, found["source.port"] = address, port
    found["source.address"] = host
    if is_ip(host):
        found["source.ip"], found["related.ip"] = host, [host]
    else:
        found["source.domain"] = host
    return found
