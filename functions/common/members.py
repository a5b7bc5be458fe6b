"""Members of JSON objects whose shape nobody promises."""

from typing import Any

NOTHING: dict[str, Any] = {}


def object_in(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under a key, or an empty one; it is not to be changed."""
    value = parent.get(key)
    return value if type(value) is dict else NOTHING


def objects_in(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of the list under a key."""
    value = parent.get(key)
    return [item for item in value if type(item) is dict] if type(value) is list else []
