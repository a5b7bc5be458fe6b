"""The node: started beside another, with other settings, secured, and ended."""

import ssl
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from opensearchpy.exceptions import AuthenticationException, TransportError

from local import node, process
from local.node import Node
from local.process import LocalStackError


def test_the_node_is_the_version_that_amazon_serves(opensearch: OpenSearch) -> None:
    assert opensearch.info()["version"]["number"].startswith("3.4.")


def test_a_node_makes_an_index_on_first_write(opensearch: OpenSearch, index_prefix: str) -> None:
    opensearch.index(index=f"{index_prefix}-new", body={"a": 1}, refresh=True)
    assert opensearch.count(index=f"{index_prefix}-*")["count"] == 1


def test_a_second_node_has_its_own_port_and_settings_and_leaves_nothing(
    opensearch_node: Node,
) -> None:
    with node.running(heap="512m", settings={"http.max_content_length": "1mb"}) as second:
        assert second.url != opensearch_node.url
        with node.client(second) as client, pytest.raises(TransportError) as refused:
            client.bulk(body='{"index":{"_index":"a"}}\n{"a":"' + "x" * 1_100_000 + '"}\n')
        assert refused.value.status_code == 413
        child, scratch = second.child, second.scratch
    assert child is not None and child.returncode is not None
    assert scratch is not None and not scratch.exists()


@pytest.mark.node
def test_a_secured_node_refuses_a_wrong_password() -> None:
    with node.running(security=True, heap="512m") as secured:
        with node.client(secured) as client:
            assert client.cluster.health()["status"] in ("green", "yellow")
        stranger = secured.url.replace("admin:admin@", "admin:guess@")
        with (
            OpenSearch(stranger, ca_certs=str(secured.ca)) as client,
            pytest.raises(AuthenticationException),
        ):
            client.info()
        assert ssl.create_default_context(cafile=secured.ca).get_ca_certs()


def test_a_running_node_is_used_and_left_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSEARCH_URL", "http://127.0.0.1:9/")
    with node.running() as own:
        assert own == Node("http://127.0.0.1:9")


@pytest.mark.node
def test_a_node_that_cannot_start_says_why_in_its_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(LocalStackError, match=r"ended with status 1 while starting; the end of"):
        node.start(heap="512m", settings={"no.such.setting": True})
    (log,) = tmp_path.glob("aes-siem-node-*/console.log")
    assert "no.such.setting" in log.read_text()


def test_free_ports_are_different() -> None:
    assert len(set(process.free_ports(5))) == 5
