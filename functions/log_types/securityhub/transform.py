"""What the resources, the action and the indicators of a finding say."""

import re
from functools import lru_cache
from typing import Any

from common.attack import TACTICS
from common.errors import Exclude
from common.members import Found, add, no_findings, object_in, objects_in

Object = dict[str, Any]

CATEGORIES = {  # of the products that only find one kind of thing
    "Config": "configuration",
    "Firewall Manager": "configuration",
    "GuardDuty": "intrusion_detection",
    "Health": "host",
    "IAM Access Analyzer": "iam",
    "Inspector": "vulnerability",
    "Macie": "file",
    "Security Hub": "configuration",
}
DIRECTIONS = {"IN": "inbound", "INBOUND": "inbound", "OUT": "outbound", "OUTBOUND": "outbound"}
# ThreatIntelIndicators.Type -> (threat.indicator.type, where its value goes)
# https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ThreatIntelIndicator.html
INDICATOR = "threat.indicator"
INDICATORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "DOMAIN": ("domain-name", (f"{INDICATOR}.url.domain", "related.hosts")),
    "EMAIL_ADDRESS": ("email-addr", (f"{INDICATOR}.email.address",)),
    "HASH_MD5": ("file", (f"{INDICATOR}.file.hash.md5", "related.hash")),
    "HASH_SHA1": ("file", (f"{INDICATOR}.file.hash.sha1", "related.hash")),
    "HASH_SHA256": ("file", (f"{INDICATOR}.file.hash.sha256", "related.hash")),
    "HASH_SHA512": ("file", (f"{INDICATOR}.file.hash.sha512", "related.hash")),
    "IPV4_ADDRESS": ("ipv4-addr", (f"{INDICATOR}.ip", "related.ip")),
    "IPV6_ADDRESS": ("ipv6-addr", (f"{INDICATOR}.ip", "related.ip")),
    "MUTEX": ("mutex", (f"{INDICATOR}.name",)),
    "PROCESS": ("process", (f"{INDICATOR}.name",)),
    "URL": ("url", (f"{INDICATOR}.url.full",)),
}
# GuardDuty's own members, as Security Hub flattens them: the end of the name -> what it is
PRODUCT_FIELDS = {
    "/remoteIpDetails/ipAddressV4": "remote_ip",
    "/remotePortDetails/port": "remote_port",
    "/localPortDetails/port": "local_port",
    "/networkConnectionAction/connectionDirection": "direction",
    "/dnsRequestAction/domain": "domain",
    "/awsApiCallAction/api": "api",
    "/awsApiCallAction/serviceName": "service",
}
URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#:]+)(?::\d+)?([^?#]*)")
NAMES = {  # resource type -> the part of its Id that is its name
    "AwsEc2Instance": "instance/",
    "AwsEcrContainerImage": "repository/",
    "AwsLambdaFunction": "function:",
    "AwsS3Bucket": ":::",
    "AwsS3Object": ":::",
}

READS = (
    *("findings", "Findings", "Action", "Compliance.Status", "Malware", "Network", "ProductArn"),
    *("ProductFields", "ProductName", "Resources", "ThreatIntelIndicators", "Types"),
    "Vulnerabilities",
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    if no_findings(record):
        raise Exclude("no_findings")
    found: Found = {}
    compliance = object_in(record, "Compliance").get("Status")
    document["event.kind"] = "state" if compliance in ("PASSED", "NOT_AVAILABLE") else "alert"
    document["event.type"] = ["info"]
    for resource in objects_in(record, "Resources"):
        _resource(resource, found)
    ends = _ends(record)
    if ends or "Network" in record:
        _network(record, ends, found, document)
    types = record.get("Types")
    for each in types if type(types) is list else ():
        if tactic := _tactic(each) if type(each) is str else None:
            document["threat.framework"] = "MITRE ATT&CK"
            add(found, ("threat.tactic.id",), tactic[0])
            add(found, ("threat.tactic.name",), tactic[1])
    category = CATEGORIES.get(_text(record.get("ProductName")))
    categories = [category or ("configuration" if compliance else "threat")]
    if "Malware" in record and _malware(record, found):
        categories.append("malware")
    if "ThreatIntelIndicators" in record:
        _indicators(record, found, document)
    if "Vulnerabilities" in record and _vulnerabilities(record, found, document):
        categories.append("vulnerability")
    if "network.direction" in document or "domain" in ends:
        categories.append("network")
    if "api" in ends:
        categories.append("api")
    document["event.category"] = list(dict.fromkeys(categories)) if categories[1:] else categories
    document |= found


def _resource(resource: Object, found: Found) -> None:
    """Hosts, users, containers, buckets and files that the finding is about."""
    kind, id = _text(resource.get("Type")), _text(resource.get("Id"))
    name = id.partition(NAMES[kind])[2] if kind in NAMES else ""
    details = object_in(object_in(resource, "Details"), kind)
    if kind == "AwsEc2Instance":
        add(found, ("host.id", "cloud.instance.id", "related.hosts"), name or id)
        add(found, ("host.type", "cloud.machine.type"), details.get("Type"))
        for family in ("IpV4Addresses", "IpV6Addresses"):
            addresses = details.get(family)
            add(found, ("host.ip", "related.ip"), *(addresses if type(addresses) is list else ()))
        add(found, ("aws.securityhub.image_id",), details.get("ImageId"))
        add(found, ("aws.securityhub.vpc_id",), details.get("VpcId"))
    elif kind == "AwsIamAccessKey":
        add(found, ("user.name", "related.user"), details.get("PrincipalName"))
        add(found, ("user.name", "related.user"), details.get("UserName"))
        add(found, ("user.id", "related.user"), details.get("PrincipalId"))
        key = details.get("AccessKeyId") or id.partition("AWS::IAM::AccessKey:")[2]
        add(found, ("aws.securityhub.access_key_id",), key)
    elif kind in ("AwsIamUser", "AwsIamRole"):
        add(found, ("user.name", "related.user"), details.get("UserName"))
        add(found, ("related.user",), id.rpartition("/")[2])
    elif kind == "AwsS3Object":
        bucket, _, path = name.partition("/")
        add(found, ("aws.securityhub.s3_bucket",), bucket)
        add(found, ("file.path",), path)
        add(found, ("file.name",), path.rpartition("/")[2])
    elif kind == "AwsS3Bucket":
        add(found, ("aws.securityhub.s3_bucket",), name)
    elif kind == "AwsLambdaFunction":
        add(found, ("faas.id",), id)
        add(found, ("faas.name",), details.get("FunctionName") or name.partition(":")[0])
    elif kind == "AwsEcrContainerImage":
        add(found, ("container.image.name",), name.partition("/sha256:")[0])
        add(found, ("container.image.hash.all",), details.get("ImageDigest"))
    elif kind == "Container":
        add(found, ("container.name",), details.get("Name"))
        add(found, ("container.image.name",), details.get("ImageName"))


def _ends(record: Object) -> Object:
    """Both ends of what was observed: of the finding's action, else of GuardDuty's own members."""
    ends: Object = {}
    for call in object_in(record, "Action").values() if "Action" in record else ():
        if type(call) is not dict:
            continue
        probes = objects_in(call, "PortProbeDetails")
        end = probes[0] if probes else call
        ends = {
            "remote_ip": object_in(end, "RemoteIpDetails").get("IpAddressV4"),
            "remote_port": object_in(end, "RemotePortDetails").get("Port"),
            "local_port": object_in(end, "LocalPortDetails").get("Port"),
            "direction": call.get("ConnectionDirection"),
            "domain": call.get("Domain") or object_in(call, "DomainDetails").get("Domain"),
            "api": call.get("Api"),
            "service": call.get("ServiceName"),
        }
    if "guardduty" in _text(record.get("ProductArn")):
        for name, value in object_in(record, "ProductFields").items():
            if name.startswith("aws/guardduty/service/action/") and (what := _product_field(name)):
                ends[what] = ends.get(what) or value
    return {name: value for name, value in ends.items() if value} if ends else ends


def _network(record: Object, ends: Object, found: Found, document: Object) -> None:
    """Source and destination: of Network, else of `ends`; the remote end is the source, unless the
    resource called out."""
    network = object_in(record, "Network")
    sides: dict[str, Object] = {"source": {}, "destination": {}}
    for side, name in (("source", "Source"), ("destination", "Destination")):
        for family in ("IpV4", "IpV6"):
            add(found, (f"{side}.ip", "related.ip"), network.get(f"{name}{family}"))
        add(found, ("related.hosts",), network.get(f"{name}Domain"))
        sides[side] = {"port": network.get(f"{name}Port"), "domain": network.get(f"{name}Domain")}
    direction = _text(network.get("Direction") or ends.get("direction"))
    outward = direction.startswith("OUT") or "domain" in ends
    remote, local = ("destination", "source") if outward else ("source", "destination")
    if not network:
        add(found, (f"{remote}.ip", "related.ip"), ends.get("remote_ip"))
        add(found, ("related.hosts",), ends.get("domain"))
        sides[remote]["port"], sides[local]["port"] = (
            ends.get("remote_port"),
            ends.get("local_port"),
        )
    document["dns.question.name"] = ends.get("domain")
    document["aws.securityhub.api.name"] = ends.get("api")
    document["aws.securityhub.api.service"] = ends.get("service")
    for side, values in sides.items():
        document[f"{side}.port"], document[f"{side}.domain"] = values["port"], values.get("domain")
    mac = _text(network.get("SourceMac"))
    document["source.mac"] = mac.replace(":", "-").upper() or None
    if direction in DIRECTIONS:
        document["network.direction"] = DIRECTIONS[direction]


def _malware(record: Object, found: Found) -> bool:
    """What it is called and where it lies; whether it has a name."""
    for malware in objects_in(record, "Malware"):
        add(found, ("threat.software.name",), malware.get("Name"))
        add(found, ("file.path",), malware.get("Path"))
    return "threat.software.name" in found


def _indicators(record: Object, found: Found, document: Object) -> None:
    """What threat intelligence knows, and where the first of it is from."""
    indicators = objects_in(record, "ThreatIntelIndicators")
    for indicator in indicators:
        kind, targets = INDICATORS.get(_text(indicator.get("Type")), ("", ()))
        add(found, (f"{INDICATOR}.type",), kind)
        add(found, targets, indicator.get("Value"))
    if indicators and (parts := URL.match(_text(indicators[0].get("SourceUrl")))):
        document["url.scheme"], document["url.domain"], document["url.path"] = parts.groups()


def _vulnerabilities(record: Object, found: Found, document: Object) -> bool:
    """The packages of all vulnerabilities, and the highest score; whether there is one."""
    score, version = -1.0, None
    vulnerabilities = objects_in(record, "Vulnerabilities")
    for vulnerability in vulnerabilities:
        for package in objects_in(vulnerability, "VulnerablePackages"):
            add(found, ("package.name",), package.get("Name"))
            add(found, ("package.version",), package.get("Version"))
            add(found, ("package.architecture",), package.get("Architecture"))
            add(found, ("aws.securityhub.fixed_in_version",), package.get("FixedInVersion"))
            add(found, ("package.path",), package.get("FilePath"))
        for cvss in objects_in(vulnerability, "Cvss"):
            base = cvss.get("BaseScore")
            if isinstance(base, int | float) and base > score:
                score, version = float(base), cvss.get("Version")
    if score >= 0:
        document["vulnerability.score.base"], document["vulnerability.score.version"] = (
            score,
            version,
        )
    return bool(vulnerabilities)


@lru_cache(4096)
def _tactic(kind: str) -> tuple[str, str] | None:
    """Id and name of the tactic that a type names: TTPs/Defense Evasion/..."""
    namespace, _, rest = kind.partition("/")
    name = rest.partition("/")[0]
    return (TACTICS[name], name) if namespace == "TTPs" and name in TACTICS else None


@lru_cache(4096)
def _product_field(name: str) -> str:
    """What a member of GuardDuty's is, "" for all that are not read."""
    return next((what for end, what in PRODUCT_FIELDS.items() if name.endswith(end)), "")


def _text(value: Any) -> str:
    return value if type(value) is str else ""
