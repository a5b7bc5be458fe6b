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
TIMED = re.compile(r"duration: (\d+(?:\.\d+)?) ms(?:\s+|$)")
EXECUTED = re.compile(r"(statement|execute|parse|bind|fastpath|plan)(?: [^:\n]{1,200})?:\s*")
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


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Fills what the table leaves open."""
    zone = record["zone"]
    zone = zone if zone[0] in "+-" else ZONES.get(zone, "Z")
    document["@timestamp"] = f"{record['time'].replace(' ', 'T')}{zone}"
    level, text = record["level"], record["message"]
    if "\n" in text:
        text, *more = MORE.split(text)
        for label, told in zip(more[::2], more[1::2], strict=True):
            if label in TARGETS:
                document.setdefault(TARGETS[label], told)
    if level in TARGETS:
        document[TARGETS[level]] = text
    document["message"] = text
    document["event.category"], document["event.type"] = ["database"], ["info"]
    document["aws.rds.database"] = record["database"] or record["own_database"]
    document["user.name"] = record["user"] or record["own_user"]
    client = record["client"]
    if client != "[local]":
        _client(client, record["port"], document)
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


def _client(address: str, port: str, document: dict[str, Any]) -> None:
    if not address:
        return
    document["source.address"], document["source.port"] = address, port
    if _is_ip(address):
        document["source.ip"], document["related.ip"] = address, [address]
    else:
        document["source.domain"] = address


def _refused(text: str, document: dict[str, Any]) -> None:
    """A login that failed."""
    document["event.action"] = "login"
    document["event.category"] = ["authentication", "database"]
    document["event.type"] = ["start", "denied"]
    found = {name: match[1] for name, each in QUOTED.items() if (match := each.search(text))}
    user = found.get("user") or found.get("role")
    document["user.name"] = document["user.name"] or user
    document["aws.rds.database"] = document["aws.rds.database"] or found.get("database")
    if "source.address" not in document:
        _client(found.get("host", ""), "", document)


def _values(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in KEY.findall(text)}


_known = lru_cache(2048)(_values)  # its dicts are shared: not to be changed


def _connection(text: str, document: dict[str, Any]) -> None:
    """Connections received, authenticated, authorized, and ended."""
    # Those of users and databases are few; ports and times are of one connection each.
    values = (_known if text.startswith("connection auth") else _values)(text)
    if "host" in values and "source.address" not in document and values["host"] != "[local]":
        _client(values["host"], values.get("port", ""), document)
    user = values.get("user") or values.get("identity")
    document["user.name"] = document["user.name"] or user
    document["aws.rds.database"] = document["aws.rds.database"] or values.get("database")
    if name := values.get("application_name"):
        document["aws.rds.application"] = name
    if protocol := values.get("protocol"):
        document["tls.version"] = protocol.removeprefix("TLSv")
    if cipher := values.get("cipher"):
        document["tls.cipher"] = cipher
    what = text.split(" ", 2)[1].rstrip(":")
    document["event.action"] = f"connection-{what}"
    document["event.type"] = ["start"]
    if what == "received":
        document["event.category"] = ["database", "network"]
        document["event.type"] = ["connection", "start"]
    elif what in ("authorized", "authenticated"):
        document["event.category"] = ["authentication", "database", "session"]
        document["event.outcome"] = "success"
    else:
        document["event.action"] = "disconnection"
        document["event.category"], document["event.type"] = ["database", "session"], ["end"]


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
    if timed := TIMED.match(text):
        document["event.duration"] = round(float(timed[1]) * NANOSECONDS)
        text = text[timed.end() :]
    if found := EXECUTED.match(text):
        document["event.action"] = found[1]
        document["aws.rds.statement"] = text[found.end() :]


_is_ip = lru_cache(4096)(is_ip)
