"""Brings DNS names, and the events of DNS Firewall, into the form that the table reads."""

from typing import Any

from common.members import object_in, objects_in

Object = dict[str, Any]

ENDPOINT = "resolver-endpoint-details"
NAMES = frozenset({"CNAME", "DNAME", "NS", "PTR"})  # types of answers that are a name

READS = ("answers.*.Rdata", "answers.*.Type", "query-name", "query_name", "srcaddr")


def transform(record: Object, document: Object) -> Object | None:
    """Takes the root's dot off DNS names; says which hosts and which kind of network there are."""
    if "query-name" in record:
        record = _as_query_log(record)
        _describe(record, document)
        return record
    _describe(record, document)
    return None


def _describe(record: Object, document: Object) -> None:
    name = record.get("query_name")
    if type(name) is str and len(name) > 1 and name[-1] == ".":
        name = name[:-1]
    document["dns.question.name"] = name
    address = record.get("srcaddr")
    if type(address) is str:
        document["network.type"] = "ipv6" if ":" in address else "ipv4"
    hosts = [name]
    if answers := objects_in(record, "answers"):
        document["dns.answers.data"] = found = []
        for answer in answers:
            data, kind = answer.get("Rdata"), answer.get("Type")
            if type(data) is str and type(kind) is str and kind in NAMES:
                data = data.removesuffix(".")
                hosts.append(data)
            found.append(data)
    document["related.hosts"] = hosts if len(hosts) == 1 else list(dict.fromkeys(hosts))


def _as_query_log(record: Object) -> Object:
    """An event of DNS Firewall with the keys that a query log has."""
    record = {key.replace("-", "_"): value for key, value in record.items()}
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
    return record
