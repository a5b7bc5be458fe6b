"""Reads the packets that the kernel's firewall logs, and the priority of a line.

https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1
https://github.com/torvalds/linux/blob/master/net/netfilter/nf_log_syslog.c
"""

import re
from functools import lru_cache
from typing import Any

FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron"),
    *("authpriv", "ftp", "ntp", "audit", "alert", "clock"),
    *(f"local{number}" for number in range(8)),
)
SEVERITIES = (
    *("emergency", "alert", "critical", "error"),
    *("warning", "notice", "informational", "debug"),
)
REPEATED = re.compile(r"(?:last )?message repeated (\d+) times?", re.ASCII).match
# `IN=eth0 OUT= MAC=... SRC=... DST=... LEN=40 ... PROTO=TCP SPT=1 DPT=2 ... SYN URGP=0`
PACKET = re.compile(r"(?:\[ *\d+\.\d+\] )?(.*?)\bIN=(\S*) OUT=(\S*) (.*)").fullmatch
# A whole packet of TCP or UDP, as most are.
USUAL = re.compile(
    r"(?:\[ *\d+\.\d+\] )?([^=]*)\bIN=(\S*) OUT=(\S*) (?:MAC=(\S*) )?SRC=(\S+) DST=(\S+) LEN=(\d+)"
    r" (?:TOS=\S+ PREC=\S+ TTL=\d+ ID=\d+|TC=\d+ HOPLIMIT=\d+ FLOWLBL=\d+)(?: DF)?"
    r" PROTO=(TCP|UDP) SPT=(\d+) DPT=(\d+) (?:WINDOW=\d+ RES=\S+ ([A-Z ]*)URGP=\d+|LEN=\d+) ?",
).fullmatch
INNER = re.compile(r"\b(?:SRC|DST)=(\S+)").findall
FLAGS = ("SYN", "ACK", "FIN", "RST", "PSH", "URG")
ENDS = {"SRC": "source", "DST": "destination"}
WORTH = {"SPT": "source.port", "DPT": "destination.port"}
TRANSPORTS = {"ICMPv6": "ipv6-icmp"}
REFUSING = re.compile(r"block|drop|deny|denied|reject", re.IGNORECASE).search
ALLOWING = re.compile(r"allow|accept", re.IGNORECASE).search
READS = ("priority", "process", "message")


def transform(record: tuple[str, str, str], document: dict[str, Any]) -> None:
    """Set what the priority and the message say; a message of an unknown form stays text."""
    priority, process, message = record
    if priority:
        document |= _priority(priority)
    if "repeated" in message[:26] and (repeated := REPEATED(message)):
        document["linux.messages.repeats"] = repeated[1]
    if " OUT=" in message and (process == "kernel" or not process):
        if packet := USUAL(message):
            _usual(packet.groups(), document)
        elif packet := PACKET(message):
            _packet(packet.groups(), document)


@lru_cache(192)
def _priority(text: str) -> dict[str, Any]:
    facility, severity = divmod(int(text) if text.isdecimal() else 0, 8)
    if facility >= len(FACILITIES):
        return {}
    return {
        "log.syslog.facility.code": facility,
        "log.syslog.facility.name": FACILITIES[facility],
        "log.syslog.severity.code": severity,
        "log.syslog.severity.name": SEVERITIES[severity],
    }


def _usual(packet: tuple[str, ...], document: dict[str, Any]) -> None:
    """A packet of which USUAL has found all."""
    prefix, ingress, egress, hardware, source, destination, size, transport, *rest = packet
    document |= _verdict(prefix)
    if hardware:
        document |= _hardware(hardware)
    document["source.port"], document["destination.port"], flags = rest
    document["observer.ingress.interface.name"] = ingress
    document["observer.egress.interface.name"] = egress
    document["network.bytes"], document["network.transport"] = size, transport
    document["network.type"] = "ipv6" if ":" in destination else "ipv4"
    document["source.address"] = document["source.ip"] = source
    document["destination.address"] = document["destination.ip"] = destination
    document["related.ip"] = [source, destination]
    if flags:
        document["linux.messages.firewall.tcp_flags"] = _flags(flags)


def _packet(packet: tuple[str, ...], document: dict[str, Any]) -> None:
    """A packet, whatever is told of it."""
    prefix, ingress, egress, rest = packet
    document |= _verdict(prefix)
    document["observer.ingress.interface.name"] = ingress
    document["observer.egress.interface.name"] = egress
    addresses, alone = [], []
    rest, _, inner = rest.partition(" [SRC=")  # of the packet that ICMP tells of
    for word in rest.split():
        name, _, value = word.partition("=")
        if not value:
            alone.append(name)
        elif name in WORTH:
            document[WORTH[name]] = value
        elif name == "LEN":
            document.setdefault("network.bytes", value)
        elif name == "PROTO":
            document["network.transport"] = TRANSPORTS.get(value, value)
        elif name == "MAC":
            document |= _hardware(value)
        elif end := ENDS.get(name):
            document[f"{end}.address"] = document[f"{end}.ip"] = value
            document["network.type"] = "ipv6" if ":" in value else "ipv4"
            addresses.append(value)
    document["related.ip"] = [*dict.fromkeys(addresses + INNER(f"SRC={inner}"))]
    document["linux.messages.firewall.tcp_flags"] = _flags(" ".join(alone))


@lru_cache(1024)
def _verdict(text: str) -> dict[str, Any]:
    """What was done to a packet, by the text that the rule puts before it."""
    prefix = text.strip(" []:")
    types = ["connection"]
    found = {"linux.messages.firewall.prefix": prefix, "event.category": ["network"]}
    found["event.type"] = types
    refused = REFUSING(prefix)
    if refused or ALLOWING(prefix):
        types.append("denied" if refused else "allowed")
        found["event.action"] = "blocked-packet" if refused else "allowed-packet"
        found["event.outcome"] = "failure" if refused else "success"
    return found


@lru_cache(1024)
def _hardware(text: str) -> dict[str, str]:
    """Destination, source and type of an Ethernet header: `02:...:08:00`, and what follows it."""
    parts = text.upper().split(":")
    if len(parts) < 14:
        return {}
    return {"destination.mac": "-".join(parts[:6]), "source.mac": "-".join(parts[6:12])}


@lru_cache(1024)
def _flags(text: str) -> list[str]:
    """Those of TCP among the words of a text."""
    words = text.split()
    return [flag for flag in FLAGS if flag in words]
