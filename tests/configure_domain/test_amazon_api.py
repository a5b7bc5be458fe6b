"""Every call that the code makes is one that Amazon OpenSearch Service offers, with a right body.

With OPENSEARCH_API naming a checkout of OpenSearch's API specification, the excerpt that the
project carries is compared with it too.
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from configure_domain import saved_objects
from configure_domain.settings import CLUSTER_SETTINGS
from local.exchange import Request
from tests.configure_domain import amazon_api
from tests.configure_domain.conftest import Deployment

EXCERPT = amazon_api.excerpt()
KNOWN = {*EXCERPT["calls"], *amazon_api.ELSEWHERE}


@pytest.fixture(scope="module")
def specified() -> dict[str, Any]:
    """The excerpt, checked against the specification where there is one."""
    if folder := os.environ.get("OPENSEARCH_API"):
        assert amazon_api.derived(Path(folder)) == EXCERPT
    return EXCERPT


def operation(request: Request) -> str:
    """`GET /_plugins/_ism/policies/{policy_id}` of a request; what is unknown as it came."""
    parts = urlsplit(request.path).path.split("/")
    fitting = [
        name
        for name in KNOWN
        for method, _, path in [name.partition(" ")]
        if method == request.method and fits(path.split("/"), parts)
    ]
    exact = [name for name in fitting if "{" not in name]
    return min(exact or fitting, default=f"{request.method} {request.path}")


def fits(template: list[str], parts: list[str]) -> bool:
    pairs = list(zip(template, parts, strict=False))
    return len(template) == len(parts) and all(
        own.startswith("{") or own == part for own, part in pairs
    )


def everything(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """The requests of runs that create, leave, change, and delete one of each."""
    deployment.ask("PUT", "/log-aws-waf-2026-11")
    deployment.run()
    requests = list(deployment.server.requests)
    text = saved_objects.CARRIED.read_text()
    saved_objects.CARRIED.write_text("".join(text.splitlines(keepends=True)[1:]))
    kept = {"*": {"warm": 7, "cold": 14, "delete": 21}}
    monkeypatch.setenv("RETENTION", json.dumps(kept))
    monkeypatch.setenv("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:other")
    config = {"WarmEnabled": True, "ColdStorageOptions": {"Enabled": True}}
    deployment.aws.client("opensearch").update_domain_config(
        DomainName="aes-siem", ClusterConfig=config
    )
    stored = json.dumps(deployment.plugins.monitors)
    deployment.plugins.monitors = json.loads(
        stored.replace("configure_domain ", "configure_domain x")
    )
    (first, *_) = deployment.plugins.monitors.values()
    deployment.plugins.monitors["old"] = first | {"name": "aes-siem: old"}
    deployment.ask("DELETE", "/_index_template/siem-log-aws-waf")
    deployment.server.requests.clear()
    deployment.run()
    return requests + deployment.server.requests


def test_every_call_is_offered_and_every_body_is_right(
    new_deployment: Deployment, monkeypatch: pytest.MonkeyPatch, specified: dict[str, Any]
) -> None:
    requests = everything(new_deployment, monkeypatch)
    made = {operation(request) for request in requests}
    assert made - KNOWN == set()
    assert (made & {*specified["withheld"]}) - amazon_api.SECURITY.keys() == set()
    assert KNOWN - made == set(), "calls that the code no longer makes"
    found = []
    for request in requests:
        if schema := specified["calls"].get(operation(request)):
            found += amazon_api.problems(schema, json.loads(request.body), operation(request))
    assert found == []
    assert "cold_migration" in " ".join(request.body.decode() for request in requests)


def test_settings_go_in_their_flat_form_and_are_of_those_that_can_be_changed(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTER_SETTINGS", json.dumps({"cluster.max_shards_per_node": "900"}))
    deployment.run()
    bodies = [
        json.loads(each.body)
        for each in deployment.server.requests
        if each.method == "PUT" and each.path == "/_cluster/settings"
    ]
    assert len(bodies) == 2
    for body in bodies:
        assert body.keys() == {"persistent"}
        assert body["persistent"].keys() <= {*CLUSTER_SETTINGS}
    deployment.ask(
        "PUT", "/_cluster/settings", {"persistent": {"cluster.max_shards_per_node": None}}
    )


def test_a_wrong_body_would_be_noticed() -> None:
    schema = EXCERPT["calls"]["POST /_plugins/_sm/policies/{policy_name}"]
    body = {"creation": {"schedule": {"cron": {"expression": 1}}}, "snapshots": {}}
    assert amazon_api.problems(schema, body) == [
        "body: missing: snapshot_config",
        "body.creation.schedule.cron: missing: timezone",
        "body.creation.schedule.cron.expression: expected string: 1",
        "body: unknown: snapshots",
    ]


def test_what_the_service_documents_in_spite_of_the_specification_has_its_source() -> None:
    assert amazon_api.SECURITY.keys() <= {*EXCERPT["withheld"]}
    sources = [*amazon_api.SECURITY.values(), *amazon_api.ELSEWHERE.values()]
    for source in sources:
        assert source.startswith(("https://docs.aws.amazon.com/", "https://aws.amazon.com/"))
