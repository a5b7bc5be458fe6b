"""Reads the client and the usual messages of Apache's error log.

https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat
https://github.com/owasp-modsecurity/ModSecurity/wiki/ModSecurity-2-Data-Formats
"""

import re
from functools import lru_cache
from typing import Any

from common.web import host_and_port
from es_loader.guard import is_ip

ERRORS = frozenset(("emerg", "alert", "crit", "error", "warn"))
REFERRER = re.compile(r", referer: (\S+)$").search
FILE = re.compile(
    r"(?:File does not exist|Symbolic link not allowed[^:]*|Cannot serve directory"
    r"|Directory index forbidden by Options directive|attempt to invoke directory as script"
    r"): (/[^,]*|[A-Za-z]:[^,]*)"
    r"|script (?:not found or unable to stat: |'?)(/[^',]*)"
).match
DENIED = re.compile(r"client denied by server configuration: (uri )?(\S+)").match
FAILED = re.compile(r"user (.{1,256}?): authentication failure for \"([^\"]*)\": ([^,]*)").match
NOBODY = re.compile(r"user (.{1,256}?) not found: ([^\s,]*)").match
TAG = re.compile(r'\[([a-z_]+) "((?:[^"\\]|\\.)*+)"\]').findall
TAGS = {
    "file": "apache.error.rule.file",
    "id": "rule.id",
    "msg": "rule.name",
    "severity": "apache.error.rule.severity",
    "unique_id": "http.request.id",
    "uri": "url.path",
}
READS = ("level", "client", "client6", "code", "message")


def transform(record: tuple[str, ...], document: dict[str, Any]) -> dict[str, str] | None:
    """Set what the head and the message say; a message of an unknown form stays text. An address
    with a port that the pattern cannot tell from it is what the table is to read."""
    level, client, client6, code, text = record
    document["event.category"] = ["web"]
    document["event.type"] = ["error" if level in ERRORS else "info"]
    if client and not _is_ip(client):
        document["source.domain"] = document["related.hosts"] = client
    if code:
        text = text[len(code) + 2 :]
    if ", referer: " in text and (referrer := REFERRER(text)):
        document["http.request.referrer"] = referrer[1]
    _message(text, document)
    return _client(client6, document) if client6 else None


def _client(text: str, document: dict[str, Any]) -> dict[str, str]:
    host, port = host_and_port(text)
    if not _is_ip(host) and _is_ip(text.rpartition(":")[0]):  # IPv6 without brackets, and port
        host, _, port = text.rpartition(":")
    if not _is_ip(host):
        document["source.domain"] = document["related.hosts"] = host
    return {"client6": host, "port": port}


_is_ip = lru_cache(4096)(is_ip)


def _message(text: str, document: dict[str, Any]) -> None:
    if text.startswith("user "):
        if failed := FAILED(text):
            user, document["url.path"], document["event.reason"] = failed.groups()
            _login(user, document)
        elif nobody := NOBODY(text):
            user, document["url.path"] = nobody.groups()
            document["event.reason"] = "no such user"
            _login(user, document)
    elif text.startswith("client denied"):
        if denied := DENIED(text):
            document["event.action"], document["event.outcome"] = "denied-client", "failure"
            document["event.type"].append("denied")
            document["url.path" if denied[1] else "file.path"] = denied[2].rstrip(",")
    elif text.startswith("ModSecurity: "):
        _rule(text, document)
    elif found := FILE(text):
        document["file.path"] = found[1] or found[2]


def _login(user: str, document: dict[str, Any]) -> None:
    document["user.name"] = document["related.user"] = user
    document["event.action"], document["event.outcome"] = "web-login", "failure"
    document["event.category"] = ["web", "authentication"]
    document["event.type"] = ["start"]


def _server(host: str, document: dict[str, Any]) -> None:
    """The host that a request has asked for."""
    document["destination.address"] = document["url.domain"] = host
    if _is_ip(host):
        document["destination.ip"] = host
    else:
        document["destination.domain"] = host
        document["related.hosts"] = [*filter(None, (document.get("related.hosts"), host))]


def _rule(text: str, document: dict[str, Any]) -> None:
    """A rule of ModSecurity that matched."""
    found = TAG(text)
    for name, value in found:
        if field := TAGS.get(name):
            document.setdefault(field, value)
        elif name == "hostname" and value:
            _server(value, document)
    document["apache.error.rule.tags"] = [value for name, value in found if name == "tag"]
    document["event.category"] = ["web", "intrusion_detection"]
    denied = "Access denied" in text[:64]
    document["event.type"] = ["denied"] if denied else ["info"]
    document["event.action"] = "blocked-request" if denied else "matched-rule"
    if denied:
        document["event.outcome"] = "failure"
