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
FLAGS_OF = {
    text: [flag for bit, flag in enumerate(TCP_FLAGS) if number >> bit & 1]
    for number in range(256)
    for text in (f"{number:02x}", f"{number:02X}")
}
DENIED = frozenset({"blocked", "drop", "reject"})
NETWORK, INTRUSION = ["network"], ["network", "intrusion_detection"]

READS = (
    "availability_zone",
    "event.alert.action",
    "event.alert.metadata.mitre_tactic_name",
    "event.alert.metadata.mitre_technique_name",
    "event.event_type",
    "event.http.url",
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
    event = record.get("event")
    get = (event if type(event) is dict else {}).get
    kind, verdict = "event", None
    if type(alert := get("alert")) is dict:
        kind, action = "alert", alert.get("action")
        if type(found := get("verdict")) is dict:
            verdict = found.get("action")
        verdict = verdict or action
        if "metadata" in alert:
            metadata = object_in(alert, "metadata")
            document["threat.tactic.name"] = _names(metadata.get("mitre_tactic_name"))
            document["threat.technique.name"] = _names(metadata.get("mitre_technique_name"))
    elif type(check := get("revocation_check")) is dict:
        action = verdict = check.get("action")
    elif type(get("tls_error")) is dict:
        kind, action = "error", "tls_error"
    else:
        action = get("event_type")
    shared = (record.get("availability_zone"), get("proto"), action, verdict)
    try:
        document |= _facts(kind, *shared)
    except TypeError:  # a list or an object
        document |= _facts(kind, *(each if type(each) is str else None for each in shared))
    if type(tcp := get("tcp")) is dict:
        document["aws.network_firewall.tcp_flags"] = _flags(tcp)
    if type(http := get("http")) is dict and type(url := http.get("url")) is str:
        document |= _url(url)
    if type(tls := get("tls")) is dict and tls:
        document["tls.server.hash.sha1"] = _hex(tls.get("fingerprint"))
        document["tls.server.x509.serial_number"] = _hex(tls.get("serial"))


@lru_cache(4096)
def _facts(kind: str, zone: Any, transport: Any, action: Any, verdict: Any) -> Object:
    """What follows from values that many records share: the region of a zone, the number of a
    protocol, and what kind of event it is.

    The action of an alert is that of its rule; the verdict is what became of the packet, where it
    has one.
    """
    fields: Object = {
        "event.kind": "alert" if kind == "alert" else "event",
        "event.category": INTRUSION if kind == "alert" else NETWORK,
        "event.type": ["connection"],
    }
    if type(zone) is str and (found := ZONE.fullmatch(zone)):
        fields["cloud.region"] = found[1]
    if type(transport) is str:
        fields["network.iana_number"] = PROTOCOLS.get(transport)
    if type(action) is str:
        fields["event.action"] = action.lower()
    if kind == "error":
        fields["event.type"], fields["event.outcome"] = ["connection", "error"], "failure"
    elif type(verdict) is str:
        denied = verdict.lower() in DENIED
        fields["event.type"] = ["connection", "denied" if denied else "allowed"]
        fields["event.outcome"] = "failure" if denied else "success"
    return fields


def _flags(tcp: Object) -> list[str]:
    """The flags of a flow's packets: told by a number in hexadecimal, and each by its name."""
    number = tcp.get("tcp_flags")
    flags = FLAGS_OF.get(number) if type(number) is str else None
    return flags or [flag for flag in TCP_FLAGS if tcp.get(flag) is True]


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
