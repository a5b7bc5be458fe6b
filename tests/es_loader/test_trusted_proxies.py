"""TRUSTED_PROXIES, through the whole loader to the node."""

import json
from collections.abc import Iterator

import pytest

from es_loader import handler as es_loader
from tests.es_loader.loading import Loader


@pytest.fixture
def trusting(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loader]:
    """A loader that trusts a network, started cold."""
    monkeypatch.setenv("TRUSTED_PROXIES", "203.0.113.0/24,2001:db8:ffff::/48")
    es_loader._built.cache_clear()
    yield loader
    es_loader._built.cache_clear()


def request(source: str, header: str) -> str:
    """A record of WAF."""
    headers = [{"name": "X-Forwarded-For", "value": header}]
    sent = {"clientIp": source, "headers": headers, "httpMethod": "GET"}
    return json.dumps({"timestamp": 1795546873958, "action": "ALLOW", "httpRequest": sent})


def test_documents_have_the_client_that_came_through_a_trusted_proxy(trusting: Loader) -> None:
    lines = [
        request("203.0.113.9", "192.0.2.66, 198.51.100.7, 2001:db8:ffff::1"),
        request("192.0.2.1", "198.51.100.8"),
        request("192.0.2.1", "-"),
        "no record",
    ]
    loaded = trusting.load("\n".join(lines).encode(), "waf")
    assert loaded.counts == (4, 3, 1)
    assert [document["source"]["ip"] for document in loaded.documents] == [
        "198.51.100.7",
        "192.0.2.1",
        "192.0.2.1",
    ]
    assert loaded.documents[0]["related"]["ip"] == ["198.51.100.7", "192.0.2.66", "203.0.113.9"]
    assert loaded.documents[0]["log"]["offset"] == 0
    assert json.loads(loaded.documents[0]["event"]["original"]) == json.loads(lines[0])
