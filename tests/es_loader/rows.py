"""Rows of documents as the library makes them, of records that tests invent."""

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from es_loader.documents import (
    ACTION_END,
    CREATE,
    LEFT,
    Document,
    Documents,
    Items,
    Refused,
    action,
)


def row(statuses: Sequence[int], index: str = "index", log_type: str = "some_type") -> Documents:
    """A row of documents {"number": ...}, record number 0 and more; a status of LEFT or more leaves
    the record."""
    indices = [f"{index}-{number}" for number in range(3)]
    lines = [
        b"" if status >= LEFT else _lines(indices[status], f"id-{number}", number)
        for number, status in enumerate(statuses)
    ]
    ids = "\n".join("" if s >= LEFT else f"id-{n}" for n, s in enumerate(statuses)) + "\n"
    records = [f"record {number}" for number in range(len(statuses))]
    count = len(statuses)
    items = Items(0, records, log_type, indices, bytes(statuses), ids.encode(), 0, count)
    return Documents(items, b"".join(lines), array("I", accumulate(map(len, lines))), other)


def _lines(index: str, id: str, number: int) -> bytes:
    head = f"{action(CREATE, index)}{id}{ACTION_END}"
    return f'{head}\n{{"number":{number},"text":"{"x" * number}"}}\n'.encode()


def other(raw: Any, position: int) -> Document | Refused:
    return Refused(position, raw, "some_type", "quarantined", "left")
