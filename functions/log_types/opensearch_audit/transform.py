"""The domain that an audit message is of, and the headers and parameters of its request."""

from typing import Any

from common.members import object_in

Object = dict[str, Any]

HEADERS = {"user-agent": "user_agent.original", "x-forwarded-for": "network.forwarded_ip"}


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    cluster = record.get("audit_cluster_name")
    if type(cluster) is str:
        account, _, domain = cluster.rpartition(":")
        document["aws.opensearch_audit.domain"] = domain
        document["cloud.account.id"] = account if account.isdecimal() else None
    for name, values in object_in(record, "audit_rest_request_headers").items():
        if target := HEADERS.get(name.lower()):
            value = values[0] if type(values) is list and values else values
            document[target] = value
    if type(forwarded := document.get("network.forwarded_ip")) is str:
        document["network.forwarded_ip"] = forwarded.partition(",")[0].strip()
    parameters = object_in(record, "audit_rest_request_params").items()
    document["aws.opensearch_audit.parameter"] = [f"{k}={v}" for k, v in parameters]
