"""Reads what PostgreSQL writes about connections, statements and errors.

https://github.com/postgres/postgres/blob/master/src/backend/utils/init/postinit.c
https://github.com/postgres/postgres/blob/master/src/backend/tcop/postgres.c
"""

import csv
import re
from functools import lru_cache
from typing import Any

from common.sql import statement
from es_loader.guard import is_ip

MORE = re.compile(
    r"\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^\n]{0,300}?"
    r"(DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|BACKTRACE):[ \t]*"
)
TARGETS = {
    "CONTEXT": "aws.rds.context",
    "DETAIL": "aws.rds.detail",
    "HINT": "aws.rds.hint",
    "QUERY": "aws.rds.statement",
    "STATEMENT": "aws.rds.statement",
}
SAID = re.compile(
    r"(?:duration: (\d+(?:\.\d+)?) ms(?:\s+|$))?"
    r"(?:(statement|execute|parse|bind|fastpath|plan)(?: [^:\n]{1,200})?:\s*)?"
).match
KEY = re.compile(r"\b(\w{1,40})=(\"[^\"]*\"|[^ ,)]+)")
QUOTED = {name: re.compile(rf'\b{name} "([^"]*)"') for name in ("user", "role", "host", "database")}
REFUSED = re.compile(
    r'authentication failed for user "|no pg_hba\.conf entry|role "[^"]*" does not exist'
    r'|database "[^"]*" does not exist|role "[^"]*" is not permitted to log in'
    r"|(?:remaining connection slots|sorry, too many clients)|permission denied for database"
    r"|pg_hba\.conf rejects"
)
# Abbreviations that the servers' own zones are written in; RDS writes UTC.
ZONES = {
    "UTC": "Z",
    "GMT": "Z",
    "WET": "Z",
    "WEST": "+01:00",
    "BST": "+01:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
    "MSK": "+03:00",
    "IST": "+05:30",
    "SGT": "+08:00",
    "HKT": "+08:00",
    "AWST": "+08:00",
    "JST": "+09:00",
    "KST": "+09:00",
    "AEST": "+10:00",
    "AEDT": "+11:00",
    "NZST": "+12:00",
    "NZDT": "+13:00",
    "EST": "-05:00",
    "EDT": "-04:00",
    "CST": "-06:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
}
NANOSECONDS = 1_000_000  # in a millisecond
FAILED = ("ERROR", "FATAL", "PANIC")
DISCONNECTION = {
    "event.action": "disconnection",
    "event.category": ["database", "session"],
    "event.type": ["end"],
}
CONNECTIONS = {
    "received": {
        "event.action": "connection-received",
        "event.category": ["database", "network"],
        "event.type": ["connection", "start"],
    },
    **{
        name: {
            "event.action": f"connection-{name}",
            "event.category": ["authentication", "database", "session"],
            "event.type": ["start"],
            "event.outcome": "success",
        }
        for name in ("authenticated", "authorized")
    },
}


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Fills what the table leaves open."""
    level, text, client = record["level"], record["message"], record["client"]
    document["@timestamp"] = _time(record["time"])
    document["event.category"], document["event.type"] = ["database"], ["info"]
    document["aws.rds.database"] = record["database"] or record["own_database"]
    document["user.name"] = record["user"] or record["own_user"]
    if client and client != "[local]":
        document |= _client(client)
        document["source.port"] = record["port"]
    if "\n" in text:
        text, *more = MORE.split(text)
        for label, told in zip(more[::2], more[1::2], strict=True):
            if label in TARGETS:
                document.setdefault(TARGETS[label], told)
    document["message"] = text
    if level in TARGETS:
        document[TARGETS[level]] = text
    if level in FAILED:
        document["event.type"], document["event.outcome"] = ["error"], "failure"
        document["error.message"] = text
        if level == "FATAL" and REFUSED.search(text):
            _refused(text, document)
    elif text.startswith(("connection ", "disconnection: ")):
        _connection(text, document)
    elif text.startswith("AUDIT: "):
        _audit(text[7:], document)
    else:
        _statement(text, document)
    if "aws.rds.statement" in document and "aws.rds.verb" not in document:
        verb, document["event.category"], kinds = statement(document["aws.rds.statement"])
        document["aws.rds.verb"] = verb
        document["event.type"] = ["error", *kinds] if level in FAILED else kinds
    document["related.user"] = document["user.name"]


@lru_cache(1024)
def _time(text: str) -> str:
    """`2026-11-24 20:00:00.322 CET` as ISO 8601."""
    day, clock, zone = text.split(" ")
    return f"{day}T{clock}{zone if zone[0] in '+-' else ZONES.get(zone, 'Z')}"


@lru_cache(4096)
def _client(address: str) -> dict[str, str]:
    if is_ip(address):
        return dict.fromkeys(("source.address", "source.ip", "related.ip"), address)
    return {"source.address": address, "source.domain": address}


def _refused(text: str, document: dict[str, Any]) -> None:
    """A login that failed."""
    document["event.action"] = "login"
    document["event.category"] = ["authentication", "database"]
    document["event.type"] = ["start", "denied"]
    found = {name: match[1] for name, each in QUOTED.items() if (match := each.search(text))}
    user = found.get("user") or found.get("role")
    document["user.name"] = document["user.name"] or user
    document["aws.rds.database"] = document["aws.rds.database"] or found.get("database")
    if "source.address" not in document and (host := found.get("host")):
        document |= _client(host)


def _connection(text: str, document: dict[str, Any]) -> None:
    """Connections received, authenticated, authorized, and ended."""
    what = text.split(" ", 2)[1].rstrip(":")
    document |= CONNECTIONS.get(what, DISCONNECTION)
    who, host = text, ""
    # Those of users and databases are few; ports and times are of one connection each.
    if " host=" in text and not what.startswith("auth"):
        who, _, host = text[max(text.find(" user="), 0) :].rpartition(" host=")
    user, database, told = _said(who)
    document["user.name"] = document["user.name"] or user
    document["aws.rds.database"] = document["aws.rds.database"] or database
    document |= told
    if host and "source.address" not in document:
        host, _, port = host.partition(" port=")
        if host != "[local]":
            document |= _client(host)
            document["source.port"] = port


@lru_cache(2048)
def _said(text: str) -> tuple[str | None, str | None, dict[str, str]]:
    """What a message says of a connection: user, database, and more of the document."""
    values = {name: value.strip('"') for name, value in KEY.findall(text)}
    found = {
        "aws.rds.application": values.get("application_name"),
        "tls.cipher": values.get("cipher"),
        "tls.version": values.get("protocol", "").removeprefix("TLSv"),
    }
    told = {name: value for name, value in found.items() if value}
    return values.get("user") or values.get("identity"), values.get("database"), told


def _audit(text: str, document: dict[str, Any]) -> None:
    """A line of pgaudit: type, ids, class, command, type and name of the object, statement."""
    try:
        columns = next(csv.reader([text.replace("\n", "\0")]), [])
    except csv.Error:
        return
    if len(columns) < 8:
        return
    document["event.action"] = "audit"
    document["aws.rds.audit.type"], document["aws.rds.audit.class"] = columns[0], columns[3]
    document["aws.rds.table"] = columns[6] or None
    document["aws.rds.statement"] = columns[7].replace("\0", "\n")
    document["event.outcome"] = "success"


def _statement(text: str, document: dict[str, Any]) -> None:
    """A statement, and how long it took."""
    found = SAID(text)
    assert found  # all of it may be left out
    milliseconds, action = found.groups()
    if milliseconds:
        document["event.duration"] = round(float(milliseconds) * NANOSECONDS)
    if action:
        document["event.action"] = action
        document["aws.rds.statement"] = text[found.end() :]
