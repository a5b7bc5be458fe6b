"""metrics_exporter as its role on a node with security: what it may do is enough."""

import gzip
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from opensearchpy import OpenSearch

from common import aws
from configure_domain import security
from local import deployment, lambda_, node
from local.aws import Aws
from local.node import Node
from metrics_exporter.handler import MetricsError, handler
from tests.deployed_loader import client_of

USER, PASSWORD = "exporter", "Xk29-fjW_mmq81~test"
INDEX, CLOSED = "log-aws-cloudtrail-2026-11", "log-aws-cloudtrail-2026-10"


@pytest.fixture
def admin(secured_node: Node) -> Iterator[OpenSearch]:
    """The node's administrator; there is an open index and a closed one."""
    with node.client(secured_node) as client:
        for index in (INDEX, CLOSED):
            document = {"@timestamp": "2026-11-24T20:05:00Z"}
            client.index(index=index, body=document, params={"refresh": "true"})
        client.indices.close(index=CLOSED)
        yield client
        client.indices.delete(index="log-*", params={"expand_wildcards": "all"})


@pytest.fixture
def bucket(
    admin: OpenSearch,
    secured_node: Node,
    fresh_clients: Aws,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The log bucket of an exporter whose user has the role metrics_exporter, and no other."""
    assert secured_node.ca
    api = "/_plugins/_security/api"
    for path, body in (
        (f"internalusers/{USER}", {"password": PASSWORD}),
        ("roles/exporter", security.ROLES[security.METRICS]),
        ("rolesmapping/exporter", {"users": [USER]}),
    ):
        admin.transport.perform_request("PUT", f"{api}/{path}", body=body)
    place = urlsplit(secured_node.url)
    endpoint = f"https://{USER}:{PASSWORD}@{place.hostname}:{place.port}"
    s3, described = client_of(fresh_clients, "s3"), deployment.read()
    name = f"{described.buckets['log']}-metrics"
    s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": described.region}
    )
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secured_node.ca))
    monkeypatch.setenv("OPENSEARCH_ENDPOINT", endpoint)
    monkeypatch.setenv("LOG_BUCKET", name)
    monkeypatch.setenv("SNAPSHOT_BUCKET", name)
    yield name
    for item in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=item["Key"])
    s3.delete_bucket(Bucket=name)
    for path in ("rolesmapping/exporter", "roles/exporter", f"internalusers/{USER}"):
        admin.transport.perform_request("DELETE", f"{api}/{path}")


def test_the_exporter_needs_no_more_than_its_role(bucket: str) -> None:
    done = handler({}, lambda_.Context(deployment.read()))
    body = aws.client("s3").get_object(Bucket=bucket, Key=done["key"])["Body"].read()
    records = map(json.loads, gzip.decompress(body).splitlines())
    found = {each["index"]["name"]: each["index"] for each in records if each["kind"] == "index"}
    assert found.keys() == {INDEX, CLOSED}
    assert found[INDEX]["fields"] >= 1
    assert found[INDEX]["newest"] == "2026-11-24T20:05:00.000Z"


def test_without_its_role_it_is_one_line_that_says_what_is_missing(
    bucket: str, admin: OpenSearch
) -> None:
    empty: dict[str, list[str]] = {"cluster_permissions": [], "index_permissions": []}
    admin.transport.perform_request("PUT", "/_plugins/_security/api/roles/exporter", body=empty)
    with pytest.raises(MetricsError) as raised:
        handler({}, lambda_.Context(deployment.read()))
    assert str(raised.value).startswith(
        "no metrics, OpenSearch refuses: 403 security_exception, no permissions for ["
    )
