"""What AWS Config's records of resources have in common, in its history and in its snapshots.

https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html
"""

import json
from contextlib import suppress
from typing import Any

from common.members import object_in, objects_in

Object = dict[str, Any]

NO_ZONE = ("Not Applicable", "Regional", "Multiple Availability Zones")
ADDRESSES = ("privateIpAddress", "publicIpAddress", "publicIp", "publicIpv4Address")
INTERFACE = (
    "association.publicIp",
    "ipv6Addresses.*.ipv6Address",
    "privateIpAddresses.*.association.publicIp",
    "privateIpAddresses.*.privateIpAddress",
)
CONFIGURATION = (
    *ADDRESSES,
    *INTERFACE,
    *(f"networkInterfaces.*.{path}" for path in INTERFACE),
    "instanceType",
    "privateDnsName",
)
# The source paths that `describe` reads
READS = (
    "availabilityZone",
    *(f"configuration.{path}" for path in CONFIGURATION),
    "resourceId",
    "resourceName",
    "resourceType",
    "tags",
)


def describe(record: Object, document: Object, log_type: str) -> None:
    """Sets the fields that follow from the resource of a configuration item.

    log_type   `aws.<log_type>.tag` gets the resource's tags, each as `key=value`
    """
    configuration = record.get("configuration")
    if type(configuration) is str:  # as the API has it
        with suppress(ValueError, RecursionError):
            configuration = json.loads(configuration)
    configuration = configuration if type(configuration) is dict else {}
    if tags := object_in(record, "tags"):
        document[f"aws.{log_type}.tag"] = [f"{k}={v}" for k, v in tags.items()]
    if (zone := record.get("availabilityZone")) not in NO_ZONE:
        document["cloud.availability_zone"] = zone
    kind, resource = record.get("resourceType"), record.get("resourceId")
    if kind == "AWS::EC2::Instance":
        document["host.id"] = document["cloud.instance.id"] = resource
        document["host.name"] = name = configuration.get("privateDnsName")
        document["cloud.machine.type"] = configuration.get("instanceType")
        document["related.hosts"] = [resource, name]
    elif kind == "AWS::IAM::User":
        document["user.id"], user = resource, record.get("resourceName")
        document["user.name"] = document["related.user"] = user
    if addresses := _addresses(configuration):
        document["related.ip"] = list(dict.fromkeys(addresses))


def _addresses(configuration: Object) -> list[str]:
    """Addresses of an instance, a network interface or an elastic address."""
    found = [configuration[name] for name in ADDRESSES if name in configuration]
    _of_interface(configuration, found)
    if "networkInterfaces" in configuration:
        for interface in objects_in(configuration, "networkInterfaces"):
            _of_interface(interface, found)
    return [address for address in found if type(address) is str]


def _of_interface(interface: Object, found: list[Any]) -> None:
    if "privateIpAddresses" in interface:
        for address in objects_in(interface, "privateIpAddresses"):
            found.append(address.get("privateIpAddress"))
            found.append(object_in(address, "association").get("publicIp"))
    if "ipv6Addresses" in interface:
        found += [each.get("ipv6Address") for each in objects_in(interface, "ipv6Addresses")]
    if "association" in interface:
        found.append(object_in(interface, "association").get("publicIp"))
