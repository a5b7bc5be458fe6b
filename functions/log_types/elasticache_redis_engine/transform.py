"""Reads the head of a line of Redis, or JSON with the same in its members.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html#Log_contents-engine-log
"""

from functools import lru_cache
from typing import Any

from es_loader.parse import json_object
from es_loader.times import MONTHS

LEVELS = {".": "debug", "-": "verbose", "*": "notice", "#": "warning"}
ROLES = {"M": "master", "S": "replica", "C": "child", "X": "sentinel"}


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Set time, level, role and message; RecordError, if it is JSON that is cut."""
    text = record["text"]
    if time := record["time"]:
        document["@timestamp"] = _time(time)
        document["aws.elasticache.cluster_id"] = record["cluster"]
        document["aws.elasticache.node_id"] = record["node"]
        document["aws.elasticache.role"] = ROLES.get(record["role"])
        document["log.level"] = LEVELS[record["sign"]]
    elif epoch := record["epoch"]:
        document["@timestamp"] = epoch
    elif text.lstrip().startswith("{"):
        _json(text, document)
        return
    document["message"] = text


def _json(text: str, document: dict[str, Any]) -> None:
    get = json_object(text).get
    document["@timestamp"], document["message"] = get("Time"), get("Message")
    document["aws.elasticache.cluster_id"] = get("CacheClusterId")
    document["aws.elasticache.node_id"] = get("CacheNodeId")
    role, level = get("Role"), get("LogLevel")
    document["aws.elasticache.role"] = ROLES.get(role) if type(role) is str else None
    document["log.level"] = level.lower() if type(level) is str else None


def _time(text: str) -> str | None:
    """`29 Oct 2026 20:12:20.499` as ISO 8601; without a year as the reader of such times has it."""
    day, _, clock = text.rpartition(" ")
    date = _date(day)
    if date is None or date[0].isdecimal():
        return date and f"{date}T{clock}Z"
    return f"{date} {clock[:8]}"  # it takes whole seconds


@lru_cache(64)
def _date(text: str) -> str | None:
    day, month, *year = text.split(" ")
    if month not in MONTHS:
        return None
    return f"{year[0]}-{MONTHS[month]:02}-{day:0>2}" if year else f"{month} {day}"
