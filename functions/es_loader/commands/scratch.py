"""Indices that are like others but for a trial: what they take, the others would take."""

import uuid
from typing import Any

from opensearchpy import NotFoundError, OpenSearch, OpenSearchException

from common.errors import SiemError

LIMITS = ("analysis", "mapping")  # settings that decide what documents an index takes


class Scratch:
    """Indices for a trial, made when they are asked for, deleted at the end."""

    def __init__(self, client: OpenSearch) -> None:
        self._client = client
        self._prefix = f"siem-trial-{uuid.uuid4().hex[:12]}"
        self._made: dict[str, str] = {}

    def like(self, index: str) -> str:
        """Name of the index that is like this one: as it is, else as its template makes it."""
        if index not in self._made:
            name = f"{self._prefix}-{len(self._made)}"
            try:
                mappings, settings = self._shape(index)
                limits = {each: settings[each] for each in LIMITS if each in settings}
                body = {
                    "mappings": mappings,
                    "settings": {"number_of_shards": 1, "number_of_replicas": 0, **limits},
                }
                self._client.indices.create(index=name, body=body)
            except OpenSearchException as error:
                raise SiemError(
                    f"no index to try documents on, leave --dry-run out to load them: {error}"
                ) from None
            self._made[index] = name
        return self._made[index]

    def close(self) -> None:
        """Delete them."""
        for name in self._made.values():
            self._client.indices.delete(index=name, ignore_unavailable=True)

    def _shape(self, index: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Mappings and settings of an index."""
        try:
            (found,) = self._client.indices.get(index=index).values()
        except NotFoundError:
            found = self._client.indices.simulate_index_template(name=index)["template"]
        return found.get("mappings", {}), found.get("settings", {}).get("index", {})
