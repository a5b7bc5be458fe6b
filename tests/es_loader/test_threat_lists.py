"""Lists of bad addresses and domains in the GeoIP bucket, through the whole loader to the node."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common import aws
from configure_domain.templates import put_templates
from es_loader import handler as es_loader
from es_loader.geoip_files import GeoIpFiles
from es_loader.log_type_file import load_all
from tests.es_loader.loading import Loader

TRAIL = {
    "eventVersion": "1.09",
    "eventTime": "2026-11-24T20:05:58Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "us-east-1",
    "recipientAccountId": "111122223333",
}


def trail(*addresses: str) -> bytes:
    """An object of CloudTrail with an event of each address."""
    records = [TRAIL | {"eventID": each, "sourceIPAddress": each} for each in addresses]
    return json.dumps({"Records": records}).encode()


def queries(*names: str) -> bytes:
    """An object of Route 53 Resolver with a query for each name."""
    query = {"version": "1.1", "query_timestamp": "2026-11-24T20:05:58Z", "srcaddr": "10.0.0.1"}
    return "\n".join(json.dumps(query | {"query_name": name}) for name in names).encode()


@pytest.fixture
def lists(loader: Loader, tmp_path: Path) -> Iterator[Any]:
    """Puts a list into the bucket; the loader looks there at each invocation."""
    put_templates(loader.stack.opensearch, load_all())
    parts = es_loader._built()[1]
    bucket, keys = parts.settings.geo_bucket, set()
    parts.geoip_files = GeoIpFiles(aws.client("s3"), bucket, tmp_path, every=0)

    def put(name: str, content: bytes) -> None:
        keys.add(f"AddressLists/{name}")
        loader.stack.s3.put_object(Bucket=bucket, Key=f"AddressLists/{name}", Body=content)

    yield put
    for key in keys:
        loader.stack.s3.delete_object(Bucket=bucket, Key=key)


def providers(loader: Loader, query: str) -> list[list[str]]:
    """The lists of each document that a query of the dashboards finds."""
    body = {"query": {"query_string": {"query": query}}}
    found = loader.stack.opensearch.search(index="log-*", body=body)["hits"]["hits"]
    return sorted(hit["_source"]["threat"]["enrichments"]["indicator"]["provider"] for hit in found)


def test_listed_addresses_and_domains_are_found_in_the_node(loader: Loader, lists: Any) -> None:
    lists("feodo_tracker.txt.gz", gzip.compress(b"198.51.100.7\n"))
    lists("our own.csv", b"indicator,reason\nbad.example,phishing\n198.51.100.0/28,scans\n")
    lists("broken.txt", b"\0\1\2\n")
    loaded = loader.load(trail("198.51.100.7", "198.51.100.77", "2001:db8::1"))
    assert [document.get("threat") for document in loaded.documents] == [
        {
            "enrichments": {
                "indicator": {
                    "ip": ["198.51.100.7"],
                    "name": ["198.51.100.7", "198.51.100.0/28"],
                    "provider": ["feodo_tracker", "our own"],
                    "type": ["ipv4-addr"],
                },
                "matched": {"field": ["source.ip"]},
            }
        },
        None,
        None,
    ]
    loaded = loader.load(queries("login.bad.example.", "good.example."), "route53_resolver")
    assert loaded.counts == (2, 2, 0)
    assert providers(loader, 'threat.enrichments.indicator.ip: "198.51.100.0/24"') == [
        ["feodo_tracker", "our own"]
    ]
    assert providers(loader, "threat.enrichments.indicator.name: bad.example") == [["our own"]]
    assert providers(loader, "threat.enrichments.indicator.url.domain: *") == [["our own"]]


def test_a_list_that_is_put_later_counts_from_then_on(loader: Loader, lists: Any) -> None:
    (before,) = loader.load(trail("203.0.113.9")).documents
    lists("later.txt", b"203.0.113.0/24\n")
    (after,) = loader.load(trail("203.0.113.10")).documents
    assert "threat" not in before
    assert after["threat"]["enrichments"]["indicator"]["provider"] == ["later"]
