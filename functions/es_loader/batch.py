"""Bulk bodies: documents with their actions, compressed, and the records they were made of."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from isal import isal_zlib

from es_loader.documents import ACTION_END, Item, Items, action

GZIP_LEVEL = 1
Row = list[Item] | Items
LOG_TYPE = itemgetter(4)  # of an item


@dataclass(slots=True, eq=False)
class Batch:
    """A body that was not sent, or not answered yet.

    size         bytes before compression
    rows         where its documents go, in their order
    attempts     how often it was refused, the last time for `cause`
    not_before   when it may be sent again; `sent`: when it was sent (clock of the cluster)
    """

    body: bytes
    size: int
    rows: list[Row]
    attempts: int = 0
    cause: str = ""
    not_before: float = 0.0
    sent: float = 0.0

    def __len__(self) -> int:
        return sum(map(len, self.rows))

    @property
    def items(self) -> list[Item]:
        """Where each document goes."""
        return list(chain.from_iterable(self.rows))

    @property
    def by_log_type(self) -> Counter[str]:
        """Number of documents."""
        found = Counter[str]()
        for row in self.rows:
            found.update({row.log_type: len(row)} if isinstance(row, Items) else map(LOG_TYPE, row))
        return found

    def pairs(self) -> list[tuple[Item, bytes]]:
        """Each item with its document."""
        lines = isal_zlib.decompress(self.body, 31).split(b"\n")
        return list(zip(self.items, lines[1::2], strict=True))


def pack(
    pairs: Iterable[tuple[Item, bytes]], operation: str, most: int, origin: Batch | None = None
) -> Iterator[Batch]:
    """Batches of these documents, of at most `most` bytes; a larger document goes alone.

    What `origin` went through counts for them too.
    """
    for items, lines, size in _groups(pairs, operation, most):
        deflate = isal_zlib.compressobj(GZIP_LEVEL, wbits=31)
        batch = Batch(deflate.compress(b"".join(lines)) + deflate.flush(), size, [items])
        if origin:
            batch.attempts, batch.cause = origin.attempts, origin.cause
        yield batch


def _groups(
    pairs: Iterable[tuple[Item, bytes]], operation: str, most: int
) -> Iterator[tuple[list[Item], list[bytes], int]]:
    items, lines, size = list[Item](), list[bytes](), 0
    for item, document in pairs:
        index, id, *_ = item
        both = f"{action(operation, index)}{id}{ACTION_END}\n".encode() + document + b"\n"
        if items and size + len(both) > most:
            yield items, lines, size
            items, lines, size = [], [], 0
        items.append(item)
        lines.append(both)
        size += len(both)
    if items:
        yield items, lines, size
