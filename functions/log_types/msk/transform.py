"""Reads the class behind a text, and who was refused by a broker.

https://github.com/apache/kafka/blob/trunk/core/src/main/scala/kafka/network/SocketServer.scala
https://docs.aws.amazon.com/msk/latest/developerguide/msk-acls.html
"""

import re
from functools import lru_cache
from typing import Any

from es_loader.guard import is_ip

Document = dict[str, Any]

CLASS = re.compile(r"(?:[a-zA-Z][\w$]*\.)+[\w$]+", re.ASCII).fullmatch
LONGEST = 256  # characters of the name of a class, and of a message that is worth remembering
ERRORS = frozenset(("ERROR", "FATAL", "WARN"))
ABOUT = ("Principal = ", "Failed authentication with ")
FAILED = re.compile(r"Failed authentication with [^/ ]*+/([\da-fA-F.:]++)").match
DECISION = re.compile(
    r"Principal = (?:User:)?(.+?) is (Denied|Allowed) operation = (\S+) from host = (\S+) "
    r"on resource = (\S+)",
    re.IGNORECASE,
).match
READS = ("time", "level", "class_", "text")


def transform(record: tuple[str, str, str, str], document: Document) -> None:
    """Set time, logger, message, and what the message says of an access."""
    time, level, logger, message = record
    if time:
        document["@timestamp"] = f"{time[:10]}T{time[11:19]}.{time[20:]}Z"
    document["event.type"] = ["error" if level in ERRORS else "info"]
    document["log.logger"] = logger
    text, rest = message.rstrip(), ""
    if "\n" in text:
        text, line_break, rest = text.partition("\n")
        text, rest = text.rstrip(), line_break + rest
    if text[-1:] == ")":
        start = text.rfind(" (", -LONGEST)
        if start >= 0 and _is_class(name := text[start + 2 : -1]):
            document["log.logger"], text = name, text[:start]
    document["message"] = text + rest
    if text.startswith(ABOUT):
        document |= (_known if len(text) < LONGEST else _access)(text)


@lru_cache(1024)
def _is_class(name: str) -> bool:
    return CLASS(name) is not None


def _access(text: str) -> Document:
    """What a decision of the authorizer, or a refused client, says."""
    if decision := DECISION(text):
        user, decided, operation, host, resource = decision.groups()
        denied = decided.lower() == "denied"
        return {
            "user.name": user,
            "related.user": [user],
            "aws.msk.acl.operation": operation,
            "aws.msk.acl.resource": resource,
            "event.action": "denied-access" if denied else "allowed-access",
            "event.category": ["iam"],
            "event.outcome": "failure" if denied else "success",
            "event.type": ["denied" if denied else "allowed"],
        } | _source(host)
    if failed := FAILED(text):
        return {
            "event.action": "authentication",
            "event.category": ["authentication"],
            "event.outcome": "failure",
            "event.reason": text.rpartition(" (")[2].rstrip(")"),
            "event.type": ["start"],
        } | _source(failed[1])
    return {}


_known = lru_cache(4096)(_access)  # its dicts are shared: not to be changed


def _source(host: str) -> Document:
    if is_ip(host):
        return {"source.address": host, "source.ip": host, "related.ip": [host]}
    return {"source.address": host}
