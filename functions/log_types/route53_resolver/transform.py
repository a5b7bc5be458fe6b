"""Brings DNS names and the events of DNS Firewall into the form that the table reads."""

from typing import Any

from common.members import object_in, objects_in

NAMES = frozenset({"CNAME", "DNAME", "NS", "PTR"})


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Takes the last dot off DNS names; gives an event of DNS Firewall the keys of a query log."""
    if "query-name" in record:
        record.update(_query_log(record))
    name = record.get("query_name")
    if type(name) is str and len(name) > 1 and name[-1] == ".":
        record["query_name"] = name[:-1]
    hosts = []
    for answer in record.get("answers") or ():
        if answer["Type"] in NAMES:
            answer["Rdata"] = answer["Rdata"].removesuffix(".")
