"""Sends documents to OpenSearch in bulk, until each is indexed or quarantined.

Documents are gathered into a compressed body; full bodies go out in up to four threads. All
answers are dealt with in the thread that adds documents, so nothing here is shared: when the
cluster is slow, `add` waits, and reading the object waits with it.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any, Protocol, Self
from urllib.parse import urlencode

from isal import isal_zlib

from es_loader.answer import LATE, Verdict, judge
from es_loader.batch import GZIP_LEVEL, Batch, Row, pack
from es_loader.cluster import MOST_IN_FLIGHT, Cluster, Deadline, Reply
from es_loader.documents import ACTION_END, CREATE, Documents, Item, action
from es_loader.ledger import Counts

WINDOW = 128 * 1024
# Only what `judge` reads. Percent-encoded, as AWS has it when it checks a signature.
ANSWER = (
    "items.*.status",
    "items.*.error.type",
    "items.*.error.reason",
    "items.*.error.caused_by.reason",
)
PATH = "/_bulk?" + urlencode({"filter_path": ",".join(ANSWER)})
HEADERS = {"content-type": "application/x-ndjson", "content-encoding": "gzip"}
STRESS = (429, 502, 503, 504)
CREATED = {CREATE: {"status": 201}}  # what is answered for nearly all documents


@dataclass(slots=True)
class Traffic:
    """What sending took: bytes uncompressed, seconds of waiting for answers."""

    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    retries: Counter[str] = field(default_factory=Counter)


class Sink(Protocol):
    """Takes the records that OpenSearch refuses for their shape, as Quarantine does."""

    def add(
        self, log_type: str, reason: str, error: str, position: int, record: bytes | str | None, /
    ) -> None:
        """Take a record."""


class Bulk:
    """The buffer between the per-record loop and the cluster."""

    def __init__(
        self,
        cluster: Cluster,
        deadline: Deadline,
        quarantine: Sink,
        counts: Counts,
        overwrite: bool = False,
    ) -> None:
        self.traffic = Traffic()
        self._cluster, self._deadline = cluster, deadline
        self._quarantine, self._counts = quarantine, counts
        self._operation = "index" if overwrite else CREATE
        self._waiting: deque[Batch] = deque()
        self._flying: dict[Future[Reply], Batch] = {}
        self._begin()

    def add(
        self,
        index: str,
        id: str,
        document: bytes,
        position: int,
        record: bytes | str,
        log_type: str,
    ) -> None:
        """Take a document: JSON without a newline. Sends when the body is full.

        Raises Retry or OutOfTime where the cluster does not take what was added before.
        """
        head = f"{action(self._operation, index)}{id}{ACTION_END}".encode()
        size = len(head) + len(document) + 2
        if size > self._room:
            self._make_room(size)
        self._room -= size
        self._lines.append(head)
        self._lines.append(document)
        self._items.append((index, id, position, record, log_type))

    def take(self, documents: Documents) -> None:
        """Take all documents that the library made of a row of records, as `add` takes one. They
        are created, also in a bulk that overwrites."""
        self._squeeze()
        self._end_row()
        first, after = 0, len(documents.ends)
        while first < after:
            last = documents.fitting(first, self._cluster.most_bytes - self._size)
            if last == first and self._size:
                self._seal()
                self._work(MOST_IN_FLIGHT)
                continue
            last = max(last, first + 1)
            body, row = documents.piece(first, last)
            self._parts.append(self._deflate.compress(body))
            self._size += len(body)
            self._rows.append(row)
            first = last

    def close(self) -> None:
        """Send the rest; after it every document is indexed or quarantined.

        Raises Retry or OutOfTime where the time left does not allow it.
        """
        self._seal()
        self._work(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close; after an exception only deal with the answers that are under way."""
        try:
            if kind is None:
                self.close()
        finally:
            while self._flying:
                self._land()

    def _begin(self) -> None:
        self._lines: list[bytes] = []
        self._items: list[Item] = []
        self._rows: list[Row] = []
        self._parts: list[bytes] = []
        self._deflate = isal_zlib.compressobj(GZIP_LEVEL, wbits=31)
        self._size = 0
        self._given = self._room = min(WINDOW, self._cluster.most_bytes)

    def _make_room(self, size: int) -> None:
        """Compress the window; begin another body where `size` more bytes would be too many."""
        self._squeeze()
        if self._size and self._size + size > self._cluster.most_bytes:
            self._seal()
            self._work(MOST_IN_FLIGHT)
        left = self._cluster.most_bytes - self._size
        self._given = self._room = max(size, min(WINDOW, left))

    def _squeeze(self) -> None:
        self._size += self._given - self._room
        if self._lines:
            self._lines.append(b"")
            self._parts.append(self._deflate.compress(b"\n".join(self._lines)))
            self._lines.clear()
        self._given = self._room = 0

    def _end_row(self) -> None:
        if self._items:
            self._rows.append(self._items)
            self._items = []

    def _seal(self) -> None:
        """Move what was gathered to the batches that wait."""
        self._squeeze()
        self._end_row()
        if self._size:
            self._parts.append(self._deflate.flush())
            self._waiting.append(Batch(b"".join(self._parts), self._size, self._rows))
        self._begin()

    def _work(self, most: int) -> None:
        """Send and deal with answers until at most `most` batches are unanswered."""
        while True:
            for future in [future for future in self._flying if future.done()]:
                self._answered(self._flying.pop(future), future.result())
            self._launch()
            if len(self._waiting) + len(self._flying) <= most:
                return
            if self._flying:
                self._land()
            else:
                first = min(self._waiting, key=self._ready_at)
                self._cluster.wait(self._ready_at(first), self._deadline, first.cause)

    def _ready_at(self, batch: Batch) -> float:
        return max(batch.not_before, self._cluster.not_before)

    def _launch(self) -> None:
        """Send what may be sent now."""
        now = self._cluster.clock()
        for batch in [batch for batch in self._waiting if self._ready_at(batch) <= now]:
            if len(self._flying) >= self._cluster.most_in_flight:
                return
            self._cluster.wait(now, self._deadline, batch.cause)
            self._waiting.remove(batch)
            if batch.size > self._cluster.most_bytes and len(batch) > 1:
                batch, *rest = self._pack(batch.pairs(), batch)
                self._waiting.extendleft(reversed(rest))
            batch.sent = self._cluster.clock()
            self.traffic.requests += 1
            self.traffic.bytes += batch.size
            future = self._cluster.submit(self._deadline, "POST", PATH, batch.body, HEADERS)
            self._flying[future] = batch

    def _land(self) -> None:
        """Wait for an answer and deal with it."""
        for future in wait(self._flying, return_when=FIRST_COMPLETED).done:
            self._answered(self._flying.pop(future), future.result())

    def _answered(self, batch: Batch, reply: Reply) -> None:
        self.traffic.seconds += reply.seconds
        answers = reply.data.get("items") if isinstance(reply.data, dict) else None
        if reply.status == 413:
            self._halve(batch, reply)
        elif reply.status != 200:
            self._again([batch], batch, reply.error, stress=True)
        elif not isinstance(answers, list) or len(answers) != len(batch):
            self._again([batch], batch, "malformed_answer", stress=True)
        else:
            self._judge(batch, answers)

    def _judge(self, batch: Batch, answers: list[dict[str, Any]]) -> None:
        """Settle each document of an answered batch."""
        if answers == [CREATED] * len(answers):
            self._counts.add_indexed(batch.by_log_type)
            self._cluster.eased()
            return
        items = batch.items
        indexed, duplicate = Counter[str](), Counter[str]()
        again, late, blocked = list[int](), list[int](), list[int]()
        cause, stress = "", False
        for number, answer in enumerate(answers):
            item = items[number]
            index, *_, log_type = item
            verdict, error, reason = judge(answer, index)
            if verdict is Verdict.INDEXED:
                indexed[log_type] += 1
            elif verdict is Verdict.DUPLICATE:
                duplicate[log_type] += 1
            elif verdict is Verdict.QUARANTINE:
                self._put_away(item, error, reason)
            elif verdict is Verdict.CLOSED:
                late.append(number)
            elif verdict is Verdict.BLOCKED:
                blocked.append(number)
            else:
                again.append(number)
                cause = cause or error
                stress |= any(result["status"] in STRESS for result in answer.values())
        if blocked:
            found = self._cluster.which_exist(self._deadline, [items[n][:2] for n in blocked])
            for number in blocked:
                index, id, *_, log_type = items[number]
                if found is None:
                    again.append(number)
                elif (index, id) in found:
                    duplicate[log_type] += 1
                else:
                    late.append(number)
            cause = cause or "index_takes_no_writes"
        self._counts.add_indexed(indexed)
        self._counts.add_indexed(duplicate, duplicate=True)
        if not stress:
            self._cluster.eased()
        if late or again:
            pairs = batch.pairs()
            moved = ((_moved(item), document) for item, document in map(pairs.__getitem__, late))
            self._waiting.extend(self._pack(moved))
            if again:
                rejected = list(self._pack((pairs[n] for n in again), batch))
                self._again(rejected, batch, cause, stress)

    def _again(self, batches: list[Batch], origin: Batch, cause: str, stress: bool) -> None:
        """Put back what was refused: the answer to `origin`."""
        self.traffic.retries[cause] += 1
        if stress:
            self._cluster.stressed(cause, origin.sent)
        else:
            self._cluster.refused(cause)
        pause = self._cluster.pause(origin.attempts + 1)
        for batch in batches:
            batch.attempts, batch.cause = origin.attempts + 1, cause
            batch.not_before = 0.0 if stress else self._cluster.clock() + pause
        self._waiting.extend(batches)

    def _halve(self, batch: Batch, reply: Reply) -> None:
        if len(batch) == 1:
            error = f"{reply.error}: alone too large for the cluster: {batch.size} bytes"
            self._put_away(batch.items[0], "too_large", error)
            return
        self.traffic.retries["too_large"] += 1
        self._cluster.too_large(batch.size)
        pairs = batch.pairs()
        middle = len(pairs) // 2
        self._waiting.extend(self._pack(pairs[:middle], batch))
        self._waiting.extend(self._pack(pairs[middle:], batch))

    def _put_away(self, item: Item, reason: str, error: str) -> None:
        _, _, position, record, log_type = item
        self._quarantine.add(log_type, reason, error, position, record)
        self._counts.add_quarantined(log_type, reason)

    def _pack(
        self, pairs: Iterable[tuple[Item, bytes]], origin: Batch | None = None
    ) -> Iterator[Batch]:
        return pack(pairs, self._operation, self._cluster.most_bytes, origin)


def _moved(item: Item) -> Item:
    index, id, position, record, log_type = item
    return index + LATE, id, position, record, log_type
