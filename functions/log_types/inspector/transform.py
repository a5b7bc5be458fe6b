"""When a finding was seen, and the resources that it is about."""

import re
from functools import lru_cache
from typing import Any

from common.errors import Exclude
from common.members import object_in, objects_in

Object = dict[str, Any]
Found = dict[str, dict[Any, None]]  # target -> its distinct values, in order

# `Wed Sep 04 16:59:44.356 UTC 2024`, and `Dec 3, 2021, 6:02:30 PM` of the first years
WITH_DAY = re.compile(r"\w{3} (\w{3}) (\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) UTC (\d{4})", re.ASCII)
TWELVE = re.compile(r"(\w{3}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d:\d\d)\s([AP])M", re.ASCII)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEEN = ("updatedAt", "lastObservedAt", "eventTimestamp", "firstObservedAt")
ARRAYS = ("related.", "host.ip", "container.image.hash.all", "container.image.tag")
NONE = ("", "N/A")
# member of the resource's details -> member of it -> fields
DETAILS: dict[str, dict[str, tuple[str, ...]]] = {
    "awsEc2Instance": {
        "type": ("cloud.machine.type",),
        "platform": ("host.os.name",),
        "imageId": ("aws.inspector.image_id",),
        "vpcId": ("aws.inspector.vpc_id",),
        "subnetId": ("aws.inspector.subnet_id",),
        "ipV4Addresses": ("host.ip", "related.ip"),
        "ipV6Addresses": ("host.ip", "related.ip"),
    },
    "vm": {"ipV4Addresses": ("host.ip", "related.ip"), "platform": ("host.os.name",)},
    "awsEcrContainerImage": {
        "repositoryName": ("container.image.name",),
        "imageTags": ("container.image.tag",),
        "imageHash": ("container.image.hash.all",),
        "registry": ("aws.inspector.registry",),
    },
    "image": {
        "repositoryName": ("container.image.name",),
        "imageDigest": ("container.image.hash.all",),
    },
    "awsLambdaFunction": {"functionName": ("faas.name",)},
}


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    get = record.get
    if get("findings") == [] and "findingArn" not in record:
        raise Exclude("no_findings")  # the API's empty answer
    document["@timestamp"] = next((_date(get(name)) for name in SEEN if get(name)), None)
    document["event.start"] = _date(get("firstObservedAt"))
    document["event.end"] = _date(get("lastObservedAt"))
    reachable = get("type") == "NETWORK_REACHABILITY"
    document["event.category"] = ["vulnerability", *["network"] * reachable]
    found: Found = {}
    for resource in objects_in(record, "resources"):
        _resource(resource, found)
    if "cloud.region" not in found and type(get("providerRegion")) is str:
        document["cloud.region"] = get("providerRegion")
    vulnerability = object_in(record, "packageVulnerabilityDetails")
    for package in objects_in(vulnerability, "vulnerablePackages"):
        _hash(found, package.get("sourceLayerHash"))
    id = vulnerability.get("vulnerabilityId")
    if type(id) is str and id.startswith("CVE-"):
        document["vulnerability.enumeration"] = "CVE"
    for value in found.pop("container.image.hash.all", ()):
        found.setdefault("container.image.hash.all", {})[value] = None
        _hash(found, value)
    for target, values in found.items():
        several = len(values) > 1 or target.startswith(ARRAYS)
        document[target] = list(values) if several else next(iter(values))


def _resource(resource: Object, found: Found) -> None:
    kind, id = resource.get("type"), resource.get("id")
    if resource.get("region") not in NONE:
        _add(found, ("cloud.region",), resource.get("region"))
    if kind == "AWS_EC2_INSTANCE":
        _add(found, ("host.id", "cloud.instance.id", "related.hosts"), id)
    elif kind == "AWS_LAMBDA_FUNCTION":
        _add(found, ("faas.id",), id)
    details = object_in(resource, "details")
    for name, members in DETAILS.items():
        if type(inner := details.get(name)) is dict:
            for member, targets in members.items():
                value = inner.get(member)
                for each in value if type(value) is list else (value,):
                    _add(found, targets, each)


def _hash(found: Found, value: Any) -> None:
    if type(value) is str:
        _add(found, ("related.hash",), value.rpartition(":")[2])


def _add(found: Found, targets: tuple[str, ...], value: Any) -> None:
    """Adds a text that is there to each of the targets."""
    if type(value) is str and value:
        for target in targets:
            found.setdefault(target, {})[value] = None


def _date(value: Any) -> Any:
    """A date as ISO 8601; one that is, or is a number, as it is."""
    return _iso(value) if type(value) is str else value


@lru_cache(4096)
def _iso(text: str) -> str:
    if parts := WITH_DAY.fullmatch(text):
        month, day, time, year = parts.groups()
    elif parts := TWELVE.fullmatch(text):
        month, day, year, hour, rest, half = parts.groups()
        time = f"{int(hour) % 12 + 12 * (half == 'P'):02}:{rest}"
    else:
        return text
    if month not in MONTHS:
        return text
    return f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}T{time}Z"
