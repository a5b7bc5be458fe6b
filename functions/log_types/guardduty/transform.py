"""What the type, severity, action and resources of a finding say."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from common.errors import Exclude
from common.members import object_in, objects_in

Object = dict[str, Any]
Found = dict[str, dict[Any, None]]  # target -> its distinct values, in order
Take = Callable[[Object, Found, Object], None]

# https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html
TYPE = re.compile(r"([^:/]+):([^/]+)/([^.!]+)(?:\.([^!]+))?(?:!(.+))?", re.DOTALL)
LOW, MEDIUM, HIGH, CRITICAL = ("low",) * 3, ("medium",) * 3, ("high",) * 2, ("critical",) * 2
SEVERITIES = ("informational", *LOW, *MEDIUM, *HIGH, *CRITICAL)  # by whole number, 0 to 10
MALWARE = frozenset({"Backdoor", "CryptoCurrency", "Trojan"})
CATEGORIES = {
    "AWS_API_CALL": ("api",),
    "DNS_REQUEST": ("network",),
    "KUBERNETES_API_CALL": ("api",),
    "NETWORK_CONNECTION": ("network",),
    "PORT_PROBE": ("network",),
    "RDS_LOGIN_ATTEMPT": ("authentication", "database"),
}
INDICATOR = "threat.enrichments.indicator"
ACCESS_KEY = "aws.guardduty.access_key_id"
USUALLY_ONE = (ACCESS_KEY, "orchestrator.", "process.")
SEQUENCE_RESOURCES = {
    "EC2_INSTANCE": "related.hosts",
    "EKS_CLUSTER": "orchestrator.cluster.name",
    "S3_BUCKET": "aws.guardduty.s3_bucket.name",
}
REMOTE = (f"{INDICATOR}.ip", "related.ip")
INDICATORS = (f"{INDICATOR}.ip", f"{INDICATOR}.name", f"{INDICATOR}.provider")
HOST = ("host.ip", "related.ip")
FILE_HASH = ("file.hash.sha256", "related.hash")
PROCESS_HASH = ("process.hash.sha256", "related.hash")
TACTICS = {  # threat purpose, or name of a tactic without its blanks -> MITRE ATT&CK
    "Collection": ("TA0009", "Collection"),
    "CommandandControl": ("TA0011", "Command and Control"),
    "CredentialAccess": ("TA0006", "Credential Access"),
    "DefenseEvasion": ("TA0005", "Defense Evasion"),
    "Discovery": ("TA0007", "Discovery"),
    "Execution": ("TA0002", "Execution"),
    "Exfiltration": ("TA0010", "Exfiltration"),
    "Impact": ("TA0040", "Impact"),
    "InitialAccess": ("TA0001", "Initial Access"),
    "LateralMovement": ("TA0008", "Lateral Movement"),
    "Persistence": ("TA0003", "Persistence"),
    "PrivilegeEscalation": ("TA0004", "Privilege Escalation"),
    "Recon": ("TA0043", "Reconnaissance"),
    "Reconnaissance": ("TA0043", "Reconnaissance"),
    "ResourceDevelopment": ("TA0042", "Resource Development"),
    "Stealth": ("TA0005", "Defense Evasion"),
}
TECHNIQUE = re.compile(r"(T\d{4}(?:\.\d{3})?)\W*(.*)", re.DOTALL)


def transform(record: Object, document: Object) -> Object | None:
    """Fills what the table leaves open. The API's PascalCase is read like any other finding."""
    if "Type" in record:
        record = record | _camel_case(record)
        _describe(record, document)
        return record
    _describe(record, document)
    return None


def _describe(record: Object, document: Object) -> None:
    document["event.type"] = ["info"]
    if record.get("findings", record.get("Findings")) == [] and "type" not in record:
        raise Exclude("no_findings")  # the API's empty answer
    service, resource = object_in(record, "service"), object_in(record, "resource")
    action = object_in(service, "action")
    kind, action_type = record.get("type"), action.get("actionType")
    if type(kind) is str:
        known = action_type if type(action_type) is str else ""
        document.update(_of_type(kind, known, "runtimeDetails" in service))
        if "IAMUser/ConsoleLogin" in kind:
            document["event.category"] = ["intrusion_detection", "authentication", "api"]
    severity = record.get("severity")
    if isinstance(severity, int | float) and severity >= 0:
        document["event.severity"] = level = int(min(severity, 10))
        document["siem.severity"] = SEVERITIES[level]
    found: Found = {}
    for name, take in RESOURCES.items():
        if type(details := resource.get(name)) is dict:
            take(details, found, document)
    for bucket in objects_in(resource, "s3BucketDetails"):
        _bucket(bucket, found)
    _action(action, found, document)
    for name, take in SERVICE.items():
        if type(details := service.get(name)) is dict:
            take(details, found, document)
    if any(target in found for target in INDICATORS):
        document[f"{INDICATOR}.first_seen"] = service.get("eventFirstSeen")
        document[f"{INDICATOR}.last_seen"] = service.get("eventLastSeen")
        document[f"{INDICATOR}.sightings"] = service.get("count")
    for target, values in found.items():
        several = len(values) > 1 or not target.startswith(USUALLY_ONE)
        document[target] = list(values) if several else next(iter(values))


@lru_cache(4096)
def _of_type(kind: str, action_type: str, runtime: bool) -> Object:
    """Fields that follow from the type: ThreatPurpose:Resource/Family.Mechanism!Artifact."""
    parts = TYPE.fullmatch(kind)
    if parts is None:
        return {"event.action": action_type, "event.category": ["intrusion_detection"]}
    purpose, resource, family, mechanism, artifact = parts.groups()
    categories = ["configuration" if purpose == "Policy" else "intrusion_detection"]
    file = "MaliciousFile" in family or "SuspiciousFile" in family
    categories += ["malware"] if file or purpose in MALWARE else []
    categories += [*["file"] * file, *["process"] * runtime, *CATEGORIES.get(action_type, ())]
    fields: Object = {
        "event.action": action_type or family,
        "event.category": categories,
        "rule.category": purpose,
        "rule.ruleset": f"{purpose}:{resource}",
        "aws.guardduty.threat_purpose": purpose,
        "aws.guardduty.resource_type_affected": resource,
        "aws.guardduty.threat_family": family,
        "aws.guardduty.detection_mechanism": mechanism,
        "aws.guardduty.artifact": artifact,
    }
    if purpose in TACTICS:
        fields["threat.framework"] = "MITRE ATT&CK"
        fields["threat.tactic.id"], fields["threat.tactic.name"] = TACTICS[purpose]
    if "Failed" in kind or "Success" in kind:
        fields["event.outcome"] = "failure" if "Failed" in kind else "success"
    return fields


def _instance(instance: Object, found: Found, document: Object) -> None:
    for network in objects_in(instance, "networkInterfaces"):
        _add(found, HOST, network.get("privateIpAddress"))
        _add(found, HOST, network.get("publicIp"))
        if type(six := network.get("ipv6Addresses")) is list:
            _add_all(found, HOST, six)
        _add(found, ("aws.guardduty.vpc_id",), network.get("vpcId"))
        _add(found, ("aws.guardduty.subnet_id",), network.get("subnetId"))
        for group in objects_in(network, "securityGroups"):
            _add(found, ("aws.guardduty.security_group_id",), group.get("groupId"))


def _access_key(key: Object, found: Found, document: Object) -> None:
    _user(found, key.get("userName"), key.get("principalId"))
    _add(found, (ACCESS_KEY,), key.get("accessKeyId"))


def _kubernetes(kubernetes: Object, found: Found, document: Object) -> None:
    user = object_in(kubernetes, "kubernetesUserDetails")
    _user(found, user.get("username"), user.get("uid"))
    for container in objects_in(object_in(kubernetes, "kubernetesWorkloadDetails"), "containers"):
        _container(container, found, document)


def _database_user(user: Object, found: Found, document: Object) -> None:
    _user(found, user.get("user"), None)


def _ecs(cluster: Object, found: Found, document: Object) -> None:
    _cluster(cluster, "ecs", found, document)
    for container in objects_in(object_in(cluster, "taskDetails"), "containers"):
        _container(container, found, document)


def _eks(cluster: Object, found: Found, document: Object) -> None:
    _cluster(cluster, "kubernetes", found, document)


def _cluster(cluster: Object, orchestrator: str, found: Found, document: Object) -> None:
    if cluster:
        document["orchestrator.type"] = orchestrator
        _add(found, ("orchestrator.cluster.name",), cluster.get("name"))
        _add(found, ("orchestrator.cluster.id",), cluster.get("arn"))


def _container(container: Object, found: Found, document: Object) -> None:
    _add(found, ("container.id",), container.get("id"))
    _add(found, ("container.name",), container.get("name"))
    _add(found, ("container.image.name",), container.get("image"))
    _add(found, ("container.runtime",), container.get("containerRuntime"))


def _bucket(bucket: Object, found: Found) -> None:
    _add(found, ("aws.guardduty.s3_bucket.name",), bucket.get("name"))
    for item in objects_in(bucket, "s3ObjectDetails"):
        path = item.get("key")
        _add(found, ("file.path",), path)
        _add(found, ("file.name",), path.rpartition("/")[2] if type(path) is str else None)
        _add(found, FILE_HASH, item.get("hash"))


def _action(action: Object, found: Found, document: Object) -> None:
    """Who talked to whom. The remote end is the source, unless the resource called out."""
    calls = [details for details in action.values() if type(details) is dict]
    if not calls:
        return
    call = calls[0]
    probes = objects_in(call, "portProbeDetails")
    for probe in probes:
        _add(
            found, ("aws.guardduty.probed_port",), object_in(probe, "localPortDetails").get("port")
        )
        _add_all(found, ("related.ip",), _addresses(object_in(probe, "localIpDetails")))
        _add_all(found, REMOTE, _addresses(object_in(probe, "remoteIpDetails")))
    ends = probes[0] if probes else call
    remote, local = object_in(ends, "remoteIpDetails"), object_in(ends, "localIpDetails")
    direction = call.get("connectionDirection")
    outward = direction == "OUTBOUND" or "dnsRequestAction" in action
    if type(direction) is str:
        document["network.direction"] = direction.lower()
    own = next(iter(found.get("host.ip", ())), None)  # a DNS finding names no local address
    sides = ("destination", "source") if outward else ("source", "destination")
    for side, details, port, default, targets in (
        (sides[0], remote, "remotePortDetails", None, REMOTE),
        (sides[1], local, "localPortDetails", own if outward else None, REMOTE[1:]),
    ):
        address = next(iter(_addresses(details)), default)
        document[f"{side}.address"] = document[f"{side}.ip"] = address
        document[f"{side}.port"] = object_in(ends, port).get("port")
        _add(found, targets, address)
    document["aws.guardduty.remote.country"] = object_in(remote, "country").get("countryName")
    organization = object_in(remote, "organization").get("asnOrg")
    document["aws.guardduty.remote.organization"] = organization
    domain = call.get("domain") or object_in(call, "domainDetails").get("domain")
    _add(found, ("related.hosts",), domain)
    document["network.transport"] = call.get("protocol")
    if "dnsRequestAction" in action:
        document["network.protocol"] = "dns"
    if "event.outcome" not in document:
        document["event.outcome"] = _outcome(call, action)
    blocked = call.get("blocked")
    document["aws.guardduty.blocked"] = blocked
    if type(blocked) is bool:
        document["event.type"] = ["info", "denied" if blocked else "allowed"]


def _outcome(call: Object, action: Object) -> str | None:
    status, blocked = call.get("statusCode"), call.get("blocked")
    if type(status) is int:
        return "success" if status < 400 else "failure"
    if "awsApiCallAction" in action:
        return "failure" if call.get("errorCode") else "success"
    return {True: "failure", False: "success"}[blocked] if type(blocked) is bool else None


def _volumes(details: Object, found: Found, document: Object) -> None:
    """Malware Protection of EBS volumes."""
    by_name = object_in(object_in(details, "scanDetections"), "threatDetectedByName")
    _threats(objects_in(by_name, "threatNames"), found)


def _malware(details: Object, found: Found, document: Object) -> None:
    """Malware Protection of S3 objects and backups."""
    _threats(objects_in(details, "threats"), found)


def _threats(threats: list[Object], found: Found) -> None:
    for threat in threats:
        _add(found, ("threat.software.name",), threat.get("name"))
        for item in objects_in(threat, "filePaths") + objects_in(threat, "itemPaths"):
            _add(found, ("file.name",), item.get("fileName"))
            _add(found, ("file.path",), item.get("filePath"))
            _add(found, ("file.path",), item.get("nestedItemPath"))
            _add(found, FILE_HASH, item.get("hash"))


def _sequence(detection: Object, found: Found, document: Object) -> None:
    """An attack sequence: its actors, endpoints, resources, signals and tactics."""
    sequence = object_in(detection, "sequence")
    for actor in objects_in(sequence, "actors"):
        user = object_in(actor, "user")
        _user(found, user.get("name"), user.get("uid"))
        _add(found, (ACCESS_KEY,), user.get("credentialUid"))
        process = object_in(actor, "process")
        _add(found, ("process.name",), process.get("name"))
        _add(found, ("process.executable",), process.get("path"))
        _add(found, PROCESS_HASH, process.get("sha256"))
    for endpoint in objects_in(sequence, "endpoints"):
        _add(found, ("source.address", "source.ip", *REMOTE), endpoint.get("ip"))
        _add(found, ("related.hosts",), endpoint.get("domain"))
    for resource in objects_in(sequence, "resources"):
        _add(found, ("aws.guardduty.sequence.resource_uid",), resource.get("uid"))
        kind = resource.get("resourceType")
        _add(found, ("aws.guardduty.sequence.resource_type",), kind)
        named = SEQUENCE_RESOURCES.get(kind) if type(kind) is str else None
        _add(found, (named,) if named else (), resource.get("name"))
    for signal in objects_in(sequence, "signals"):
        _add(found, ("aws.guardduty.sequence.signal_name",), signal.get("name"))
        _add(found, ("aws.guardduty.sequence.signal_type",), signal.get("type"))
    for indicator in objects_in(sequence, "sequenceIndicators"):
        key, values = indicator.get("key"), indicator.get("values")
        _add(found, ("aws.guardduty.sequence.indicator",), key)
        for value in values if type(values) is list else ():
            if type(value) is not str:
                continue
            if key in ("ATTACK_TACTIC", "ATTACK_TECHNIQUE"):
                document["threat.framework"] = "MITRE ATT&CK"
            if key == "ATTACK_TACTIC":
                id, name = TACTICS.get(value.replace(" ", ""), (None, value))
                _add(found, ("threat.tactic.id",), id)
                _add(found, ("threat.tactic.name",), name)
            elif key == "ATTACK_TECHNIQUE":
                parts = TECHNIQUE.fullmatch(value)
                id, name = parts.groups() if parts else (None, value)
                _add(found, ("threat.technique.id",), id)
                _add(found, ("threat.technique.name",), name)


def _additional(more: Object, found: Found, document: Object) -> None:
    """The threat list that the remote end or the domain is on."""
    _add(found, (f"{INDICATOR}.provider",), more.get("threatListName"))
    _add(found, (f"{INDICATOR}.name",), more.get("threatName"))


def _evidence(evidence: Object, found: Found, document: Object) -> None:
    for threat in objects_in(evidence, "threatIntelligenceDetails"):
        _add(found, (f"{INDICATOR}.provider",), threat.get("threatListName"))
        if type(names := threat.get("threatNames")) is list:
            _add_all(found, (f"{INDICATOR}.name",), names)


def _runtime(runtime: Object, found: Found, document: Object) -> None:
    process = object_in(runtime, "process")
    _add(found, ("process.name",), process.get("name"))
    _add(found, ("process.executable",), process.get("executablePath"))
    _add(found, PROCESS_HASH, process.get("executableSha256"))


# Member of resource, or of service -> what takes its values; in this order
RESOURCES: dict[str, Take] = {
    "instanceDetails": _instance,
    "accessKeyDetails": _access_key,
    "kubernetesDetails": _kubernetes,
    "rdsDbUserDetails": _database_user,
    "containerDetails": _container,
    "ecsClusterDetails": _ecs,
    "eksClusterDetails": _eks,
}
SERVICE: dict[str, Take] = {
    "ebsVolumeScanDetails": _volumes,
    "malwareScanDetails": _malware,
    "detection": _sequence,
    "additionalInfo": _additional,
    "evidence": _evidence,
    "runtimeDetails": _runtime,
}


def _user(found: Found, name: Any, id: Any) -> None:
    _add(found, ("user.name", "related.user"), name)
    _add(found, ("user.id", "related.user"), id)


def _addresses(end: Object) -> list[str]:
    """IPv4, then IPv6 address of one end of a connection."""
    values = (end.get("ipAddressV4"), end.get("ipAddressV6"))
    return [value for value in values if value.__class__ is str and value]


def _add_all(found: Found, targets: tuple[str, ...], values: list[Any]) -> None:
    for value in values:
        _add(found, targets, value)


def _add(found: Found, targets: tuple[str, ...], value: Any) -> None:
    """Adds a value, if there is one, to each of the targets."""
    if value and (value.__class__ is str or value.__class__ is int):
        for target in targets:
            if target in found:
                found[target][value] = None
            else:
                found[target] = {value: None}


def _camel_case(value: Any) -> Any:
    """A copy with every key's first letter small."""
    if type(value) is dict:
        return {key[:1].lower() + key[1:]: _camel_case(inner) for key, inner in value.items()}
    return [_camel_case(item) for item in value] if type(value) is list else value
