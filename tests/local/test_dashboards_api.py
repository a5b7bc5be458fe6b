"""The stand-in for Dashboards: what it refuses, and into which tenant it puts things."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local import dashboards_api, endpoint
from local.endpoint import Server
from local.exchange import basic
from local.node import Node
from local.security import PASSWORD, USER

PATTERN = {
    "type": "index-pattern",
    "id": "a",
    "attributes": {"title": "log-*", "timeFieldName": "@timestamp"},
    "references": [],
    "migrationVersion": {"index-pattern": "7.6.0"},
}
SEARCH = {
    "type": "search",
    "id": "s",
    "attributes": {"title": "Recent"},
    "references": [{"name": "index", "type": "index-pattern", "id": "a"}],
}


@pytest.fixture(scope="module")
def server(secured_node: Node) -> Iterator[Server]:
    """Dashboards over a node with security on."""
    with endpoint.running(secured_node) as running:
        yield running


@pytest.fixture(autouse=True)
def empty(server: Server) -> None:
    """No saved objects in any tenant."""
    for tenant in ("global", "private"):
        for each in call(server, "GET", "_find?type=index-pattern&type=search", tenant)[1][
            "saved_objects"
        ]:
            call(server, "DELETE", f"{each['type']}/{each['id']}", tenant)


def call(
    server: Server, method: str, path: str, tenant: str | None = "global", **options: Any
) -> tuple[int, Any]:
    headers = {"osd-xsrf": "true", "authorization": basic(USER, PASSWORD)}
    if tenant is not None:
        headers["securitytenant"] = tenant
    headers |= options.pop("headers", {})
    url = f"{server.url}{dashboards_api.SAVED_OBJECTS}/{path}"
    got = requests.request(method, url, headers=headers, timeout=60, **options)
    is_json = got.headers["content-type"].startswith("application/json")
    return got.status_code, got.json() if is_json else got.text


def load(server: Server, *objects: Any, tenant: str | None = "global", **options: Any) -> Any:
    text = "\n".join(json.dumps(each) for each in objects)
    files = {"file": (options.pop("name", "some.ndjson"), text)}
    path = "_import?overwrite=true" if options.pop("overwrite", True) else "_import"
    return call(server, "POST", path, tenant, files=files, **options)


def found(server: Server, tenant: str | None = "global") -> list[str]:
    _, page = call(server, "GET", "_find?type=index-pattern&type=search&per_page=100", tenant)
    return [each["id"] for each in page["saved_objects"]]


def test_what_is_imported_is_found_and_exported_as_it_was(server: Server) -> None:
    status, answer = load(server, PATTERN, SEARCH)
    assert (status, answer["success"], answer["successCount"]) == (200, True, 2)
    status, text = call(server, "POST", "_export", json={"type": ["index-pattern", "search"]})
    pattern, search, details = [json.loads(line) for line in text.splitlines()]
    assert (status, details["exportedCount"]) == (200, 2)
    assert {key: pattern[key] for key in PATTERN} == PATTERN
    assert search["references"] == SEARCH["references"]
    assert search["migrationVersion"] == {"search": "7.9.3"}


def test_objects_land_in_the_tenant_of_the_header_and_in_private_without_it(
    server: Server,
) -> None:
    load(server, PATTERN)
    load(server, PATTERN | {"id": "mine"}, tenant=None)
    assert (found(server), found(server, "private")) == (["a"], ["mine"])


def test_a_missing_reference_keeps_all_objects_out_with_status_200(server: Server) -> None:
    lost = SEARCH | {"references": [{"name": "index", "type": "index-pattern", "id": "gone"}]}
    status, answer = load(server, PATTERN, lost)
    assert (status, answer["success"], answer["successCount"]) == (200, False, 0)
    (error,) = answer["errors"]
    assert error["error"] == {
        "type": "missing_references",
        "references": [{"type": "index-pattern", "id": "gone"}],
    }
    assert found(server) == []


def test_an_unsupported_type_is_an_error_and_the_others_are_imported(server: Server) -> None:
    status, answer = load(server, PATTERN, PATTERN | {"type": "lens", "id": "l"})
    assert (status, answer["success"], answer["successCount"]) == (200, False, 1)
    assert [(e["id"], e["error"]["type"]) for e in answer["errors"]] == [("l", "unsupported_type")]
    assert found(server) == ["a"]


def test_without_overwrite_an_object_that_is_there_is_a_conflict(server: Server) -> None:
    load(server, PATTERN)
    _, answer = load(server, PATTERN, overwrite=False)
    assert answer["errors"][0]["error"] == {"type": "conflict"}


def test_a_dashboard_on_a_missing_visualization_is_imported(server: Server) -> None:
    reference = {"name": "panel_0", "type": "visualization", "id": "gone"}
    dashboard = {"type": "dashboard", "id": "d", "attributes": {}, "references": [reference]}
    assert load(server, dashboard)[1]["success"]
    call(server, "DELETE", "dashboard/d")


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ({"name": "some.json"}, 400, "Invalid file extension .json"),
        ({"headers": {"osd-xsrf": None}}, 400, "Request must contain a osd-xsrf header."),
        ({"headers": {"authorization": None}}, 401, "Authentication required"),
        ({"headers": {"authorization": basic("admin", "guess")}}, 401, "Unauthorized"),
    ],
)
def test_requests_that_dashboards_refuses(
    server: Server, options: Any, status: int, message: str
) -> None:
    got, answer = load(server, PATTERN, **options)
    assert (got, answer["message"]) == (status, message)


def test_a_later_migration_refuses_the_whole_import(server: Server) -> None:
    later = PATTERN | {"id": "b", "migrationVersion": {"index-pattern": "7.11.0"}}
    status, answer = load(server, PATTERN, later)
    assert status == 422
    assert answer["message"].endswith("[7.11.0]. The last known version is [7.6.0]")
    assert found(server) == []


def test_an_object_that_is_there_twice_refuses_the_import(server: Server) -> None:
    status, answer = load(server, PATTERN, PATTERN)
    assert status == 400
    assert answer["message"] == "Non-unique import objects detected: [index-pattern:a]"


def test_a_line_that_is_no_json_refuses_the_import(server: Server) -> None:
    files = {"file": ("some.ndjson", "{")}
    assert call(server, "POST", "_import", files=files)[0] == 400


def test_types_that_cannot_be_exported_are_named(server: Server) -> None:
    status, answer = call(server, "POST", "_export", json={"type": ["lens"]})
    assert (status, answer["message"]) == (400, "Trying to export non-exportable type(s): lens")


def test_deleting_what_is_not_there_is_404(server: Server) -> None:
    status, answer = call(server, "DELETE", "search/none")
    assert (status, answer["message"]) == (404, "Saved object [search/none] not found")


def test_pages_have_the_size_that_was_asked_for(server: Server) -> None:
    load(server, *(PATTERN | {"id": f"p{n}"} for n in range(5)))
    _, page = call(server, "GET", "_find?type=index-pattern&per_page=2&page=3")
    assert ([each["id"] for each in page["saved_objects"]], page["total"]) == (["p4"], 5)


def test_all_other_paths_are_the_nodes(server: Server) -> None:
    answer = requests.get(server.url, auth=(USER, PASSWORD), timeout=60)
    assert answer.json()["version"]["distribution"] == "opensearch"
    assert requests.get(server.url, timeout=60).status_code == 401
