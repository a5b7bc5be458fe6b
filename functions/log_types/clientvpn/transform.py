"""Reads a connection log of AWS Client VPN: all values are texts, and "NA" where there is none.

https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html
"""

from functools import lru_cache
from typing import Any

NO_VALUE = ("NA", "N/A", "-", "", None)
# But for those that the table has, since they always have a value.
FIELDS = {
    "client-ip": "source.nat.ip",
    "common-name": "tls.client.x509.subject.common_name",
    "connection-attempt-failure-reason": "event.reason",
    "connection-attempt-status": "aws.clientvpn.connection_attempt_status",
    "connection-duration-seconds": "aws.clientvpn.connection_duration",
    "connection-end-time": "event.end",
    "connection-last-update-time": "@timestamp",
    "connection-reset-status": "aws.clientvpn.connection_reset_status",
    "connection-start-time": "event.start",
    "device-ip": "source.ip",
    "device-type": "aws.clientvpn.device_type",
    "egress-bytes": "destination.bytes",
    "egress-packets": "destination.packets",
    "ingress-bytes": "source.bytes",
    "ingress-packets": "source.packets",
    "port": "source.port",
    "posture-compliance-statuses": "aws.clientvpn.posture_compliance_statuses",
    "username": "user.name",
}
SYSTEMS = {
    "android": "android",
    "ios": "ios",
    "linux": "linux",
    "mac": "macos",
    "win": "windows",
    "windows": "windows",
}
OUTCOMES = {
    "successful": ("success", "allowed"),
    "failed": ("failure", "denied"),
    "waiting-for-assertion": ("unknown", "info"),
}


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set all fields of a connection's attempt, reset or end."""
    for name, value in record.items():
        if value != "NA" and value != "N/A" and name in FIELDS:
            document[FIELDS[name]] = value
    get = document.get
    # The moment that the log tells of: of its last update, else of its end or start.
    if get("@timestamp") in NO_VALUE:
        end = get("event.end")
        document["@timestamp"] = get("event.start") if end in NO_VALUE else end
    document["source.address"] = device = get("source.ip")
    document["related.ip"] = [device, get("source.nat.ip")]
    document["related.user"] = get("user.name")
    for what in ("bytes", "packets"):
        received = _number(get(f"source.{what}"))
        sent = _number(get(f"destination.{what}"))
        if received is not None and sent is not None:
            document[f"network.{what}"] = received + sent
    if (seconds := _number(get("aws.clientvpn.connection_duration"))) is not None:
        document["event.duration"] = seconds * 1_000_000_000
    facts = (record.get("connection-log-type"), get("aws.clientvpn.connection_attempt_status"))
    system = get("aws.clientvpn.device_type")
    document |= _facts(*(fact if type(fact) is str else None for fact in (*facts, system)))


@lru_cache(1024)
def _facts(action: str | None, status: str | None, system: str | None) -> dict[str, Any]:
    """What the kind of event, the outcome and the system of the device say in words of ECS."""
    found: dict[str, Any] = {"event.type": ["connection"]}
    if system and system.lower() in SYSTEMS:
        found["host.os.type"] = SYSTEMS[system.lower()]
    if action == "connection-reset":
        found["event.type"], found["event.outcome"] = ["connection", "end"], "success"
    elif status in OUTCOMES:
        found["event.outcome"], kind = OUTCOMES[status]
        found["event.type"] = ["connection", "start", kind]
    return found


def _number(value: Any) -> int | None:
    if type(value) is int:
        return value
    return int(value) if type(value) is str and value.isdecimal() and len(value) < 19 else None
