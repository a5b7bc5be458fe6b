"""Reads a connection log of AWS Client VPN: all values are texts, and "NA" where there is none.

https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html
"""

from typing import Any

NO_VALUE = ("NA", "N/A", "-", "", None)
FIELDS = (
    ("client-ip", "source.nat.ip"),
    ("client-vpn-endpoint-id", "aws.clientvpn.endpoint_id"),
    ("common-name", "tls.client.x509.subject.common_name"),
    ("connection-attempt-failure-reason", "event.reason"),
    ("connection-attempt-status", "aws.clientvpn.connection_attempt_status"),
    ("connection-end-time", "event.end"),
    ("connection-id", "aws.clientvpn.connection_id"),
    ("connection-log-type", "event.action"),
    ("connection-reset-status", "aws.clientvpn.connection_reset_status"),
    ("connection-start-time", "event.start"),
    ("device-ip", "source.ip"),
    ("device-type", "aws.clientvpn.device_type"),
    ("posture-compliance-statuses", "aws.clientvpn.posture_compliance_statuses"),
    ("transport-protocol", "network.transport"),
    ("username", "user.name"),
)
NUMBERS = (
    ("connection-duration-seconds", "aws.clientvpn.connection_duration"),
    ("egress-bytes", "destination.bytes"),
    ("egress-packets", "destination.packets"),
    ("ingress-bytes", "source.bytes"),
    ("ingress-packets", "source.packets"),
    ("port", "source.port"),
)
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
    get = record.get
    for name, field in FIELDS:
        if (value := get(name)) not in NO_VALUE:
            document[field] = value
    for name, field in NUMBERS:
        value = get(name)
        number = _number(value)
        document[field] = number if number is not None else None if value in NO_VALUE else value
    found = document.get
    document["@timestamp"] = _first(found, get, "connection-last-update-time")
    document["source.address"] = device = found("source.ip")
    document["related.ip"] = [device, found("source.nat.ip")]
    document["related.user"] = found("user.name")
    system = found("aws.clientvpn.device_type")
    document["host.os.type"] = SYSTEMS.get(system.lower()) if type(system) is str else None
    for what in ("bytes", "packets"):
        document[f"network.{what}"] = _sum(found(f"source.{what}"), found(f"destination.{what}"))
    if (seconds := _number(found("aws.clientvpn.connection_duration"))) is not None:
        document["event.duration"] = seconds * 1_000_000_000
    status = found("aws.clientvpn.connection_attempt_status")
    if found("event.action") == "connection-reset":
        document["event.type"] = ["connection", "end"]
        document["event.outcome"] = "success"
    elif type(status) is str and status in OUTCOMES:
        document["event.outcome"], kind = OUTCOMES[status]
        document["event.type"] = ["connection", "start", kind]
    else:
        document["event.type"] = ["connection"]


def _first(found: Any, get: Any, name: str) -> Any:
    """The moment that the log tells of: of its last update, else of its end or start."""
    last = get(name)
    return (None if last in NO_VALUE else last) or found("event.end") or found("event.start")


def _number(value: Any) -> int | None:
    if type(value) is int:
        return value
    return int(value) if type(value) is str and value.isdecimal() and len(value) < 19 else None


def _sum(one: Any, other: Any) -> int | None:
    first, second = _number(one), _number(other)
    return None if first is None or second is None else first + second
