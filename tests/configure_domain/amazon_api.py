"""What Amazon OpenSearch Service offers of the paths that configure_domain calls, and their bodies.

amazon_api.json is an excerpt of OpenSearch's own API specification: names and types, for the calls
below. `python -m tests.configure_domain.amazon_api FOLDER` writes it anew from a checkout.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("amazon_api.json")
SPECIFICATION = "https://github.com/opensearch-project/opensearch-api-specification"
COMMIT = "fbe9edeb"
AMAZON = "amazon-managed"
GUIDE = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide"
# The specification says that the service lacks the whole security API: its tests ran as a user who
# may not use it. These are in the service's own documentation.
SECURITY = {
    "GET /_plugins/_security/api/roles/{role}": f"{GUIDE}/fgac.html",
    "PUT /_plugins/_security/api/roles/{role}": f"{GUIDE}/fgac.html",
    "GET /_plugins/_security/api/rolesmapping/{role}": f"{GUIDE}/fgac.html",
    "PUT /_plugins/_security/api/rolesmapping/{role}": f"{GUIDE}/fgac.html",
    "GET /_plugins/_security/api/audit": f"{GUIDE}/audit-logs.html",
    "PUT /_plugins/_security/api/audit/config": f"{GUIDE}/audit-logs.html",
    "GET /_plugins/_security/api/tenancy/config": (
        "https://aws.amazon.com/blogs/big-data/configure-dynamic-tenancy-for-amazon-opensearch-dashboards/"
    ),
    "PUT /_plugins/_security/api/tenancy/config": (
        "https://aws.amazon.com/blogs/big-data/configure-dynamic-tenancy-for-amazon-opensearch-dashboards/"
    ),
}
# Not in the specification; the service lists /_plugins/_alerting and /_dashboards.
DASHBOARDS = "/_dashboards/api/saved_objects"
ELSEWHERE = {
    "POST /_plugins/_alerting/monitors": f"{GUIDE}/alerting.html",
    "POST /_plugins/_alerting/monitors/_search": f"{GUIDE}/alerting.html",
    "PUT /_plugins/_alerting/monitors/{id}": f"{GUIDE}/alerting.html",
    "DELETE /_plugins/_alerting/monitors/{id}": f"{GUIDE}/alerting.html",
    f"GET {DASHBOARDS}/_find": f"{GUIDE}/supported-operations.html",
    f"POST {DASHBOARDS}/_export": f"{GUIDE}/supported-operations.html",
    f"POST {DASHBOARDS}/_import": f"{GUIDE}/supported-operations.html",
    f"DELETE {DASHBOARDS}/{{type}}/{{id}}": f"{GUIDE}/supported-operations.html",
    "GET /_dashboards/api/opensearch-dashboards/management/saved_objects/_allowed_types": (
        f"{GUIDE}/supported-operations.html"
    ),
}
CALLS = (
    "GET /",
    "GET /_cluster/settings",
    "PUT /_cluster/settings",
    "GET /_component_template/{name}",
    "PUT /_component_template/{name}",
    "GET /_index_template/{name}",
    "PUT /_index_template/{name}",
    "GET /_cat/indices/{index}",
    "GET /_snapshot/{repository}",
    "PUT /_snapshot/{repository}",
    "GET /_plugins/_ism/policies/{policy_id}",
    "PUT /_plugins/_ism/policies/{policy_id}",
    "GET /_plugins/_ism/explain/{index}",
    "POST /_plugins/_ism/add/{index}",
    "POST /_plugins/_ism/change_policy/{index}",
    "GET /_plugins/_sm/policies/{policy_name}",
    "POST /_plugins/_sm/policies/{policy_name}",
    "PUT /_plugins/_sm/policies/{policy_name}",
    "GET /_plugins/_notifications/configs/{config_id}",
    "POST /_plugins/_notifications/configs",
    "PUT /_plugins/_notifications/configs/{config_id}",
)
# Bodies for plugins that are no packages; a real node sees to the others.
CHECKED = ("/_plugins/_ism/", "/_plugins/_sm/", "/_plugins/_notifications/")
# The specification has an object here; documentation and source have a text such as "24h".
TIMEOUT = {"type": "string"}
# Actions of Index State Management that only the service has.
OF_AMAZON = {
    name: f"{GUIDE}/ism.html" for name in ("warm_migration", "cold_migration", "cold_delete")
}


KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def excerpt() -> dict[str, Any]:
    """The excerpt: `withheld` operations, and `calls` with the schema of their body or None."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def derived(folder: Path) -> dict[str, Any]:
    """The excerpt, from a checkout of the specification."""
    operations: dict[str, Any] = {}
    homes: dict[str, Path] = {}
    for file in sorted((folder / "namespaces").glob("*.yaml")):
        for path, methods in yaml.safe_load(file.read_text())["paths"].items():
            for method, operation in methods.items():
                name = f"{method.upper()} {path}"
                operations[name], homes[name] = operation, file
    withheld = sorted(
        name
        for name, operation in operations.items()
        if AMAZON in operation.get("x-distributions-excluded", [])
    )
    calls = {}
    for name in [*CALLS, *SECURITY]:
        body = None
        if name.partition(" ")[2].startswith(CHECKED) and "requestBody" in operations[name]:
            reference, home = operations[name]["requestBody"], homes[name]
            reference, home = _resolved(reference, home)
            body = _shape(reference["content"]["application/json"]["schema"], home)
        calls[name] = body
    return {"source": f"{SPECIFICATION} at {COMMIT}", "withheld": withheld, "calls": calls}


def problems(schema: Mapping[str, Any], value: Any, at: str = "body") -> list[str]:
    """Where a body is not what a schema says; names that it does not know are problems too."""
    if "any" in schema:
        tries = [problems(each, value, at) for each in schema["any"]]
        return [] if not all(tries) else tries[0]
    kind = schema.get("type")
    if kind in KINDS and not isinstance(value, KINDS[kind]):
        return [f"{at}: expected {kind}: {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: expected one of {schema['enum']}: {value!r}"]
    found = []
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{at}: missing: {name}" for name in schema["required"] if name not in value]
        for name, each in value.items():
            if name in schema["properties"]:
                found += problems(schema["properties"][name], each, f"{at}.{name}")
            elif not schema["open"] and name not in OF_AMAZON:
                found.append(f"{at}: unknown: {name}")
    if isinstance(value, list) and "items" in schema:
        for number, each in enumerate(value):
            found += problems(schema["items"], each, f"{at}[{number}]")
    return found


def _resolved(node: Any, home: Path) -> tuple[Any, Path]:
    while "$ref" in node:
        place, _, inside = node["$ref"].partition("#/")
        home = (home.parent / place).resolve() if place else home
        node = yaml.safe_load(home.read_text())
        for key in inside.split("/"):
            node = node[key.replace("~1", "/").replace("~0", "~")]
    return node, home


def _shape(schema: Any, home: Path) -> dict[str, Any]:
    """Types, names and what is required, without descriptions and references."""
    schema, home = _resolved(schema, home)
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices:
        return {"any": [_shape(each, home) for each in choices]}
    shape: dict[str, Any] = {}
    if "type" in schema:
        shape["type"] = schema["type"]
    if "enum" in schema:
        shape["enum"] = schema["enum"]
    if "items" in schema:
        shape["items"] = _shape(schema["items"], home)
    properties = {name: _shape(each, home) for name, each in schema.get("properties", {}).items()}
    if {"timeout", "retry"} <= properties.keys():
        properties["timeout"] = TIMEOUT
    if properties:
        shape["properties"] = properties
        shape["required"] = sorted(schema.get("required", []))
        shape["open"] = bool(schema.get("additionalProperties", False))
    return shape


if __name__ == "__main__":
    FILE.write_text(json.dumps(derived(Path(sys.argv[1])), indent=1) + "\n")
