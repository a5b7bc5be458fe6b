"""Reads the head of a line of Redis, or JSON with the same in its members.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html#Log_contents-engine-log
"""

from functools import lru_cache
from typing import Any

from es_loader.parse import json_object
from es_loader.times import MONTHS

LEVELS = {".": "debug", "-": "verbose", "*": "notice", "#": "warning"}
MEMBERS = {"cluster": "CacheClusterId", "node": "CacheNodeId", "role": "Role", "text": "Message"}
READS = ("time", "sign", "epoch", "text")


def transform(record: tuple[str, ...], document: dict[str, Any]) -> dict[str, str] | None:
    """Set time and level; the members of JSON as the table reads those of a line. RecordError, if
    it is JSON that is cut."""
    time, sign, epoch, text = record
    if time:
        document["@timestamp"] = _time(time)
        document["log.level"] = LEVELS.get(sign)
    elif epoch:
        document["@timestamp"] = epoch
    elif text.lstrip().startswith("{"):
        return _json(text, document)
    return None


def _json(text: str, document: dict[str, Any]) -> dict[str, str]:
    found = json_object(text)
    time = found.get("Time")
    known = _time(time.removesuffix(" UTC")) if type(time) is str else None
    document["@timestamp"] = known or time
    level = found.get("LogLevel")
    document["log.level"] = level.lower() if type(level) is str else None
    texts = {name: found.get(key) for name, key in MEMBERS.items()}
    return {name: value if type(value) is str else "" for name, value in texts.items()}


def _time(text: str) -> str | None:
    """`29 Oct 2026 20:12:20.499` as ISO 8601; without a year as the reader of such times has it."""
    day, _, clock = text.rpartition(" ")
    date = _date(day)
    if date is None or date[0].isdecimal():
        return date and f"{date}T{clock}Z"
    return f"{date} {clock[:8]}"  # it takes whole seconds


@lru_cache(64)
def _date(text: str) -> str | None:
    day, _, rest = text.partition(" ")
    month, _, year = rest.partition(" ")
    if month not in MONTHS:
        return None
    return f"{year}-{MONTHS[month]:02}-{day:0>2}" if year else f"{month} {day}"
