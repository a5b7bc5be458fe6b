"""What an operation was, who did it, and whether it succeeded."""

import re
from typing import Any

from common.sql import statement
from es_loader.guard import is_ip

ESCAPED = re.compile(r"\\(.)", re.DOTALL)
CODE = re.compile(r"-?[0-9]{1,10}")
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
    time = record["time"]
    if time[8:9] == " ":
        day, _, clock = time.partition(" ")
        time = f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock.strip():0>8}Z"
    document["@timestamp"] = time
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
    if CODE.fullmatch(code):
        succeeded = int(code) == 0
        document["event.outcome"] = "success" if succeeded else "failure"
        document["error.code"] = None if succeeded else code
    target = ".".join(filter(None, (record["database"], named)))
    document["message"] = text or f"{operation} {target}".rstrip()
    document["aws.rds.connection_type"] = CONNECTIONS.get(record["kind"])
    _client(record["host"], document)


def _client(host: str, document: dict[str, Any]) -> None:
    """The client: an address, perhaps with a port, or a name."""
    address, _, port = host.rpartition(":")
    if port.isdigit() and (is_ip(address) or address.count(":") == 0) and address:
        host, document["source.port"] = address, port
    document["source.address"] = host
    if is_ip(host):
        document["source.ip"], document["related.ip"] = host, [host]
    else:
        document["source.domain"] = host
