"""What becomes of records: documents, as they go into a bulk body, and records that do not."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

CREATE = "create"
ACTION_END = '"}}'
LEFT = 254  # PENDING of run.zig: from here on a status is no number of an index

# A record that is to be indexed: (position, raw record, log type, index, id, JSON document).
# A plain tuple: one is made for each record.
Document = tuple[int, Any, str, str, str, bytes]

# Where a document goes, and what it was made of: (index, id, position, raw record, log type).
Item = tuple[str, str, int, Any, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is not: excluded by the rule `reason`, or quarantined for it."""

    position: int
    raw: Any
    log_type: str
    outcome: str
    reason: str
    error: str = ""


@lru_cache(1000)
def action(operation: str, index: str) -> str:
    """The action line of a document for this index, up to its id."""
    return f'{{"{operation}":{{"_index":"{index}","_id":"'


@dataclass(frozen=True, slots=True)
class Items:
    """Where the documents of a row of records go, found when it is asked for: most are never asked.

    position        record number of the first
    indices         names of indices
    status          of each record the number of its index; LEFT or more: it has no document here
    ids             of each record, with newlines between them
    first, last     numbers of the records in this row that are meant; the last one is not
    """

    position: int
    records: Sequence[Any]
    log_type: str
    indices: Sequence[str]
    status: bytes
    ids: bytes
    first: int
    last: int

    def __len__(self) -> int:
        left = (self.status.count(each, self.first, self.last) for each in (LEFT, LEFT + 1))
        return self.last - self.first - sum(left)

    def __iter__(self) -> Iterator[Item]:
        ids = str(self.ids, "ascii").split("\n")
        for number in range(self.first, self.last):
            if (status := self.status[number]) < LEFT:
                index, raw = self.indices[status], self.records[number]
                yield index, ids[number], self.position + number, raw, self.log_type


@dataclass(frozen=True, slots=True)
class Documents:
    """What the library made of a row of records: a piece of a bulk body, which need not be taken
    apart. Going through it gives what became of each record, in their order.

    body    of each document the action line, which creates it, and the document
    ends    of each record where its lines end in it
    other   record, position -> what becomes of a record that the library left
    """

    items: Items
    body: bytes
    ends: "array[int]"
    other: Callable[[Any, int], Document | Refused]

    def __iter__(self) -> Iterator[Document | Refused]:
        row, start, items = self.items, 0, iter(self.items)
        for number, end in enumerate(self.ends):
            if row.status[number] >= LEFT:
                yield self.other(row.records[number], row.position + number)
                continue
            index, id, position, raw, log_type = next(items)
            head = len(action(CREATE, index)) + len(id) + len(ACTION_END) + 1
            yield position, raw, log_type, index, id, self.body[start + head : end - 1]
            start = end

    def left(self) -> Iterator[Document | Refused]:
        """What becomes of the records that the library left."""
        row = self.items
        if len(row) < len(row.records):
            for number, raw in enumerate(row.records):
                if row.status[number] >= LEFT:
                    yield self.other(raw, row.position + number)

    def fitting(self, first: int, room: int) -> int:
        """The record after those from `first` on whose lines have so many bytes at most."""
        start = self.ends[first - 1] if first else 0
        return bisect_right(self.ends, start + room, first)

    def piece(self, first: int, last: int) -> tuple[memoryview, Items]:
        """The body of the records from `first` to before `last`, and where they go."""
        start = self.ends[first - 1] if first else 0
        body = memoryview(self.body)[start : self.ends[last - 1]]
        return body, replace(self.items, first=first, last=last)
