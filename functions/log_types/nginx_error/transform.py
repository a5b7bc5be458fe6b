"""Reads the time, the request and the usual messages of nginx's error log.

https://github.com/nginx/nginx/blob/master/src/http/ngx_http_request.c (ngx_http_log_error)
https://github.com/nginx/nginx/blob/master/src/http/modules/ngx_http_auth_basic_module.c
"""

import re
from functools import lru_cache
from typing import Any

ERRORS = frozenset(("emerg", "alert", "crit", "error", "warn"))
FAILED = re.compile(r'\w+\(\) "([^"]*)" failed \((\d+): ([^)]*)\)').match
SYSTEM = re.compile(r"failed \((\d+): ([^()]*+)\)").search
WRONG = re.compile(r'user "([^"]*)": password mismatch').match
NOBODY = re.compile(r'user "([^"]*)" was not found in ').match
INDEX = re.compile(r'directory index of "([^"]*)" is forbidden').match
ZONE = re.compile(r' by zone "([^"]*)"').search
READS = ("time", "level", "message")


def transform(record: tuple[str, ...], document: dict[str, Any]) -> None:
    """Set what the head and the message say; a message of an unknown form stays text."""
    time, level, message = record
    if time:
        document["@timestamp"] = _time(time)
    document["event.category"] = ["web"]
    document["event.type"] = ["error" if level in ERRORS else "info"]
    _message(message, document)


@lru_cache(1024)
def _time(text: str) -> str:
    return f"{text[:4]}-{text[5:7]}-{text[8:10]}T{text[11:]}Z"


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
