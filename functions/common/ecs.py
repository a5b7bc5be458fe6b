"""The Elastic Common Schema: its fields and their types, from ecs_fields.json.

The file is written by local/ecs_fields.py and read at the first question, not at import.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


def version() -> str:
    """Return the version of the schema, as in `9.4.0`."""
    release: str = _schema()["version"]
    return release


def field_types() -> Mapping[str, str]:
    """Return every field's Elasticsearch type by dotted name, sorted by name."""
    types: dict[str, str] = _schema()["fields"]
    return types


@cache
def arrays() -> frozenset[str]:
    """Return the names of the fields that hold an array, also of a single value."""
    return frozenset(_schema()["arrays"])


def allowed_values(name: str) -> tuple[str, ...]:
    """Return the values that the schema allows in a field, or nothing where any will do."""
    return tuple(_schema()["allowed_values"].get(name, ()))


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("ecs_fields.json").read_bytes())
    return schema
