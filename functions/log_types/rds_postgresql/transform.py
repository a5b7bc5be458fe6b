"""Reads what PostgreSQL writes about connections, statements and errors.

https://github.com/postgres/postgres/blob/master/src/backend/utils/init/postinit.c
https://github.com/postgres/postgres/blob/master/src/backend/tcop/postgres.c
"""

import csv
import re
from functools import lru_cache
from typing import Any

from common.sql import statement
from common.zones import ZONES
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
    r"(?:duration: (\d+(?:\.\d+|)) ms(?:\s+|$)|)"  # (?:x|) stands for (?:x)?, which takes longer
    r"(?:(statement|execute|parse|bind|fastpath|plan)(?: [^:\n]{1,200}|):\s*|)"
).match
# The columns of csvlog behind the time, as far as they are of use, in their order.
COLUMNS = (
    *("user", "database", "pid", "client", "session", "own_line", "command", "start", "virtual"),
    *("transaction", "level", "state", "message", "DETAIL", "HINT", "QUERY", "", "CONTEXT"),
    *("STATEMENT", "", "", "application"),
)
OF_CSV = ("user", "database", "pid", "client", "own_line", "level", "state", "message")
# Names that a prefix of one's own may give its values.
OF_PREFIX = {"user": "user", "db": "database", "database": "database"}
OF_PREFIX |= dict.fromkeys(("client", "host", "remote"), "client")
UNKNOWN = frozenset(("[unknown]", "[local]"))
KEY = re.compile(r"\b(\w{1,40})=(\"[^\"]*\"|\[[^\]]*\]|[^ ,)\]]+)")
QUOTED = {name: re.compile(rf'\b{name} "([^"]*)"') for name in ("user", "role", "host", "database")}
REFUSED = re.compile(
    r'authentication failed for user "|no pg_hba\.conf entry|role "[^"]*" does not exist'
    r'|database "[^"]*" does not exist|role "[^"]*" is not permitted to log in'
    r"|(?:remaining connection slots|sorry, too many clients)|permission denied for database"
    r"|pg_hba\.conf rejects"
)
SESSION = re.compile(r"disconnection: session time: (\d{1,9}):(\d\d):(\d\d\.\d+)").match
IN_UTC = (" UTC", " GMT")  # times that are read as they are
NANOSECONDS = 1_000_000  # in a millisecond
Told = dict[str, str | None]  # what a message tells of a session, by the names of columns
FAILED = ("ERROR", "FATAL", "PANIC")
# Lists that documents share: not to be changed.
DATABASE, INFO, ERROR = ["database"], ["info"], ["error"]
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
READS = (
    *("time", "level", "message", "client", "user", "own_user", "database", "own_database"),
    *("application", "prefix", "columns"),
)


def transform(record: tuple[str, ...], document: dict[str, Any]) -> dict[str, str] | None:
    """Fills what the table leaves open; what only the message tells as if the head had it."""
    time, level, text, client, user, own_user, database, own_database, app, prefix, columns = record
    changed: dict[str, str] = {}
    told: Told | None = None
    if app:
        document["aws.rds.application"] = app
    if columns or "=" in prefix:
        changed = _columns(columns, document) if columns else _prefix(prefix, document)
        level, text = changed.get("level", level), changed.get("message", text)
        client, user = changed.get("client", client), changed.get("user", user)
        database = changed.get("database", database)
    if time[-4:] not in IN_UTC:
        changed["time"] = _time(time)
    if client and not _is_ip(client):
        document["source.domain"] = client
    if "\n" in text and (found := MORE.search(text)):
        _more(text[found.start() :], document)
        text = changed["message"] = text[: found.start()]
    if level in TARGETS:
        document[TARGETS[level]] = text
    user, database = user or own_user, database or own_database
    if level in FAILED:
        document["event.category"], document["event.type"] = DATABASE, ERROR
        document["event.outcome"], document["error.message"] = "failure", text
        if level == "FATAL" and REFUSED.search(text):
            told = _refused(text, document)
    elif text[:11] == "connection " or text[:15] == "disconnection: ":
        _connection(text, document)
        if not (user and database and client):
            told = _whose(text)
    else:
        _statement(text, document)
    if "aws.rds.statement" in document:
        verb, document["event.category"], kinds = statement(document["aws.rds.statement"])
        document["aws.rds.verb"] = verb
        document["event.type"] = ["error", *kinds] if level in FAILED else kinds
    if told:
        known = {"user": user, "database": database, "client": client}
        changed |= _unknown(told, known, document)
    return changed


def _columns(text: str, document: dict[str, Any]) -> dict[str, str]:
    """What a line of csvlog has in its columns, by the names that these have in other lines.

    https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG
    """
    try:
        columns = next(csv.reader([text.replace("\n", "\0")]), [])
    except csv.Error:
        return {"message": text, "level": ""}
    values = {
        name: value.replace("\0", "\n")
        for name, value in zip(COLUMNS, columns, strict=False)
        if name and value
    }
    for label, target in TARGETS.items():
        if label in values:
            document.setdefault(target, values[label])
    document["aws.rds.application"] = values.get("application")
    found = {name: values.get(name, "") for name in OF_CSV}
    if found["client"] in UNKNOWN:
        found["client"] = ""
    elif ":" in found["client"]:
        found["client"], _, found["port"] = found["client"].rpartition(":")
    if found["state"] == "00000":
        found["state"] = ""
    return found


def _prefix(text: str, document: dict[str, Any]) -> dict[str, str]:
    """What a prefix of one's own has, as `user=app,db=orders,app=psql,client=10.0.1.13`."""
    values = {name: value for name, value in KEY.findall(text) if value not in UNKNOWN}
    document["aws.rds.application"] = values.get("app")
    return {OF_PREFIX[name]: value for name, value in values.items() if name in OF_PREFIX}


def _more(text: str, document: dict[str, Any]) -> None:
    """Lines of their own that tell more of a message."""
    _, *more = MORE.split(text)
    for label, told in zip(more[::2], more[1::2], strict=True):
        if label in TARGETS:
            document.setdefault(TARGETS[label], told)


def _unknown(told: Told, known: dict[str, str], document: dict[str, Any]) -> dict[str, str]:
    """Of what a message tells, what the head does not have."""
    found = {name: text for name, text in told.items() if text and not known.get(name)}
    host = found.get("client")
    if not host or host == "[local]":
        found.pop("client", None)
        found.pop("port", None)
    elif not _is_ip(host):
        document["source.domain"] = host
    return found


@lru_cache(1024)
def _time(text: str) -> str:
    """`2026-11-24 20:00:00.322 CET` as ISO 8601."""
    day, _, rest = text.partition(" ")
    clock, _, zone = rest.partition(" ")
    return f"{day}T{clock}{zone if zone[:1] in '+-' else ZONES.get(zone, 'Z')}"


_is_ip = lru_cache(4096)(is_ip)


def _refused(text: str, document: dict[str, Any]) -> Told:
    """A login that failed; who it was."""
    document["event.action"] = "login"
    document["event.category"] = ["authentication", "database"]
    document["event.type"] = ["start", "denied"]
    found = {name: match[1] for name, each in QUOTED.items() if (match := each.search(text))}
    user = found.get("user") or found.get("role")
    return {"user": user, "database": found.get("database"), "client": found.get("host")}


def _connection(text: str, document: dict[str, Any]) -> None:
    """Connections received, authenticated, authorized, and ended."""
    if found := SESSION(text):
        document |= DISCONNECTION
        hours, minutes, seconds = found.groups()
        whole = (int(hours) * 60 + int(minutes)) * 60 + float(seconds)
        document["event.duration"] = round(whole * 1000) * NANOSECONDS
        return
    what = text.split(" ", 2)[1].rstrip(":")
    document |= CONNECTIONS.get(what, DISCONNECTION)
    if what.startswith("auth"):
        document |= _said(text)[2]


def _whose(text: str) -> Told:
    """Whose connection a message is about."""
    if text.startswith("connection auth") or " host=" not in text:
        user, database, _ = _said(text)
        return {"user": user, "database": database}
    who, _, place = text.rpartition(" host=")
    # Without what is of one connection each, since what is said is remembered.
    user, database, _ = _said(who[max(who.find(" user="), 0) :])
    host, _, port = place.partition(" port=")
    return {"user": user, "database": database, "client": host, "port": port}


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


def _statement(text: str, document: dict[str, Any]) -> None:
    """A statement, and how long it took; or what else is no connection and no error."""
    found = SAID(text)
    assert found  # all of it may be left out
    milliseconds, action = found.groups()
    if milliseconds:
        document["event.duration"] = round(float(milliseconds) * NANOSECONDS)
    if action:
        document["event.action"] = action
        document["aws.rds.statement"] = text[found.end() :]
        return
    document["event.category"], document["event.type"] = DATABASE, INFO
    if text.startswith("AUDIT: "):
        _audit(text[7:], document)


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
