"""Reads the class behind a text, and who was refused by a broker.

https://github.com/apache/kafka/blob/trunk/core/src/main/scala/kafka/network/SocketServer.scala
https://docs.aws.amazon.com/msk/latest/developerguide/msk-acls.html
"""

import re
from functools import lru_cache
from typing import Any

from es_loader.guard import is_ip

CLASS = re.compile(r"(?:[a-zA-Z][\w$]*\.)+[\w$]+", re.ASCII).fullmatch
LONGEST = 256  # characters of the name of a class
ERRORS = frozenset(("ERROR", "FATAL", "WARN"))
FAILURE = "Failed authentication with "
FAILED = re.compile(FAILURE + r"[^/ ]*+/([\da-fA-F.:]++)").match
ACCESS = re.compile(
    r"Principal = (?:User:)?(.+?) is (Denied|Allowed) operation = (\S+) from host = (\S+) "
    r"on resource = (\S+)",
    re.IGNORECASE,
).match


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Set time, logger, message, and what the message says of an access."""
    if time := record["time"]:
        document["@timestamp"] = f"{time[:10]}T{time[11:19]}.{time[20:]}Z"
    text, line_break, rest = record["text"].rstrip().partition("\n")
    text = text.rstrip()
    document["event.type"] = [
        "error" if (record["level"] or record["level_"]) in ERRORS else "info"
    ]
    document["log.logger"] = record["class_"]
    if text[-1:] == ")":
        start = text.rfind(" (", -LONGEST)
        if start >= 0 and _is_class(name := text[start + 2 : -1]):
            document["log.logger"], text = name, text[:start]
    document["message"] = f"{text}{line_break}{rest}" if line_break else text
    if text.startswith("Principal = "):
        _access(text, document)
    elif text.startswith(FAILURE) and (failed := FAILED(text)):
        _source(failed[1], document)
        document["event.action"], document["event.outcome"] = "authentication", "failure"
        document["event.category"], document["event.type"] = ["authentication"], ["start"]
        document["event.reason"] = text.rpartition(" (")[2].rstrip(")")


@lru_cache(1024)
def _is_class(name: str) -> bool:
    return CLASS(name) is not None


def _access(text: str, document: dict[str, Any]) -> None:
    """A decision of the authorizer."""
    found = ACCESS(text)
    if not found:
        return
    user, decision, operation, host, resource = found.groups()
    denied = decision.lower() == "denied"
    document["user.name"], document["related.user"] = user, [user]
    document["aws.msk.acl.operation"] = operation
    document["aws.msk.acl.resource"] = resource
    document["event.action"] = "denied-access" if denied else "allowed-access"
    document["event.category"] = ["iam"]
    document["event.outcome"] = "failure" if denied else "success"
    document["event.type"] = ["denied" if denied else "allowed"]
    _source(host, document)


def _source(host: str, document: dict[str, Any]) -> None:
    document["source.address"] = host
    if is_ip(host):
        document["source.ip"], document["related.ip"] = host, [host]
