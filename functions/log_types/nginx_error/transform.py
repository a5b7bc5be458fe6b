"""Reads the time, the request and the usual messages of nginx's error log.

https://github.com/nginx/nginx/blob/master/src/http/ngx_http_request.c (ngx_http_log_error)
https://github.com/nginx/nginx/blob/master/src/http/modules/ngx_http_auth_basic_module.c
"""

import re
from functools import lru_cache
from typing import Any

from common.web import host_and_port
from es_loader.guard import is_ip

ERRORS = frozenset(("emerg", "alert", "crit", "error", "warn"))
CLIENT = ", client: "
MOST = 16  # places in a message that are tried
# What stands behind a message. Whoever sends a request can write the same into its URL: the first
# place from which it goes on like this to the end is the server's own.
TAIL = re.compile(
    r', client: ([^,"]*+), server: ([^,"]*+)(?:, request: "([^"]*+)")?(?:, subrequest: "[^"]*+")?'
    r'(?:, upstream: "([^"]*+)")?(?:, host: "([^"]*+)")?(?:, referrer: "([^"]*+)")?'
    r"(?:, (?:bytes|login|sessions?|udp).*+)?"
).fullmatch
CUT = re.compile(r', client: ([^,"]*+), server: ([^,"]*+)()()()()').match
FAILED = re.compile(r'\w+\(\) "([^"]*)" failed \((\d+): ([^)]*)\)').match
SYSTEM = re.compile(r"failed \((\d+): ([^()]*+)\)").search
WRONG = re.compile(r'user "([^"]*)": password mismatch').match
NOBODY = re.compile(r'user "([^"]*)" was not found in ').match
INDEX = re.compile(r'directory index of "([^"]*)" is forbidden').match
ZONE = re.compile(r' by zone "([^"]*)"').search


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Set what the head and the message say; a message of an unknown form stays text."""
    if time := record["time"]:
        document["@timestamp"] = _time(time)
    document["event.category"] = ["web"]
    document["event.type"] = ["error" if record["level"] in ERRORS else "info"]
    message = record["message"]
    start = message.find(CLIENT)
    if start >= 0 and (tail := _tail(message, start)):
        _request(tail, document)
    _message(message, document)


@lru_cache(1024)
def _time(text: str) -> str:
    return f"{text[:4]}-{text[5:7]}-{text[8:10]}T{text[11:]}Z"


def _tail(message: str, first: int) -> re.Match[str] | None:
    """What stands behind the message; of a line that is cut, its beginning."""
    start = first
    for _ in range(MOST):
        if found := TAIL(message, start):
            return found
        start = message.find(CLIENT, start + 1)
        if start < 0:
            break
    return CUT(message, first)


def _request(tail: re.Match[str], document: dict[str, Any]) -> None:
    """The client, and what it asked for."""
    client, server, request, upstream, host, referrer = tail.groups()
    document |= _client(client)
    document["nginx.error.server"] = server
    if upstream:
        document["nginx.error.upstream"] = upstream
    if referrer:
        document["http.request.referrer"] = referrer
    method, blank, url = (request or "").partition(" ")
    if blank:
        url, _, version = url.partition(" HTTP/")
        document["http.request.method"], document["http.version"] = method, version
        document["url.path"], _, document["url.query"] = url.partition("?")
    if host:
        document |= _host(host)


@lru_cache(4096)
def _client(address: str) -> dict[str, str]:
    if is_ip(address):
        return dict.fromkeys(("source.address", "source.ip", "related.ip"), address)
    return {"source.address": address}


@lru_cache(1024)
def _host(text: str) -> dict[str, str]:
    """The host that a request is for."""
    name, port = host_and_port(text)
    kinds = ("destination.ip",) if is_ip(name) else ("destination.domain", "related.hosts")
    return {
        **dict.fromkeys(("url.domain", "destination.address", *kinds), name),
        "url.port": port,
    }


def _message(text: str, document: dict[str, Any]) -> None:
    """What has happened."""
    if text.startswith("user ") and (found := WRONG(text) or NOBODY(text)):
        mismatch = "password mismatch" in found[0]
        _login(found[1], "wrong password" if mismatch else "no such user", document)
    elif text.startswith("access forbidden by rule"):
        _refused("denied-request", document)
    elif text.startswith(("limiting ", "delaying ")) and (found := ZONE(text)):
        document["nginx.error.zone"] = found[1]
        if text.startswith("limiting"):
            _refused("limited-request", document)
    elif found := INDEX(text):
        _refused("denied-request", document)
        document["file.path"] = found[1]
    elif " failed (" in text:
        if found := FAILED(text):
            document["file.path"] = found[1]
            document["error.code"], document["error.message"] = found[2], found[3]
        elif found := SYSTEM(text):
            document["error.code"], document["error.message"] = found.groups()


def _login(user: str, reason: str, document: dict[str, Any]) -> None:
    document["user.name"] = document["related.user"] = user
    document["event.action"], document["event.outcome"] = "web-login", "failure"
    document["event.reason"] = reason
    document["event.category"] = ["web", "authentication"]
    document["event.type"] = ["start"]


def _refused(action: str, document: dict[str, Any]) -> None:
    document["event.action"], document["event.outcome"] = action, "failure"
    document["event.type"] = ["access", "denied"]
