"""When a finding was seen, and the resources that it is about."""

import re
from functools import lru_cache
from typing import Any

from common.errors import Exclude
from common.members import no_findings, object_in, objects_in

Object = dict[str, Any]

# `Dec 3, 2021, 6:02:30 PM` of the first years
TWELVE = re.compile(r"(\w{3}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d:\d\d)\s([AP])M", re.ASCII)
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: f"{number:02}" for number, name in enumerate(NAMES, 1)}
NONE = ("", "N/A")
HASH = ("related.hash",)
# member of the resource's details -> member of it -> fields
DETAILS: dict[str, dict[str, tuple[str, ...]]] = {
    "awsEc2Instance": {
        "type": ("cloud.machine.type", "host.type"),
        "platform": ("host.os.name", "host.os.platform"),
        "imageId": ("aws.inspector.image_id",),
        "vpcId": ("aws.inspector.vpc_id",),
        "subnetId": ("aws.inspector.subnet_id",),
    },
    "vm": {"platform": ("host.os.name", "host.os.platform")},
    "awsEcrContainerImage": {
        "repositoryName": ("container.image.name",),
        "imageHash": HASH,
        "registry": ("aws.inspector.registry",),
    },
    "image": {
        "repositoryName": ("container.image.name",),
        "imageDigest": HASH,
    },
    "awsLambdaFunction": {"functionName": ("faas.name",)},
}


READS = (
    "Findings",
    "findings",
    "findingArn",
    "type",
    "updatedAt",
    "lastObservedAt",
    "eventTimestamp",
    "firstObservedAt",
    "providerRegion",
    "packageVulnerabilityDetails.vulnerabilityId",
    "packageVulnerabilityDetails.vulnerablePackages.*.sourceLayerHash",
    "resources.*.id",
    "resources.*.region",
    "resources.*.type",
    *(f"resources.*.details.{name}.{member}" for name in DETAILS for member in DETAILS[name]),
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    get = record.get
    if "findingArn" not in record and no_findings(record):
        raise Exclude("no_findings")
    document["event.start"] = first = _date(get("firstObservedAt"))
    document["event.end"] = last = _date(get("lastObservedAt"))
    seen = _date(get("updatedAt")) or last or _date(get("eventTimestamp")) or first
    document["@timestamp"] = seen
    reachable = get("type") == "NETWORK_REACHABILITY"
    document["event.category"] = ["vulnerability", "network"] if reachable else ["vulnerability"]
    vulnerability = object_in(record, "packageVulnerabilityDetails")
    for package in objects_in(vulnerability, "vulnerablePackages"):
        if hashed := package.get("sourceLayerHash"):
            _add(document, HASH, _hash(hashed))
    id = vulnerability.get("vulnerabilityId")
    if type(id) is str and id.startswith("CVE-"):
        document["vulnerability.enumeration"] = "CVE"
    for resource in objects_in(record, "resources"):
        _resource(resource, document)
    if "cloud.region" not in document and type(region := get("providerRegion")) is str:
        document["cloud.region"] = region


def _resource(resource: Object, document: Object) -> None:
    kind, id = resource.get("type"), resource.get("id")
    if (region := resource.get("region")) not in NONE:
        _add(document, ("cloud.region",), region)
    if kind == "AWS_EC2_INSTANCE":
        _add(document, ("host.id", "cloud.instance.id", "related.hosts"), id)
    elif kind == "AWS_LAMBDA_FUNCTION":
        _add(document, ("faas.id",), id)
    for name, details in object_in(resource, "details").items():
        members = DETAILS.get(name)
        if not members or type(details) is not dict:
            continue
        for member, value in details.items():
            if fields := members.get(member):
                for each in value if type(value) is list else (value,):
                    _add(document, fields, each if fields is not HASH else _hash(each))


def _add(document: Object, fields: tuple[str, ...], value: Any) -> None:
    """Adds a text or a number to each of the fields, which has a list where it has several."""
    if not value or (type(value) is not str and type(value) is not int):
        return
    for field in fields:
        known = document.setdefault(field, value)
        if type(known) is list:
            if value not in known:
                known.append(value)
        elif known != value:
            document[field] = [known, value]


def _hash(value: Any) -> Any:
    """A hash without the name of its algorithm."""
    return value.rpartition(":")[2] if type(value) is str else None


def _date(value: Any) -> Any:
    """A date as ISO 8601; one that is, or is a number, as it is."""
    return _iso(value) if type(value) is str else value


@lru_cache(4096)
def _iso(text: str) -> str:
    month = MONTHS.get(text[4:7])
    if month and text[-9:-4] == " UTC ":  # Wed Sep 04 16:59:44.356 UTC 2024
        return f"{text[-4:]}-{month}-{text[8:10]}T{text[11:-9]}Z"
    parts = TWELVE.fullmatch(text)
    if not parts or parts[1] not in MONTHS:
        return text
    name, day, year, hour, rest, half = parts.groups()
    whole = int(hour) % 12 + 12 * (half == "P")
    return f"{year}-{MONTHS[name]}-{int(day):02}T{whole:02}:{rest}Z"
