"""Roles on a real node: what each may do, and what it may not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from common.settings import Settings
from configure_domain import security
from configure_domain.api import ConfigureError
from es_loader import pipeline
from es_loader.ledger import Run
from es_loader.log_type_file import HERE as LOG_TYPES
from es_loader.receive import LogObject
from local.aws import Aws
from local.exchange import Request, basic
from local.node import Node
from tests.configure_domain.conftest import (
    BUCKET,
    MASTER,
    PASSWORD,
    ROLE,
    Deployment,
    deployed,
    forget_roles,
)

API = security.API
JSON = "application/json"
LOG, LEDGER = "log-aws-cloudtrail-2026-11", "siem-ledger-2026"
DOCUMENT = {"@timestamp": "2026-11-24T20:05:00Z", "event": {"action": "GetObject"}}
PEOPLE = {
    "loader": "aes-siem-es-loader",
    "analyst": "analyst",
    "boss": "security",
    "metrics": "aes-siem-index-metrics-exporter",
    "nobody": "nobody",
}


@pytest.fixture(scope="module")
def configured(
    secured_node: Node, aws: Aws, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """A configured domain, with a local user for each role; tests change nothing about it."""
    folder = tmp_path_factory.mktemp("roles")
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        deployed(secured_node, aws, monkeypatch, folder) as made,
    ):
        forget_roles(made.admin)
        made.run()
        for name, role in PEOPLE.items():
            made.person(name, ROLE.format(role))
        yield made


@pytest.fixture(autouse=True)
def documents(configured: Deployment) -> Iterator[None]:
    """A log, a ledger entry, and somebody else's index."""
    for index in (LOG, LEDGER, "other"):
        configured.ask("PUT", f"/{index}/_doc/1?refresh=true", DOCUMENT)
    yield
    configured.ask("DELETE", "/log-*,siem-ledger-*,other")


def bulk(*actions: dict[str, Any]) -> str:
    return "".join(
        json.dumps(each) + "\n" + ("" if "delete" in each else json.dumps(DOCUMENT) + "\n")
        for each in actions
    )


def statuses(answer: Any) -> list[int]:
    """The status of each item of a bulk answer."""
    return [result["status"] for item in answer["items"] for result in item.values()]


def test_the_loaders_own_requests_are_allowed(configured: Deployment) -> None:
    ask = configured.as_user
    new = {"_index": "log-aws-waf-2026-11", "_id": "1"}
    body = bulk({"create": new}, {"create": new}, {"index": {"_index": LOG, "_id": "1"}})
    assert statuses(ask("loader", "POST", "/_bulk", body).json()) == [201, 409, 200]
    docs = [{"_index": LOG, "_id": "1"}, {"_index": f"{LOG}-late", "_id": "1"}]
    found = ask("loader", "POST", "/_mget?_source=false", {"docs": docs}).json()["docs"]
    assert found[0]["found"] and found[1]["error"]["type"] == "index_not_found_exception"
    assert ask("loader", "PUT", f"/{LEDGER}/_doc/2", {"outcome": "loaded"}).status_code == 201
    assert ask("loader", "PUT", "/siem-ledger-2027/_doc/2", {"end": 1}).status_code == 201


SETTINGS = {"persistent": {"cluster.max_shards_per_node": "2000"}}
DENIED: list[tuple[str, str, str, Any]] = [
    ("read a document", "GET", f"/{LOG}/_doc/1", None),
    ("search", "GET", f"/{LOG}/_search", None),
    ("count", "GET", f"/{LOG}/_count", None),
    ("scroll", "POST", f"/{LOG}/_search?scroll=1m", {}),
    ("delete a document", "DELETE", f"/{LOG}/_doc/1", None),
    ("update a document", "POST", f"/{LOG}/_update/1", {"doc": {"event.action": "x"}}),
    ("update by query", "POST", f"/{LOG}/_update_by_query", {}),
    ("delete by query", "POST", f"/{LOG}/_delete_by_query", {"query": {"match_all": {}}}),
    ("delete an index", "DELETE", f"/{LOG}", None),
    ("close an index", "POST", f"/{LOG}/_close", None),
    ("change a mapping", "PUT", f"/{LOG}/_mapping", {"properties": {"a": {"type": "long"}}}),
    ("change settings", "PUT", f"/{LOG}/_settings", {"index.refresh_interval": "1h"}),
    ("read a mapping", "GET", f"/{LOG}/_mapping", None),
    ("lift a write block", "PUT", f"/{LOG}/_block/write", None),
    ("make an alias", "PUT", f"/{LOG}/_alias/mine", None),
    ("write elsewhere", "PUT", "/other/_doc/2", DOCUMENT),
    ("make another index", "PUT", "/mine", None),
    ("write saved objects", "PUT", "/.kibana/_doc/dashboard:a", DOCUMENT),
    ("read security settings", "GET", f"{API}/roles", None),
    ("give itself a role", "PUT", f"{API}/rolesmapping/all_access", {"users": ["loader"]}),
    ("change a template", "PUT", "/_index_template/x", {"index_patterns": ["x"]}),
    ("change cluster settings", "PUT", "/_cluster/settings", SETTINGS),
    ("make a repository", "PUT", "/_snapshot/mine", {"type": "fs", "settings": {"location": "x"}}),
    ("list indices", "GET", "/_cat/indices", None),
    ("see the cluster", "GET", "/_cluster/state", None),
    ("reindex", "POST", "/_reindex", {"source": {"index": LOG}, "dest": {"index": "log-x-y"}}),
    ("add a pipeline", "PUT", "/_ingest/pipeline/x", {"processors": []}),
    ("run a script", "PUT", "/_scripts/x", {"script": {"lang": "painless", "source": "1"}}),
]


def test_the_loader_may_do_nothing_else(configured: Deployment) -> None:
    allowed = {}
    for what, method, path, body in DENIED:
        if path.startswith("/_snapshot"):
            headers = {
                "authorization": basic("loader", PASSWORD),
                "content-type": "application/json",
            }
            content = json.dumps(body).encode()
            got = configured.server.forward(Request(method, path, headers, content)).status
        else:
            got = configured.as_user("loader", method, path, body).status_code
        if got != 403:
            allowed[what] = got
    assert allowed == {}


@pytest.mark.parametrize(
    ("operation", "index"),
    [("delete", LOG), ("update", LOG), ("create", "other"), ("index", ".kibana")],
)
def test_the_loader_may_not_do_it_in_bulk_either(
    configured: Deployment, operation: str, index: str
) -> None:
    body = bulk({operation: {"_index": index, "_id": "1"}})
    if operation == "update":
        body = body.replace(json.dumps(DOCUMENT), json.dumps({"doc": {"a": 1}}))
    answer = configured.as_user("loader", "POST", "/_bulk", body)
    assert statuses(answer.json()) == [403]


def test_an_index_without_our_template_takes_nothing_from_the_loader(
    configured: Deployment,
) -> None:
    body = bulk({"create": {"_index": "log-aws-cloudtrails-2026-11", "_id": "1"}})
    answer = configured.as_user("loader", "POST", "/_bulk", body).json()
    (item,) = answer["items"]
    assert "no permissions for [indices:admin/mapping/put]" in item["create"]["error"]["reason"]
    configured.ask("DELETE", "/log-aws-cloudtrails-2026-11")


def test_analysts_read_logs_and_cannot_write(configured: Deployment) -> None:
    ask = configured.as_user
    for index in ("log-*", LEDGER):
        assert ask("analyst", "GET", f"/{index}/_search").json()["hits"]["total"]["value"] >= 1
    assert ask("analyst", "POST", "/_msearch", f'{{"index":"{LOG}"}}\n{{}}\n').status_code == 200
    assert ask("analyst", "GET", "/log-*/_field_caps?fields=*").status_code == 200
    assert ask("analyst", "GET", f"/{LOG}/_mapping").status_code == 200
    for method, path, body in (
        ("PUT", f"/{LOG}/_doc/2", DOCUMENT),
        ("POST", f"/{LOG}/_update/1", {"doc": {"a": 1}}),
        ("DELETE", f"/{LOG}/_doc/1", None),
        ("DELETE", f"/{LOG}", None),
        ("POST", f"/{LOG}/_delete_by_query", {"query": {"match_all": {}}}),
        ("PUT", "/mine", None),
        ("GET", "/other/_search", None),
        ("PUT", "/.kibana/_doc/dashboard:a", DOCUMENT),
        ("PUT", f"{API}/rolesmapping/all_access", {"users": ["analyst"]}),
        ("PUT", "/_index_template/x", {"index_patterns": ["x"]}),
    ):
        assert ask("analyst", method, path, body).status_code == 403, (method, path)
    action = bulk({"create": {"_index": LOG, "_id": "2"}}, {"delete": {"_index": LOG, "_id": "1"}})
    assert statuses(ask("analyst", "POST", "/_bulk", action).json()) == [403, 403]


def test_an_analyst_reads_the_global_tenant_and_writes_to_the_own_private_one(
    configured: Deployment,
) -> None:
    shared = configured.dashboards("analyst")
    assert {each["id"] for each in shared.find(["index-pattern"])} >= {"siem-log-aws-cloudtrail"}
    own = [{"type": "search", "id": "mine", "attributes": {"title": "Mine"}, "references": []}]
    with pytest.raises(ConfigureError, match="search mine: unknown: no permissions for"):
        shared.import_(own)
    private = configured.dashboards("analyst", "private")
    private.import_(own)
    assert [each["id"] for each in private.find(["search"])] == ["mine"]
    assert shared.find(["search"]) == []
    assert configured.dashboards(MASTER, "private").find(["search"]) == []


def test_an_analyst_does_not_read_what_is_private_to_another(configured: Deployment) -> None:
    own = [{"type": "search", "id": "secret", "attributes": {"title": "x"}, "references": []}]
    configured.dashboards(MASTER, "private").import_(own)
    indices = configured.ask("GET", "/_cat/indices/.kibana_*?h=index&expand_wildcards=all")
    (index,) = [name for name in indices.split() if MASTER in name]
    assert configured.as_user("analyst", "GET", f"/{index}/_search").status_code == 403
    configured.ask("DELETE", f"/{index}")


def test_an_admin_may_do_everything_but_change_security_settings(configured: Deployment) -> None:
    ask = configured.as_user
    assert ask("boss", "DELETE", f"/{LOG}").status_code == 200
    assert ask("boss", "GET", "/_cluster/state").status_code == 200
    theirs = [{"type": "search", "id": "theirs", "attributes": {"title": "x"}, "references": []}]
    configured.dashboards("boss").import_(theirs)
    configured.dashboards("boss").delete("search", "theirs")
    assert ask("boss", "GET", f"{API}/roles").status_code == 403
    mapping = {"users": ["boss"]}
    assert ask("boss", "PUT", f"{API}/rolesmapping/all_access", mapping).status_code == 403


def test_the_metrics_exporter_reads_statistics_and_cannot_write(configured: Deployment) -> None:
    ask = configured.as_user
    for path in (
        "/_cat/indices/log-*?format=json",
        "/log-*/_stats",
        "/_cluster/health",
        "/_nodes/stats",
        "/log-*/_segments",
        "/log-*/_search",
    ):
        assert ask("metrics", "GET", path).status_code == 200, path
    assert ask("metrics", "PUT", f"/{LOG}/_doc/2", DOCUMENT).status_code == 403
    assert ask("metrics", "DELETE", f"/{LOG}").status_code == 403


def test_who_has_no_role_may_do_nothing(configured: Deployment) -> None:
    assert configured.as_user("nobody", "GET", f"/{LOG}/_search").status_code == 403
    assert configured.as_user("nobody", "GET", "/").status_code == 403


def test_es_loader_itself_needs_no_more_than_its_role(configured: Deployment) -> None:
    account = "111122223333"
    s3 = configured.aws.client("s3")
    location = {"LocationConstraint": configured.aws.environment["AWS_REGION"]}
    for name in ("log", "geo"):
        bucket = f"aes-siem-{account}-{name}"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    sample = LOG_TYPES / "cloudtrail" / "samples" / "console-login.json"
    expected = json.loads(sample.with_suffix(".expected.json").read_text())
    endpoint = configured.server.url.replace("//", f"//loader:{PASSWORD}@")
    queue = f"https://sqs.ap-northeast-1.amazonaws.com/{account}/none"
    parts = pipeline.build(
        Settings(endpoint, BUCKET, f"aes-siem-{account}-geo", queue, queue, queue, "eu-west-1")
    )
    run = Run(lambda: 600.0)
    outcomes = []
    for number in range(2):
        log_object = LogObject(f"aes-siem-{account}-log", f"{number}/{expected['key']}")
        s3.put_object(Bucket=log_object.bucket, Key=log_object.key, Body=sample.read_bytes())
        entry = pipeline.load(parts, log_object, run)
        outcomes.append((entry.outcome, entry.counts.indexed, entry.counts.duplicate))
        configured.ask("POST", "/log-*/_refresh")
        configured.ask("PUT", "/log-aws-cloudtrail-*/_settings", {"index.blocks.write": True})
    number = len(expected["documents"])
    assert outcomes == [("loaded", number, 0), ("loaded", number, number)]
    configured.ask("POST", "/siem-ledger-*/_refresh")
    found = configured.as_user("analyst", "GET", "/siem-ledger-*/_search?q=outcome:loaded").json()
    assert found["hits"]["total"]["value"] == 2
