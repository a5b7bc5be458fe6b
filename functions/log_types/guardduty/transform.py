"""What the type, severity, action and resources of a finding say."""

import re
from functools import lru_cache
from typing import Any

from common.attack import TACTICS
from common.errors import Exclude
from common.members import no_findings, object_in, objects_in

Object = dict[str, Any]
Found = dict[str, dict[Any, None]]  # target -> its distinct values, in order

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
INDICATOR_TYPE = f"{INDICATOR}.type"
SEQUENCE_RESOURCES = {
    "EC2_INSTANCE": "related.hosts",
    "EKS_CLUSTER": "orchestrator.cluster.name",
    "S3_BUCKET": "aws.guardduty.s3_bucket.name",
}
ORCHESTRATORS = (("ecsClusterDetails", "ecs"), ("eksClusterDetails", "kubernetes"))
# Threat purpose, or name of a tactic without its blanks -> name of the tactic
PURPOSES = {name.replace(" ", ""): name for name in TACTICS} | {
    "Recon": "Reconnaissance",
    "Stealth": "Defense Evasion",
}
TECHNIQUE = re.compile(r"(T\d{4}(?:\.\d{3})?)\W*(.*)", re.DOTALL)
# Of the scan of an object: https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
OUTCOMES = {"COMPLETED": "success", "FAILED": "failure", "SKIPPED": "unknown"}

READS = (
    "Type",
    "Findings",
    "findings",
    "resourceType",
    "s3ObjectDetails",
    "scanResultDetails",
    "scanStatus",
    "severity",
    "type",
    "resource.ecsClusterDetails.arn",
    "resource.ecsClusterDetails.name",
    "resource.eksClusterDetails.arn",
    "resource.eksClusterDetails.name",
    "resource.instanceDetails.networkInterfaces.*.ipv6Addresses",
    "resource.instanceDetails.networkInterfaces.*.privateIpAddress",
    "resource.instanceDetails.networkInterfaces.*.publicIp",
    "resource.s3BucketDetails",
    "service.action",
    "service.additionalInfo.threatListName",
    "service.additionalInfo.threatName",
    "service.count",
    "service.detection",
    "service.ebsVolumeScanDetails",
    "service.eventFirstSeen",
    "service.eventLastSeen",
    "service.evidence",
    "service.malwareScanDetails",
    "service.runtimeDetails.process.pid",
)


def transform(record: Object, document: Object) -> Object | None:
    """Fills what the table leaves open. The API's PascalCase is read like any other finding."""
    if "Type" in record:
        record = record | _camel_case(record)
        _describe(record, document)
        return record
    if "s3ObjectDetails" in record:
        record = record | _scan(record, document)
        _describe(record, document)
        return record
    _describe(record, document)
    return None


def _scan(record: Object, document: Object) -> Object:
    """What Malware Protection for S3 tells of an object, as a finding has it."""
    item, result = object_in(record, "s3ObjectDetails"), object_in(record, "scanResultDetails")
    document["event.action"] = "object-scan" if result else None
    document["event.category"] = ["malware", "file"]
    document["event.outcome"] = OUTCOMES.get(str(record.get("scanStatus")))
    bucket = {"name": item.get("bucketName"), "s3ObjectDetails": [{"key": item.get("objectKey")}]}
    return {
        "title": f"Object scan: {result.get('scanResultStatus')}" if result else None,
        "resource": {"resourceType": record.get("resourceType"), "s3BucketDetails": [bucket]},
        "service": {"malwareScanDetails": {"threats": result.get("threats")}},
    }


def _describe(record: Object, document: Object) -> None:
    document["event.type"] = ["info"]
    if "type" not in record and no_findings(record):
        raise Exclude("no_findings")
    service, resource = object_in(record, "service"), object_in(record, "resource")
    action = object_in(service, "action")
    kind, action_type = record.get("type"), action.get("actionType")
    if type(kind) is str:
        known = action_type if type(action_type) is str else ""
        document |= _of_type(kind, known, "runtimeDetails" in service)
        if "IAMUser/ConsoleLogin" in kind:
            document["event.category"] = ["intrusion_detection", "authentication", "api"]
    severity = record.get("severity")
    if isinstance(severity, int | float) and severity >= 0:
        document["event.severity"] = level = int(min(severity, 10))
        document["siem.severity"] = SEVERITIES[level]
    found: Found = {}
    _clusters(resource, found, document)
    if "s3BucketDetails" in resource:
        _buckets(resource, found)
    seen = _action(action, resource, found, document)
    if "ebsVolumeScanDetails" in service or "malwareScanDetails" in service:
        seen = _scans(service, found) or seen
    if "detection" in service:
        sequence = object_in(object_in(service, "detection"), "sequence")
        seen = _sequence(sequence, found, document) or seen
    more = object_in(service, "additionalInfo")
    seen = seen or bool(more.get("threatListName") or more.get("threatName"))
    if seen or objects_in(object_in(service, "evidence"), "threatIntelligenceDetails"):
        document[f"{INDICATOR}.first_seen"] = service.get("eventFirstSeen")
        document[f"{INDICATOR}.last_seen"] = service.get("eventLastSeen")
        document[f"{INDICATOR}.sightings"] = service.get("count")
    for target, values in found.items():
        several = len(values) > 1 or not target.startswith("orchestrator.")
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
    if tactic := PURPOSES.get(purpose):
        fields["threat.framework"] = "MITRE ATT&CK"
        fields["threat.tactic.id"], fields["threat.tactic.name"] = TACTICS[tactic], tactic
    if "Failed" in kind or "Success" in kind:
        fields["event.outcome"] = "failure" if "Failed" in kind else "success"
    return fields


def _clusters(resource: Object, found: Found, document: Object) -> None:
    for name, orchestrator in ORCHESTRATORS:
        if type(cluster := resource.get(name)) is dict:
            document["orchestrator.type"] = orchestrator
            _add(found, "orchestrator.cluster.name", cluster.get("name"))
            _add(found, "orchestrator.cluster.id", cluster.get("arn"))


def _buckets(resource: Object, found: Found) -> None:
    for bucket in objects_in(resource, "s3BucketDetails"):
        _add(found, "aws.guardduty.s3_bucket.name", bucket.get("name"))
        for item in objects_in(bucket, "s3ObjectDetails"):
            path = item.get("key")
            _add(found, "file.name", path.rpartition("/")[2] if type(path) is str else None)


def _action(action: Object, resource: Object, found: Found, document: Object) -> bool:
    """Who talked to whom; whether there is a remote end. That is the source, unless the resource
    called out."""
    call = next((details for details in action.values() if details.__class__ is dict), None)
    if call is None:
        return False
    get = call.get
    probes = objects_in(call, "portProbeDetails")
    ends = probes[0] if probes else call
    remote = object_in(ends, "remoteIpDetails")
    direction, outward = get("connectionDirection"), "dnsRequestAction" in action
    address, own = _address(remote), _address(object_in(ends, "localIpDetails"))
    if direction.__class__ is str:
        document["network.direction"] = direction.lower()
        outward = outward or direction == "OUTBOUND"
    if outward and not own:
        own = _own_address(resource)  # a DNS finding names no local address
    there, here = ("destination", "source") if outward else ("source", "destination")
    document[f"{there}.address"] = document[f"{there}.ip"] = address
    document[f"{there}.port"] = object_in(ends, "remotePortDetails").get("port")
    document[f"{here}.address"] = document[f"{here}.ip"] = own
    document[f"{here}.port"] = object_in(ends, "localPortDetails").get("port")
    if remote:
        document["aws.guardduty.remote.country"] = object_in(remote, "country").get("countryName")
        organization = object_in(remote, "organization").get("asnOrg")
        document["aws.guardduty.remote.organization"] = organization
    domain = get("domain") or object_in(call, "domainDetails").get("domain")
    _add(found, "related.hosts", domain)
    document["network.transport"] = get("protocol")
    if address:
        found[INDICATOR_TYPE] = {"ipv6-addr" if ":" in address else "ipv4-addr": None}
    if "dnsRequestAction" in action:
        document["network.protocol"] = "dns"
        _add(found, INDICATOR_TYPE, "domain-name")
    if "event.outcome" not in document:
        document["event.outcome"] = _outcome(call, action)
    blocked = get("blocked")
    document["aws.guardduty.blocked"] = blocked
    if blocked.__class__ is bool:
        document["event.type"] = ["info", "denied" if blocked else "allowed"]
    return bool(address)


def _outcome(call: Object, action: Object) -> str | None:
    status, blocked = call.get("statusCode"), call.get("blocked")
    if type(status) is int:
        return "success" if status < 400 else "failure"
    if "awsApiCallAction" in action:
        return "failure" if call.get("errorCode") else "success"
    return {True: "failure", False: "success"}[blocked] if type(blocked) is bool else None


def _scans(service: Object, found: Found) -> bool:
    """Files of Malware Protection: of EBS volumes, and of S3 objects and backups; whether there
    are any."""
    volumes = object_in(object_in(service, "ebsVolumeScanDetails"), "scanDetections")
    threats = objects_in(object_in(volumes, "threatDetectedByName"), "threatNames")
    for threat in threats + objects_in(object_in(service, "malwareScanDetails"), "threats"):
        for item in objects_in(threat, "filePaths") + objects_in(threat, "itemPaths"):
            _add(found, "file.name", item.get("fileName"))
            _add(found, f"{INDICATOR}.file.name", item.get("fileName"))
            _add(found, f"{INDICATOR}.file.path", item.get("filePath"))
            _add(found, f"{INDICATOR}.file.hash.sha256", item.get("hash"))
            _add(found, INDICATOR_TYPE, "file")
    return INDICATOR_TYPE in found


def _sequence(sequence: Object, found: Found, document: Object) -> bool:
    """Endpoints, resources and tactics of an attack sequence; whether there are endpoints."""
    seen = False
    for endpoint in objects_in(sequence, "endpoints"):
        address = endpoint.get("ip")
        _add(found, "source.address", address)
        _add(found, "source.ip", address)
        _add(found, "related.hosts", endpoint.get("domain"))
        seen = seen or bool(address)
    for resource in objects_in(sequence, "resources"):
        kind = resource.get("resourceType")
        if target := SEQUENCE_RESOURCES.get(kind) if type(kind) is str else None:
            _add(found, target, resource.get("name"))
    for indicator in objects_in(sequence, "sequenceIndicators"):
        key, values = indicator.get("key"), indicator.get("values")
        for value in values if type(values) is list else ():
            if type(value) is not str:
                continue
            if key in ("ATTACK_TACTIC", "ATTACK_TECHNIQUE"):
                document["threat.framework"] = "MITRE ATT&CK"
            if key == "ATTACK_TACTIC":
                name = PURPOSES.get(value.replace(" ", ""), value)
                _add(found, "threat.tactic.id", TACTICS.get(name))
                _add(found, "threat.tactic.name", name)
            elif key == "ATTACK_TECHNIQUE":
                parts = TECHNIQUE.fullmatch(value)
                id, name = parts.groups() if parts else (None, value)
                _add(found, "threat.technique.id", id)
                _add(found, "threat.technique.name", name)
    return seen


def _address(end: Object) -> str | None:
    """IPv4 or IPv6 address of one end of a connection."""
    for value in (end.get("ipAddressV4"), end.get("ipAddressV6")):
        if value.__class__ is str and value:
            return str(value)
    return None


def _own_address(resource: Object) -> Any:
    for network in objects_in(object_in(resource, "instanceDetails"), "networkInterfaces"):
        six = network.get("ipv6Addresses")
        for value in (
            network.get("privateIpAddress"),
            network.get("publicIp"),
            *(six if type(six) is list else ()),
        ):
            if value.__class__ is str and value:
                return value
    return None


def _add(found: Found, target: str, value: Any) -> None:
    """Adds a value, if there is one, to a target."""
    if value and (value.__class__ is str or value.__class__ is int):
        found.setdefault(target, {})[value] = None


def _camel_case(value: Any) -> Any:
    """A copy with every key's first letter small."""
    if type(value) is dict:
        return {key[:1].lower() + key[1:]: _camel_case(inner) for key, inner in value.items()}
    return [_camel_case(item) for item in value] if type(value) is list else value
