"""Reads the head of a line of Redis, or JSON with the same in its members.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html#Log_contents-engine-log
"""

from typing import Any

from es_loader.parse import json_object
from es_loader.times import MONTHS

LEVELS = {".": "debug", "-": "verbose", "*": "notice", "#": "warning"}
ROLES = {"M": "master", "S": "replica", "C": "child", "X": "sentinel"}


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set time, level, role and message; RecordError, if it is JSON that is cut."""
    get = record.get
    if type(text := get("json")) is str and text:
        _json(text, document)
        return
    document["message"] = get("text") or get("signal_text") or get("bare")
    document["log.level"] = LEVELS.get(get("sign", ""))
    document["aws.elasticache.cluster_id"] = get("cluster")
    document["aws.elasticache.node_id"] = get("node")
    document["aws.elasticache.role"] = ROLES.get(get("role", ""))
    document["@timestamp"] = get("epoch") or _time(record)


def _json(text: str, document: dict[str, Any]) -> None:
    get = json_object(text).get
    document["@timestamp"], document["message"] = get("Time"), get("Message")
    document["aws.elasticache.cluster_id"] = get("CacheClusterId")
    document["aws.elasticache.node_id"] = get("CacheNodeId")
    role, level = get("Role"), get("LogLevel")
    document["aws.elasticache.role"] = ROLES.get(role) if type(role) is str else None
    document["log.level"] = level.lower() if type(level) is str else None


def _time(record: dict[str, Any]) -> str | None:
    get = record.get
    year, month = get("year"), MONTHS.get(get("month", ""))
    if not month:
        return None
    if not year:
        # The reader of times without a year takes whole seconds.
        return f"{get('month')} {get('day')} {get('clock', '')[:8]}"
    return f"{year}-{month:02}-{get('day'):0>2}T{get('clock')}Z"
