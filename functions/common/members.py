"""Members of JSON objects whose shape nobody promises."""

from typing import Any

NOTHING: dict[str, Any] = {}
Found = dict[str, list[Any]]  # field -> its distinct values, in order


def object_in(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under a key, or an empty one; it is not to be changed."""
    value = parent.get(key)
    return value if type(value) is dict else NOTHING


def objects_in(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of the list under a key."""
    value = parent.get(key)
    return [item for item in value if type(item) is dict] if type(value) is list else []


def no_findings(record: dict[str, Any]) -> bool:
    """Whether it is what has findings, such as an answer of an API, but has none."""
    return record.get("findings", record.get("Findings", record)) in ([], None)


def add(found: Found, fields: tuple[str, ...], *values: Any) -> None:
    """Adds the values that are there, texts or whole numbers, to each of the fields."""
    for value in values:
        if value and (type(value) is str or type(value) is int):
            for field in fields:
                known = found.get(field)
                if known is None:
                    found[field] = [value]
                elif value not in known:
                    known.append(value)
