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
HASHES = {
    "md5": ("TrendMicroDsFileMD5", "fileHash"),
    "sha1": ("TrendMicroDsFileSHA1",),
    "sha256": ("TrendMicroDsFileSHA256",),
}
SIZES = ("Quarantine File Size", "File Size")
LINKS = {"0": "inbound", "1": "outbound"}


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    extension, labels = object_in(record, "extension"), object_in(record, "labels")
    agent = "Agent" in record["product"]
    module, category, kinds = _module(record["signature"]) if agent else ("system", (), ())
    action = extension.get("act")
    document["rule.category"], document["event.action"] = module, action or record["name"]
    document["event.kind"] = "alert" if agent else "event"
    document["event.category"] = list(category) or ["host"]
    document["event.type"] = list(kinds) or ["info"]
    if action and module in ACTING:
        stopped = STOPPED.search(action) is not None
        document["event.type"] = [*document["event.type"], "denied" if stopped else "allowed"]
    if record["name"] in SIGN_INS:
        kind, document["event.outcome"] = SIGN_INS[record["name"]]
        document["event.category"], document["event.type"] = ["authentication"], [kind]
    result = str(extension.get("result", "")).lower()
    if result in ("failed", "failure", "success", "succeeded", "passed"):
        document["event.outcome"] = "failure" if result.startswith("fail") else "success"
    severity = record["severity"]
    if severity.isdecimal() and len(severity) < 3:
        document["siem.severity"] = SEVERITIES[min(int(severity), 10)]
    sender = object_in(record, "syslog").get("host") if agent else None
    _host(extension, labels, sender, document)
    _file(extension, labels, document)
    if module == "anti_malware":
        document["threat.software.name"] = record["name"]
    for side, key in (("source", "smac"), ("destination", "dmac")):
        document[f"{side}.mac"] = extension.get(key, "").replace(":", "-").upper() or None
    document["network.direction"] = LINKS.get(extension.get("deviceDirection", ""))
    document["container.name"] = _value(labels.get("Container"))
    prefix = "trendmicro.deep_security"
    document[f"{prefix}.malware_target"] = _value(extension.get("TrendMicroDsMalwareTarget"))
    document[f"{prefix}.policy"] = _value(labels.get("DPI Reason") or labels.get("Policy"))
    names = extension.get("TrendMicroDsRelevantDetectionNames", "")
    document[f"{prefix}.relevant_detection"] = [name for name in names.split(";") if _value(name)]
    document[f"{prefix}.tcp_flags"] = labels.get("TCP Flags", "").split()


@lru_cache(4096)
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
    device = extension.get("dvc", "")
    name = extension.get("dvchost") or (device if not is_ip(device) else sender)
    document["host.ip"] = [device] if is_ip(device) else None
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
    document["file.size"] = size
    hashes = []
    for kind, keys in HASHES.items():
        found = next((value for key in keys if (value := _value(extension.get(key)))), None)
        document[f"file.hash.{kind}"] = found
        hashes += [found] if found else []
    document["related.hash"] = hashes
    executable = _value(extension.get("sproc"))
    if executable:
        document["process.executable"] = executable
        document["process.name"] = re.split(r"[\\/]", executable)[-1]


def _value(value: Any) -> str | None:
    return value if type(value) is str and value not in ("", "N/A") else None
