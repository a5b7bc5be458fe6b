"""Reads the client, the name of the command and its duration.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html#Log_contents-slow-log
"""

from typing import Any

from common.web import host_and_port
from es_loader.guard import is_ip

LONGEST = 64  # characters of the name of a command


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set what the table cannot say."""
    get = record.get
    if type(client := get("ClientAddress")) is str and client != "-":
        host, port = host_and_port(client)
        if not is_ip(host) and is_ip(client.rpartition(":")[0]):  # IPv6 without brackets
            host, _, port = client.rpartition(":")
        document["source.address"], document["source.port"] = host, port
        if is_ip(host):
            document["source.ip"], document["related.ip"] = host, [host]
    if type(command := get("Command")) is str:
        document["event.action"] = command[:LONGEST].partition(" ")[0].lower()
    microseconds = get("Duration (us)", get("Duration"))
    if type(microseconds) is int:
        document["event.duration"] = microseconds * 1000
