"""What kind of event a record is, and the texts in it that hold several values."""

import re
from functools import lru_cache
from typing import Any

from common.members import object_in

Object = dict[str, Any]

# A zone of a region, local zones such as us-west-2-lax-1a included
ZONE = re.compile(r"([a-z]{2,4}(?:-[a-z]+)+-\d)(?:[a-z]|-[a-z]{3}-\d[a-z]|-wl\d-[a-z0-9-]+)")
ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,31})://[^/?]*")
# Suricata's names -> numbers of IANA
PROTOCOLS = {
    "ICMP": 1,
    "IGMP": 2,
    "TCP": 6,
    "UDP": 17,
    "IPv6": 41,
    "GRE": 47,
    "ESP": 50,
    "AH": 51,
    "IPv6-ICMP": 58,
    "SCTP": 132,
}
TCP_FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr")
DNS = {"query": "query", "request": "query", "answer": "answer", "response": "answer"}
SECOND = 10**9  # nanoseconds
DENIED = frozenset({"blocked", "drop", "reject"})
NETWORK, INTRUSION = ["network"], ["network", "intrusion_detection"]

READS = (
    "availability_zone",
    "event.alert.action",
    "event.alert.metadata.mitre_tactic_name",
    "event.alert.metadata.mitre_technique_name",
    "event.dns.query",
    "event.dns.queries",
    "event.dns.type",
    "event.event_type",
    "event.http.url",
    "event.netflow.age",
    "event.proto",
    "event.revocation_check.action",
    "event.tcp.tcp_flags",
    *(f"event.tcp.{flag}" for flag in TCP_FLAGS),
    "event.tls.fingerprint",
    "event.tls.serial",
    "event.tls_error.error_message",
    "event.verdict.action",
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    zone = record.get("availability_zone")
    if type(zone) is str:
        document["cloud.region"] = _region(zone)
    event = record.get("event")
    if type(event) is not dict:
        document["event.kind"], document["event.category"] = "event", NETWORK
        return
    get = event.get
    if type(transport := get("proto")) is str:
        document["network.iana_number"] = PROTOCOLS.get(transport)
    if type(alert := get("alert")) is dict:
        verdict = object_in(event, "verdict").get("action") or alert.get("action")
        _kind(document, "alert", alert.get("action"), verdict)
        if "metadata" in alert:
            metadata = object_in(alert, "metadata")
            document["threat.tactic.name"] = _names(metadata.get("mitre_tactic_name"))
            document["threat.technique.name"] = _names(metadata.get("mitre_technique_name"))
    elif type(check := get("revocation_check")) is dict:
        _kind(document, "event", check.get("action"), check.get("action"))
    elif type(get("tls_error")) is dict:
        _kind(document, "error", "tls_error")
    else:
        _kind(document, "event", get("event_type"))
    if type(flow := get("netflow")) is dict and type(age := flow.get("age")) is int:
        document["event.duration"] = age * SECOND
    if type(tcp := get("tcp")) is dict:
        document["aws.network_firewall.tcp_flags"] = _flags(tcp)
    if type(http := get("http")) is dict and type(url := http.get("url")) is str:
        document |= _url(url)
    if type(tls := get("tls")) is dict and tls:
        document["tls.server.hash.sha1"] = _hex(tls.get("fingerprint"))
        document["tls.server.x509.serial_number"] = _hex(tls.get("serial"))
    if type(dns := get("dns")) is dict:
        document["dns.type"] = _dns(dns)


def _kind(document: Object, kind: str, action: Any, verdict: Any = None) -> None:
    """Sets event.kind, category, type, action and outcome.

    The action of an alert is that of its rule; the verdict is what became of the packet.
    """
    action = action if type(action) is str else None
    document |= _fields(kind, action, verdict if type(verdict) is str else None)


@lru_cache(1024)
def _fields(kind: str, action: str | None, verdict: str | None) -> Object:
    """What follows from the kind of event, its action, and its verdict where it has one."""
    fields: Object = {
        "event.kind": "alert" if kind == "alert" else "event",
        "event.category": INTRUSION if kind == "alert" else NETWORK,
        "event.type": ["connection"],
    }
    if action is not None:
        fields["event.action"] = action.lower()
    if kind == "error":
        fields["event.type"], fields["event.outcome"] = ["connection", "error"], "failure"
    elif verdict is not None:
        denied = verdict.lower() in DENIED
        fields["event.type"] = ["connection", "denied" if denied else "allowed"]
        fields["event.outcome"] = "failure" if denied else "success"
    return fields


def _flags(tcp: Object) -> list[str]:
    """The flags of a flow's packets: told by a number in hexadecimal, and each by its name."""
    number = tcp.get("tcp_flags")
    if type(number) is str and len(number) == 2 and (flags := _flags_of(number)):
        return flags
    return [flag for flag in TCP_FLAGS if tcp.get(flag) is True]


@lru_cache(1024)
def _flags_of(number: str) -> list[str]:
    try:
        bits = bytes.fromhex(number)[0]
    except (IndexError, ValueError):
        return []
    return [flag for bit, flag in enumerate(TCP_FLAGS) if bits >> bit & 1]


def _dns(dns: Object) -> str | None:
    """dns.type of the query or answer."""
    kind = dns.get("type")
    for key in ("queries", "query"):
        if kind or type(found := dns.get(key)) is not list:
            continue
        kind = found[0].get("type") if found and type(found[0]) is dict else None
    return DNS.get(kind) if type(kind) is str else None


def _names(names: Any) -> list[str] | None:
    """`Initial_Access` as MITRE writes it."""
    if type(names) is not list:
        return None
    return [name.replace("_", " ") for name in names if type(name) is str]


def _hex(text: Any) -> str | None:
    return text.replace(":", "").upper() if type(text) is str else None


@lru_cache(4096)
def _url(url: str) -> Object:
    """Path and query of a request line's URL, which is a path where no proxy is asked."""
    absolute = ABSOLUTE.match(url)
    path, _, query = url[absolute.end() if absolute else 0 :].partition("?")
    scheme = absolute[1].lower() if absolute else None
    return {"url.path": path, "url.query": query, "url.scheme": scheme}


@lru_cache(256)
def _region(zone: str) -> str | None:
    found = ZONE.fullmatch(zone)
    return found[1] if found else None
