"""Reads the client, the name of the command and its duration.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html#Log_contents-slow-log
"""

from functools import lru_cache
from typing import Any

from common.web import host_and_port
from es_loader.guard import is_ip

READS = ("ClientAddress", "Command", "Duration", "Duration (us)")
LONGEST = 64  # characters of the name of a command


def transform(record: Any, document: dict[str, Any]) -> None:
    """Set what the table cannot say."""
    if type(record) is not dict:
        return
    get = record.get
    if type(client := get("ClientAddress")) is str and client != "-":
        host, _, port = client.rpartition(":")
        if ":" in host or not port.isdecimal():
            host, port = _host_and_port(client)
        document |= _source(host)
        document["source.port"] = port
    if type(command := get("Command")) is str:
        document["event.action"] = command[:LONGEST].partition(" ")[0].lower()
    microseconds = get("Duration (us)")
    if microseconds is None:
        microseconds = get("Duration")
    if type(microseconds) is int:
        document["event.duration"] = microseconds * 1000


def _host_and_port(text: str) -> tuple[str, str]:
    """Of what is no IPv4 address or name with a port."""
    host, port = host_and_port(text)
    if not is_ip(host) and is_ip(text.rpartition(":")[0]):  # IPv6 without brackets
        host, _, port = text.rpartition(":")
    return host, port


@lru_cache(4096)
def _source(host: str) -> dict[str, str]:
    names = ("source.address", "source.ip", "related.ip") if is_ip(host) else ("source.address",)
    return dict.fromkeys(names, host)
