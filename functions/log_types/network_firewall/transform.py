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
    "event.dns",
    "event.event_type",
    "event.http.hostname",
    "event.http.url",
    "event.netflow.age",
    "event.proto",
    "event.revocation_check.action",
    "event.sni",
    *(f"event.tcp.{flag}" for flag in TCP_FLAGS),
    "event.tls.fingerprint",
    "event.tls.serial",
    "event.tls.sni",
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
    _kind(event, document)
    if type(flow := get("netflow")) is dict and type(age := flow.get("age")) is int:
        document["event.duration"] = age * SECOND
    if type(tcp := get("tcp")) is dict:
        flags = [flag for flag in TCP_FLAGS if flag in tcp and tcp[flag] is True]
        document["aws.network_firewall.tcp_flags"] = flags
    hosts = [get("sni")]
    if type(http := get("http")) is dict:
        hosts.append(http.get("hostname"))
        if type(url := http.get("url")) is str:
            document |= _url(url)
    if type(tls := get("tls")) is dict:
        hosts.append(tls.get("sni"))
        document["tls.server.hash.sha1"] = _hex(tls.get("fingerprint"))
        document["tls.server.x509.serial_number"] = _hex(tls.get("serial"))
    if type(dns := get("dns")) is dict:
        hosts.append(_dns(dns, document))
    if hosts := [host for host in hosts if type(host) is str]:
        document["related.hosts"] = list(dict.fromkeys(hosts))
    if "alert" in event:
        metadata = object_in(object_in(event, "alert"), "metadata")
        document["threat.tactic.name"] = _names(metadata.get("mitre_tactic_name"))
        document["threat.technique.name"] = _names(metadata.get("mitre_technique_name"))


def _kind(event: Object, document: Object) -> None:
    """event.kind, category, type, action and outcome: of an alert, of TLS, or of a flow.

    The action of an alert is that of its rule; the verdict is what became of the packet.
    """
    kind, failed, action, verdict = "event", False, event.get("event_type"), None
    if type(alert := event.get("alert")) is dict:
        kind, action = "alert", alert.get("action")
        verdict = object_in(event, "verdict").get("action") or action
    elif type(check := event.get("revocation_check")) is dict:
        verdict = action = check.get("action")
    elif type(event.get("tls_error")) is dict:
        action, failed = "tls_error", True
    action = action if type(action) is str else None
    document |= _fields(kind, failed, action, verdict if type(verdict) is str else None)


@lru_cache(1024)
def _fields(kind: str, failed: bool, action: str | None, verdict: str | None) -> Object:
    """What follows from the kind of event, its action, and its verdict where it has one."""
    fields: Object = {
        "event.kind": kind,
        "event.category": INTRUSION if kind == "alert" else NETWORK,
        "event.type": ["connection", "error"] if failed else ["connection"],
    }
    if action is not None:
        fields["event.action"] = action.lower()
    if failed:
        fields["event.outcome"] = "failure"
    if verdict is not None:
        denied = verdict.lower() in DENIED
        fields["event.type"] = ["connection", "denied" if denied else "allowed"]
        fields["event.outcome"] = "failure" if denied else "success"
    return fields


def _dns(dns: Object, document: Object) -> Any:
    """Sets dns.type; the name that was asked for."""
    question: Any = dns
    for key in ("query", "queries"):
        found = dns.get(key)
        if type(found) is list and found and type(found[0]) is dict:
            question = found[0]
    kind = dns.get("type") or question.get("type")
    document["dns.type"] = DNS.get(kind) if type(kind) is str else None
    return question.get("rrname")


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
