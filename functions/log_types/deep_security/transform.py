"""What an event of Deep Security is about: its module, host, file and outcome.

https://help.deepsecurity.trendmicro.com/20_0/on-premise/event-syslog-message-formats.html
"""

import re
from functools import lru_cache
from typing import Any

from common.members import object_in
from es_loader.guard import is_ip

Object = dict[str, Any]

# Signature ids of agents: (first id behind the range, module, event.category, event.type)
MODULES: tuple[tuple[int, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (20, "intrusion_prevention", ("intrusion_detection", "network"), ("info",)),
    (30, "firewall", ("intrusion_detection", "network"), ("connection",)),
    (40, "integrity_monitoring", ("file", "intrusion_detection"), ("change",)),
    (100, "log_inspection", ("intrusion_detection",), ("info",)),
    (200, "firewall", ("intrusion_detection", "network"), ("connection",)),
    (1_000_000, "intrusion_prevention", ("intrusion_detection", "network"), ("info",)),
    (2_000_000, "intrusion_prevention", ("intrusion_detection", "network"), ("info",)),
    (3_000_000, "integrity_monitoring", ("file", "intrusion_detection"), ("change",)),
    (4_000_000, "log_inspection", ("intrusion_detection",), ("info",)),
    (5_000_000, "anti_malware", ("intrusion_detection", "malware"), ("info",)),
    (6_000_000, "web_reputation", ("intrusion_detection", "web"), ("access",)),
    (7_000_000, "application_control", ("intrusion_detection", "process"), ("info",)),
    (8_000_000, "device_control", ("intrusion_detection", "host"), ("info",)),
)
LOW, MEDIUM, HIGH, CRITICAL = ("low",) * 3, ("medium",) * 3, ("high",) * 2, ("critical",) * 2
SEVERITIES = ("informational", *LOW, *MEDIUM, *HIGH, *CRITICAL)  # by whole number, 0 to 10
STOPPED = re.compile(r"(?i)\b(?:deny|denied|block|blocked|reset|drop|delete|quarantine|clean)")
ACTING = frozenset(
    {"anti_malware", "application_control", "device_control", "firewall", "intrusion_prevention"}
)
SIGN_INS = {  # names of the manager's events -> event.type, event.outcome
    "User Sign In Failed": ("start", "failure"),
    "User Signed In": ("start", "success"),
    "User Signed Out": ("end", "success"),
}
HASHES = (
    ("file.hash.md5", ("TrendMicroDsFileMD5", "fileHash")),
    ("file.hash.sha1", ("TrendMicroDsFileSHA1",)),
    ("file.hash.sha256", ("TrendMicroDsFileSHA256",)),
)
SIZES = ("Quarantine File Size", "File Size")
MACS = (("smac", "source.mac"), ("dmac", "destination.mac"))
PREFIX = "trendmicro.deep_security"
LINKS = {"0": "inbound", "1": "outbound"}


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    extension, labels = object_in(record, "extension"), object_in(record, "labels")
    agent = "Agent" in record["product"]
    action, name = extension.get("act"), record["name"]
    facts = _agent(record["signature"], action) if agent else _manager(name, action)
    document |= facts
    if not action:
        document["event.action"] = name
    if facts["rule.category"] == "anti_malware":
        document["threat.software.name"] = name
    result = str(extension.get("result", "")).lower()
    if result in ("failed", "failure", "success", "succeeded", "passed"):
        document["event.outcome"] = "failure" if result.startswith("fail") else "success"
    severity = record["severity"]
    if severity.isdecimal() and len(severity) < 3:
        document["siem.severity"] = SEVERITIES[min(int(severity), 10)]
    sender = object_in(record, "syslog").get("host") if agent else None
    _host(extension, labels, sender, document)
    _file(extension, labels, document)
    for key, field in MACS:
        if address := extension.get(key):
            document[field] = address.replace(":", "-").upper()
    if link := extension.get("deviceDirection"):
        document["network.direction"] = LINKS.get(link)
    if container := labels.get("Container"):
        document["container.name"] = _value(container)
    if target := extension.get("TrendMicroDsMalwareTarget"):
        document[f"{PREFIX}.malware_target"] = _value(target)
    if policy := labels.get("DPI Reason") or labels.get("Policy"):
        document[f"{PREFIX}.policy"] = _value(policy)
    if names := extension.get("TrendMicroDsRelevantDetectionNames"):
        document[f"{PREFIX}.relevant_detection"] = [
            name for name in names.split(";") if _value(name)
        ]
    if flags := labels.get("TCP Flags"):
        document[f"{PREFIX}.tcp_flags"] = flags.split()


@lru_cache(4096)
def _agent(signature: str, action: str | None) -> Object:
    """What the number of an agent's event, and what was done, say in words of ECS."""
    module, category, kinds = _module(signature)
    found: Object = {"rule.category": module, "event.kind": "alert", "event.action": action}
    found["event.category"], found["event.type"] = list(category), list(kinds)
    if action and module in ACTING:
        stopped = STOPPED.search(action) is not None
        found["event.type"].append("denied" if stopped else "allowed")
    return found


@lru_cache(4096)
def _manager(name: str, action: str | None) -> Object:
    """The same of an event of the manager, by its name."""
    found: Object = {"rule.category": "system", "event.kind": "event", "event.action": action}
    found["event.category"], found["event.type"] = ["host"], ["info"]
    if name in SIGN_INS:
        kind, found["event.outcome"] = SIGN_INS[name]
        found["event.category"], found["event.type"] = ["authentication"], [kind]
    return found


def _module(signature: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    if signature.isdecimal() and len(signature) < 10:
        number = int(signature)
        for end, *found in MODULES:
            if number < end:
                module, category, kinds = found
                return module, category, kinds  # type: ignore[return-value]
    return "other", ("intrusion_detection",), ("info",)


def _host(extension: Object, labels: Object, sender: str | None, document: Object) -> None:
    """The protected host: dvc is an address, or a name as dvchost is."""
    document["host.id"] = labels.get("Host ID")
    device, name = extension.get("dvc"), extension.get("dvchost")
    if device and _is_ip(device):
        document["host.ip"] = [device]
        name = name or sender
    else:
        name = name or device
    document["host.name"] = document["related.hosts"] = _value(name)


def _file(extension: Object, labels: Object, document: Object) -> None:
    path = _value(extension.get("filePath") or extension.get("fname"))
    if path:
        directory, _, name = path.rpartition("\\" if "\\" in path else "/")
        document["file.path"], document["file.name"] = path, name
        document["file.directory"] = directory
    size = _value(extension.get("fsize"))
    for label in SIZES:
        size = size or _value(labels.get(label))
    if size:
        document["file.size"] = size
    hashes = []
    for field, keys in HASHES:
        for key in keys:
            if key in extension and (found := _value(extension[key])):
                document[field] = found
                hashes.append(found)
                break
    if hashes:
        document["related.hash"] = hashes
    if executable := _value(extension.get("sproc")):
        document["process.executable"] = executable
        document["process.name"] = executable.replace("\\", "/").rpartition("/")[2]


def _value(value: Any) -> str | None:
    return value if type(value) is str and value not in ("", "N/A") else None


_is_ip = lru_cache(4096)(is_ip)
