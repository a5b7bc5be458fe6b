"""Reads a connection log of AWS Client VPN: all values are texts, and "NA" where there is none.

https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html
"""

from functools import lru_cache
from typing import Any

NO_VALUE = ("NA", "N/A", "-", "", None)
SECOND = 10**9  # nanoseconds
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
    """Set what may be "NA", and what follows from several values."""
    get = record.get
    try:
        document |= _facts(
            get("connection-log-type"),
            get("connection-attempt-status"),
            get("connection-attempt-failure-reason"),
            get("connection-reset-status"),
            get("device-type"),
            get("posture-compliance-statuses"),
        )
    except TypeError:  # a list or an object
        document |= _facts()
    start = document["event.start"] = _time(get("connection-start-time"))
    # The moment that the log tells of: of its last update, else of its end or start.
    end, updated = get("connection-end-time"), get("connection-last-update-time")
    if end not in NO_VALUE:
        end = document["event.end"] = _time(end)
    if updated not in NO_VALUE:
        document["@timestamp"] = _time(updated)
    else:
        document["@timestamp"] = start if end in NO_VALUE else end
    if (name := get("common-name")) not in NO_VALUE:
        document["tls.client.x509.subject.common_name"] = name
    if (user := get("username")) not in NO_VALUE:
        document["user.name"] = document["related.user"] = user
    document["network.bytes"] = _sum(get("ingress-bytes"), get("egress-bytes"))
    document["network.packets"] = _sum(get("ingress-packets"), get("egress-packets"))
    if (seconds := get("connection-duration-seconds")) not in NO_VALUE:
        document["aws.clientvpn.connection_duration"] = seconds
        if (whole := _sum(seconds, 0)) is not None:
            document["event.duration"] = whole * SECOND


@lru_cache(4096)
def _facts(
    action: Any = None,
    status: Any = None,
    reason: Any = None,
    reset: Any = None,
    system: Any = None,
    posture: Any = None,
) -> dict[str, Any]:
    """What few connections do not share, and what that is in words of ECS."""
    known = {
        "aws.clientvpn.connection_attempt_status": status,
        "aws.clientvpn.connection_reset_status": reset,
        "aws.clientvpn.device_type": system,
        "aws.clientvpn.posture_compliance_statuses": posture,
        "event.reason": reason,
    }
    found: dict[str, Any] = {
        field: value
        for field, value in known.items()
        if type(value) is str and value not in NO_VALUE
    }
    found["event.type"] = ["connection"]
    if type(system) is str:
        found["host.os.type"] = SYSTEMS.get(system.lower())
    if action == "connection-reset":
        found["event.type"], found["event.outcome"] = ["connection", "end"], "success"
    elif status in OUTCOMES:
        found["event.outcome"], kind = OUTCOMES[status]
        found["event.type"] = ["connection", "start", kind]
    return found


def _time(text: Any) -> Any:
    """`2026-11-24 19:37:15` as ISO 8601; other values as they are."""
    if type(text) is str and len(text) == 19 and text[10] == " ":
        return f"{text[:10]}T{text[11:]}Z"
    return text


def _sum(one: Any, other: Any) -> int | None:
    """The sum of two numbers or their texts; None where one of them is none."""
    try:
        return int(one) + int(other)
    except (OverflowError, TypeError, ValueError):
        return None
