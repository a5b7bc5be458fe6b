"""The domain that an audit message is of, and the headers and parameters of its request."""

from functools import lru_cache
from typing import Any

from common.members import object_in

Object = dict[str, Any]

FORWARDED = "aws.opensearch_audit.forwarded"
HEADERS = {"user-agent": "user_agent.original", "x-forwarded-for": FORWARDED}
READS = ("audit_cluster_name", "audit_rest_request_headers", "audit_rest_request_params")


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    cluster = record.get("audit_cluster_name")
    if type(cluster) is str:
        document |= _cluster(cluster)
    for name, values in object_in(record, "audit_rest_request_headers").items():
        if target := HEADERS.get(name.lower()):
            value = values[0] if type(values) is list and values else values
            if target == FORWARDED and type(values) is list:  # one list, in several headers
                value = ", ".join(each for each in values if type(each) is str)
            document[target] = value
    if type(forwarded := document.get(FORWARDED)) is str:
        document["network.forwarded_ip"] = forwarded.partition(",")[0].strip()
    if parameters := object_in(record, "audit_rest_request_params"):
        document["aws.opensearch_audit.parameter"] = [f"{k}={v}" for k, v in parameters.items()]


@lru_cache(1024)
def _cluster(name: str) -> Object:
    """Account and domain of `111122223333:orders`."""
    account, _, domain = name.rpartition(":")
    fields = {"aws.opensearch_audit.domain": domain}
    if account.isdecimal():
        fields["cloud.account.id"] = account
    return fields
