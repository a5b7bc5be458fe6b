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


def describe(record: Object, document: Object, log_type: str) -> None:
    """Sets the fields that follow from the resource of a configuration item.

    log_type   `aws.<log_type>.tag` gets the resource's tags, each as `key=value`
    """
    configuration = record.get("configuration")
    if type(configuration) is str:  # as the API has it
        with suppress(ValueError, RecursionError):
            configuration = json.loads(configuration)
    configuration = configuration if type(configuration) is dict else {}
    tags = object_in(record, "tags").items()
    document[f"aws.{log_type}.tag"] = [f"{k}={v}" for k, v in tags]
    zone = record.get("availabilityZone")
    document["cloud.availability_zone"] = None if zone in NO_ZONE else zone
    kind, resource = record.get("resourceType"), record.get("resourceId")
    if kind == "AWS::EC2::Instance":
        document["host.id"] = document["cloud.instance.id"] = resource
        document["host.name"] = name = configuration.get("privateDnsName")
        document["cloud.machine.type"] = configuration.get("instanceType")
        document["related.hosts"] = [resource, name]
    elif kind == "AWS::IAM::User":
        document["user.id"], user = resource, record.get("resourceName")
        document["user.name"] = document["related.user"] = user
    document["related.ip"] = list(dict.fromkeys(_addresses(configuration)))


def _addresses(configuration: Object) -> list[str]:
    """Addresses of an instance, a network interface or an elastic address."""
    found = [configuration.get(name) for name in ADDRESSES]
    for interface in (configuration, *objects_in(configuration, "networkInterfaces")):
        for address in objects_in(interface, "privateIpAddresses"):
            found.append(address.get("privateIpAddress"))
            found.append(object_in(address, "association").get("publicIp"))
        found += [each.get("ipv6Address") for each in objects_in(interface, "ipv6Addresses")]
        found.append(object_in(interface, "association").get("publicIp"))
    return [address for address in found if type(address) is str]
