"""Serves what OpenSearch Dashboards serves of saved objects, over a real node.

Dashboards itself is no package. This keeps objects where it keeps them (documents of the index
.kibana, which the security plugin of the node turns into the index of the caller's tenant), takes
and gives the same bodies, and answers 200 with `success: false` where it does. It does not migrate,
render or search anything.

Sources: src/core/server/saved_objects of OpenSearch-Dashboards, server/multitenancy of
security-dashboards-plugin.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local import saved_object_import
from local.exchange import Answer, Forward, Refused, Request

BASE = "/_dashboards/api"
SAVED_OBJECTS = f"{BASE}/saved_objects"
ALLOWED_TYPES = f"{BASE}/opensearch-dashboards/management/saved_objects/_allowed_types"
INDEX = ".kibana"
MOST_OBJECTS = saved_object_import.MOST_OBJECTS
TYPES = saved_object_import.TYPES


def make_mapping(forward: Forward, authorization: str) -> None:
    """Attributes of objects are not indexed, as in Dashboards' own mapping."""
    headers = {"content-type": "application/json"}
    if authorization:
        headers["authorization"] = authorization
    template = {
        "index_patterns": [f"{INDEX}*"],
        "template": {
            "settings": {"auto_expand_replicas": "0-1"},
            "mappings": {"dynamic": False},
        },
    }
    body = json.dumps(template).encode()
    made = forward(Request("PUT", "/_index_template/dashboards", headers, body))
    assert made.status == 200, made.body


def answer(request: Request, forward: Forward) -> Answer:
    """The answer to a request below /_dashboards."""
    try:
        return _answer(request, forward)
    except Refused as refused:
        return refused.answer


def _answer(request: Request, forward: Forward) -> Answer:
    if "authorization" not in request.headers:
        raise Refused(401, "Unauthorized", "Authentication required")
    if request.method != "GET" and "osd-xsrf" not in request.headers:
        raise Refused(400, "Bad Request", "Request must contain a osd-xsrf header.")
    store = _Store(forward, request.headers["authorization"], _tenant(request))
    url = urlsplit(request.path)
    query = parse_qs(url.query)
    route = (request.method, url.path)
    if route == ("GET", ALLOWED_TYPES):
        return Answer(200, {"types": list(TYPES)})
    if route == ("GET", f"{SAVED_OBJECTS}/_find"):
        return _find(store, query)
    if route == ("POST", f"{SAVED_OBJECTS}/_export"):
        return _export(store, json.loads(request.body))
    if route == ("POST", f"{SAVED_OBJECTS}/_import"):
        overwrite = query.get("overwrite") == ["true"]
        return saved_object_import.answer(request, overwrite, store.all, store.create)
    if request.method == "DELETE" and url.path.startswith(f"{SAVED_OBJECTS}/"):
        type, _, id = url.path.removeprefix(f"{SAVED_OBJECTS}/").partition("/")
        store.delete(unquote(type), unquote(id))
        return Answer(200, {})
    raise Refused(404, "Not Found", "Not Found")


def _tenant(request: Request) -> str:
    """The tenant as the node knows it. Without a header the first preferred one: Private."""
    asked = request.headers.get("securitytenant", "private")
    if asked.lower() in ("private", "__user__"):
        return "__user__"
    return "" if asked.lower() in ("global", "") else asked


@dataclass(frozen=True, slots=True)
class _Store:
    """The objects of a tenant, by the rights of the caller."""

    forward: Forward
    authorization: str
    tenant: str

    def all(self) -> list[dict[str, Any]]:
        """All objects, by id."""
        body = {"size": MOST_OBJECTS, "query": {"match_all": {}}, "seq_no_primary_term": True}
        found = self._ask("POST", f"/{INDEX}/_search", body)
        hits = found["hits"]["hits"] if found else []
        return sorted((_object(hit) for hit in hits), key=lambda each: str(each["id"]))

    def create(self, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The error of each object, or an empty one."""
        lines = []
        for each in objects:
            lines.append({"index": {"_id": f"{each['type']}:{each['id']}"}})
            lines.append(_document(each))
        content = "".join(json.dumps(line) + "\n" for line in lines)
        path = f"/{INDEX}/_bulk?refresh=true"
        answer = self._send("POST", path, content.encode(), "application/x-ndjson")
        items = json.loads(answer.body)["items"]
        return [item["index"].get("error", {}) for item in items]

    def delete(self, type: str, id: str) -> None:
        """Delete an object; 404 where it is not there."""
        if self._ask("DELETE", f"/{INDEX}/_doc/{type}:{id}?refresh=true") is None:
            message = f"Saved object [{type}/{id}] not found"
            raise Refused(404, "Not Found", message)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        answer = self._send(method, path, content, "application/json")
        return None if answer.status == 404 else json.loads(answer.body)

    def _send(self, method: str, path: str, content: bytes, kind: str) -> Answer:
        headers = {"authorization": self.authorization, "securitytenant": self.tenant}
        answer = self.forward(Request(method, path, headers | {"content-type": kind}, content))
        if answer.status == 401:
            raise Refused(401, "Unauthorized", "Unauthorized")
        if answer.status not in (200, 201, 404):
            reason = json.loads(answer.body)["error"]["reason"]
            error = "Forbidden" if answer.status == 403 else "Bad Request"
            raise Refused(answer.status, error, reason)
        return answer


def _object(hit: dict[str, Any]) -> dict[str, Any]:
    """A saved object, from the document that it is."""
    document = hit["_source"]
    type = document["type"]
    version = json.dumps([hit["_seq_no"], hit["_primary_term"]])
    return {
        "id": hit["_id"].removeprefix(f"{type}:"),
        "type": type,
        "attributes": document[type],
        "references": document["references"],
        "migrationVersion": document["migrationVersion"],
        "updated_at": document["updated_at"],
        "version": base64.b64encode(version.encode()).decode(),
    }


def _document(each: dict[str, Any]) -> dict[str, Any]:
    type = each["type"]
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "type": type,
        type: each["attributes"],
        "references": each.get("references", []),
        "migrationVersion": {type: TYPES[type]} if TYPES[type] else {},
        "updated_at": now,
    }


def _find(store: _Store, query: dict[str, list[str]]) -> Answer:
    if "type" not in query:
        message = "[request query.type]: expected at least one defined value but got [undefined]"
        raise Refused(400, "Bad Request", message)
    found = [each for each in store.all() if each["type"] in query["type"]]
    page, size = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["20"])[0])
    return Answer(
        200,
        {
            "page": page,
            "per_page": size,
            "total": len(found),
            "saved_objects": [{**each, "score": 0} for each in found[(page - 1) * size :][:size]],
        },
    )


def _export(store: _Store, body: dict[str, Any]) -> Answer:
    types = body.get("type", [])
    types = [types] if isinstance(types, str) else types
    if not types:
        raise Refused(400, "Bad Request", "Either `type` or `objects` are required.")
    if unknown := [type for type in types if type not in TYPES]:
        message = f"Trying to export non-exportable type(s): {', '.join(unknown)}"
        raise Refused(400, "Bad Request", message)
    found = [each for each in store.all() if each["type"] in types]
    lines = [json.dumps(each, sort_keys=True) for each in found]
    if not body.get("excludeExportDetails"):
        details = {"exportedCount": len(found), "missingRefCount": 0, "missingReferences": []}
        lines.append(json.dumps(details))
    return Answer(200, "\n".join(lines), "application/ndjson")
