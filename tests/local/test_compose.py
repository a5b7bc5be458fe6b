"""What compose.yaml runs, on a real node and a stand-in for Dashboards; Docker runs in no test."""

from pathlib import Path

import pytest
import yaml
from opensearchpy import OpenSearch

from common.opensearch import connect
from configure_domain.api import Api
from configure_domain.dashboards_api import Dashboards
from local import compose, distribution, endpoint, preview, process
from local.node import Node

FILE = Path(compose.__file__).resolve().parent.parent / "compose.yaml"
SERVICES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]


def test_all_our_objects_are_imported(opensearch_node: Node, opensearch: OpenSearch) -> None:
    opensearch.indices.delete(index=".kibana", ignore_unavailable=True)
    with endpoint.running(opensearch_node) as server:
        assert compose.main(server.url, server.url) == 0
        client = connect(server.url, region="", login=compose.LOGIN)
        kinds = ("dashboard", "index-pattern", "search", "visualization")
        found = {(each["type"], each["id"]) for each in Dashboards(Api(client)).find(kinds)}
    opensearch.indices.delete(index=".kibana")
    assert found == {(each["type"], each["id"]) for each in preview.objects()}
    assert opensearch.indices.exists_index_template(name="siem-log-aws-cloudtrail")


def test_what_does_not_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    (port,) = process.free_ports(1)
    url = f"http://{process.HOST}:{port}"
    assert compose.main(url, url, seconds=0) == 1
    assert "no answer from" in capsys.readouterr().err


def test_the_images_are_of_the_version_that_our_tests_run() -> None:
    versions = {each["image"].split(":")[1] for each in SERVICES.values() if "image" in each}
    assert versions == {distribution.VERSION}


def test_only_this_machine_reaches_them() -> None:
    ports = [port for each in SERVICES.values() for port in each.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_file_runs_the_module_that_is_tested() -> None:
    configure = SERVICES["configure"]
    assert configure["command"][:3] == ["python", "-m", compose.__name__]
    assert len(configure["command"]) == 5
