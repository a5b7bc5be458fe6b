"""OpenSearch Dashboards' API for saved objects, as it is at <domain>/_dashboards.

https://docs.opensearch.org/latest/dashboards/management/saved-objects-api/
The tenant is always named: without it, objects land in the caller's own Private tenant.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from configure_domain.api import Api, ConfigureError
from configure_domain.index_patterns import ndjson

BASE = "/_dashboards/api"
SAVED_OBJECTS = f"{BASE}/saved_objects"
ALLOWED_TYPES = f"{BASE}/opensearch-dashboards/management/saved_objects/_allowed_types"
GLOBAL = "global"
PAGE = 500
# What Dashboards takes in one import: saved_objects_config.ts.
MOST_OBJECTS, MOST_BYTES = 10_000, 26_214_400

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dashboards:
    """Dashboards, for one tenant."""

    api: Api
    tenant: str = GLOBAL

    def find(self, types: Iterable[str]) -> list[Object]:
        """All objects of these types."""
        found: list[Object] = []
        while True:
            page = len(found) // PAGE + 1
            query = urlencode(
                [*(("type", each) for each in types), ("per_page", PAGE), ("page", page)]
            )
            answer = json.loads(self._send("GET", f"{SAVED_OBJECTS}/_find?{query}"))
            found += answer["saved_objects"]
            if len(answer["saved_objects"]) < PAGE:
                return found

    def allowed_types(self) -> list[str]:
        """The types that can be exported."""
        types: list[str] = json.loads(self._send("GET", ALLOWED_TYPES))["types"]
        return types

    def export(self, types: Iterable[str]) -> str:
        """All objects of these types as NDJSON, which `import_` takes."""
        body = json.dumps({"type": [*types], "excludeExportDetails": True})
        headers = {"content-type": "application/json"}
        return self._send("POST", f"{SAVED_OBJECTS}/_export", body.encode(), headers)

    def import_(self, saved: Iterable[Mapping[str, Any]]) -> None:
        """Create these objects, in place of those of the same type and id.

        Dashboards answers 200 whatever became of them; ConfigureError names each that it refused.
        """
        content = ndjson(saved)
        if content.count("\n") > MOST_OBJECTS or len(content.encode()) > MOST_BYTES:
            raise ConfigureError(
                f"saved objects: more than Dashboards takes at once ({MOST_OBJECTS} objects, "
                f"{MOST_BYTES} bytes): {content.count(chr(10))} objects, {len(content)} bytes"
            )
        boundary = uuid.uuid4().hex
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="siem.ndjson"'
            f"\r\nContent-Type: application/ndjson\r\n\r\n{content}\r\n--{boundary}--\r\n"
        ).encode()
        headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        answer = json.loads(
            self._send("POST", f"{SAVED_OBJECTS}/_import?overwrite=true", body, headers)
        )
        if not answer.get("success"):
            errors = [_error(each) for each in answer.get("errors", [])] or ["no reason given"]
            raise ConfigureError(f"Dashboards did not import: {'; '.join(errors)}")

    def delete(self, type: str, id: str) -> None:
        """Delete an object; nothing happens where it is not there."""
        path = f"{SAVED_OBJECTS}/{quote(type, '')}/{quote(id, '')}"
        self._send("DELETE", path, missing=True)

    def _send(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        missing: bool = False,
    ) -> str:
        every = {"osd-xsrf": "true", "securitytenant": self.tenant, **(headers or {})}
        return self.api.send(method, path, content, every, missing) or ""


def _error(error: Mapping[str, Any]) -> str:
    """`dashboard siem-x: missing_references: index-pattern siem-y`."""
    cause = error.get("error", {})
    words = [cause.get("type", "unknown")]
    if references := cause.get("references"):
        words.append(", ".join(f"{each['type']} {each['id']}" for each in references))
    elif message := cause.get("message") or cause.get("reason"):
        words.append(str(message))
    return f"{error.get('type')} {error.get('id')}: {': '.join(words)}"
