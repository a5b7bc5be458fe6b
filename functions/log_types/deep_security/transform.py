"""What an event of Deep Security is about: its module, host, file and outcome.

https://help.deepsecurity.trendmicro.com/20_0/on-premise/event-syslog-message-formats.html
"""

import re
from functools import lru_cache
from typing import Any

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
STOPPED = re.compile(
    r"(?i)\b(?:deny|denied|block|blocked|reset|drop|delete|quarantine|clean|terminate)"
).search
ACTING = frozenset(
    {"anti_malware", "application_control", "device_control", "firewall", "intrusion_prevention"}
)
SIGN_INS = {  # names of the manager's events -> event.type, event.outcome
    "User Sign In Failed": ("start", "failure"),
    "User Signed In": ("start", "success"),
    "User Signed Out": ("end", "success"),
}
FAILED, SUCCEEDED = ("failed", "failure"), ("passed", "succeeded", "success")
HASHES = {  # by the number of their digits: `fileHash` is of any kind
    32: "file.hash.md5",
    40: "file.hash.sha1",
    64: "file.hash.sha256",
}
HASHED = ("fileHash", "TrendMicroDsFileMD5", "TrendMicroDsFileSHA1", "TrendMicroDsFileSHA256")
FILES = ("filePath", "fname", "fileName")
PROGRAMS = ("sproc", "processName")
KEYS = (
    *("act", "result", "dvchost", "dvc", "shost", "smac", "dmac", "suser", "duser"),
    *(*FILES, *PROGRAMS, *HASHED),
    *("TrendMicroDsMalwareTarget", "TrendMicroDsRelevantDetectionNames"),
)
HASH_LABELS = ("md5", "sha1", "sha256")  # of application control
LABELS = ("Container", "DPI Reason", "TCP Flags", *HASH_LABELS)
READS = (
    *("product", "signature", "name", "severity", "syslog.host"),
    *(f"extension.{key}" for key in KEYS),
    *(f"labels.{label}" for label in LABELS),
)
AGENT = "Agent"
OWN = "trendmicro.deep_security"
NOTHING = "N/A"
NOBODY = frozenset((NOTHING, "(no user)"))  # the latter of log inspection


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    extension, product = record["extension"], record["product"]
    get, label = extension.get, record["labels"].get
    about = product, record["signature"], record["name"], record["severity"]
    document |= _about(*about, get("act"), get("result"))
    host = get("dvchost")
    if device := get("dvc"):  # an address, or a name as dvchost is
        if not _is_ip(device):
            host = host or device
        else:
            document["host.ip"] = [device]
            host = host or (record["syslog"].get("host") if AGENT in product else None)
    if host and host != NOTHING:
        document["host.name"] = document["related.hosts"] = host
    if address := get("smac"):
        document["source.mac"] = _hardware(address)
    if address := get("dmac"):
        document["destination.mac"] = _hardware(address)
    if (name := get("shost")) and name != NOTHING:
        document["source.domain"], document["related.hosts"] = name, [host, name]
    actor, target = get("suser"), get("duser")
    if actor or target:
        _users(actor, target, document)
    if (path := get("filePath") or get("fname") or get("fileName")) and path != NOTHING:
        _file(path, document)
    if (program := get("sproc") or get("processName")) and program != NOTHING:
        document["process.executable"] = program
        document["process.name"] = program.replace("\\", "/").rpartition("/")[2]
    if not extension.keys().isdisjoint(HASHED):
        _hashes([*map(get, HASHED), *map(label, HASH_LABELS)], document)
    if (container := label("Container")) and container != NOTHING:
        document["container.name"] = container
    if (reason := label("DPI Reason")) and reason != NOTHING:
        document[f"{OWN}.dpi_reason"] = reason
    if flags := label("TCP Flags"):
        document[f"{OWN}.tcp_flags"] = flags.split()
    if (target := get("TrendMicroDsMalwareTarget")) and target != NOTHING:
        document[f"{OWN}.malware_target"] = target
    if names := get("TrendMicroDsRelevantDetectionNames"):
        found = [name for name in names.split(";") if name and name != NOTHING]
        document[f"{OWN}.relevant_detection"] = found


@lru_cache(4096)
def _about(
    product: str, signature: str, name: str, severity: str, action: str | None, result: str | None
) -> Object:
    """What the header, the action and its result say in words of ECS."""
    found = _agent(signature, name, action) if AGENT in product else _manager(name)
    found["event.action"] = action or name
    told = result.lower() if result else ""
    if told in FAILED or told in SUCCEEDED:
        found["event.outcome"] = "failure" if told in FAILED else "success"
    if severity.isdecimal() and len(severity) < 3:
        found["siem.severity"] = SEVERITIES[min(int(severity), 10)]
    return found


def _agent(signature: str, name: str, action: str | None) -> Object:
    """The kind of an agent's event, by its number and what was done."""
    module, category, kinds = _module(signature)
    types = list(kinds)
    if action and module in ACTING:
        types.append("denied" if STOPPED(action) else "allowed")
    found: Object = {"rule.category": module, "event.kind": "alert"}
    found["event.category"], found["event.type"] = list(category), types
    if module == "anti_malware":
        found["threat.software.name"] = name
    return found


def _manager(name: str) -> Object:
    """The kind of an event of the manager, by its name."""
    found: Object = {"rule.category": "system", "event.kind": "event"}
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


def _users(actor: str | None, target: str | None, document: Object) -> None:
    found = []
    if actor and actor not in NOBODY:
        document["user.name"] = document["source.user.name"] = actor
        found.append(actor)
    if target and target not in NOBODY:
        document["destination.user.name"] = target
        found.append(target)
    document["related.user"] = found


def _file(path: str, document: Object) -> None:
    """A file; a bare name, such as `Security` of an event log of Windows, is no path."""
    directory, _, document["file.name"] = path.rpartition("\\" if "\\" in path else "/")
    if directory:
        document["file.path"], document["file.directory"] = path, directory


def _hashes(hashes: list[str | None], document: Object) -> None:
    found: Object = {}
    for value in filter(None, hashes):
        if field := HASHES.get(len(value)):
            found.setdefault(field, value)
    document |= found
    document["related.hash"] = list(found.values())


@lru_cache(4096)
def _hardware(address: str) -> str:
    """A MAC address in ECS's form."""
    return address.replace(":", "-").upper()


_is_ip = lru_cache(4096)(is_ip)
