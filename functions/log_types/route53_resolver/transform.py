"""Brings DNS names, and the events of DNS Firewall, into the form that the table reads."""

from typing import Any

from common.members import object_in, objects_in

ENDPOINT = "resolver-endpoint-details"
NAMES = frozenset({"CNAME", "DNAME", "NS", "PTR"})  # types of answers that are a name


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Takes the root's dot off DNS names; says which hosts and which kind of network there are."""
    if "query-name" in record:
        _as_query_log(record)
    name = record.get("query_name")
    if type(name) is str and len(name) > 1 and name[-1] == ".":
        name = record["query_name"] = name[:-1]
    address = record.get("srcaddr")
    if type(address) is str:
        document["network.type"] = "ipv6" if ":" in address else "ipv4"
    hosts = [name]
    for answer in objects_in(record, "answers"):
        data = answer.get("Rdata")
        if type(data) is str and str(answer.get("Type")) in NAMES:
            data = answer["Rdata"] = data.removesuffix(".")
            hosts.append(data)
    document["related.hosts"] = hosts if len(hosts) == 1 else list(dict.fromkeys(hosts))


def _as_query_log(record: dict[str, Any]) -> None:
    """Gives an event of DNS Firewall the keys that a query log has."""
    record.update({key.replace("-", "_"): value for key, value in record.items()})
    record["query_timestamp"] = record.get("last_observed_at")
    srcids: dict[str, Any] = {}
    record["srcids"] = srcids
    for resource in objects_in(record, "resources"):
        srcids["instance"] = object_in(resource, "instance-details").get(
            "id", srcids.get("instance")
        )
        srcids["resolver_endpoint"] = object_in(resource, ENDPOINT).get(
            "id", srcids.get("resolver_endpoint")
        )
