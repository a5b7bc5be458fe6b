"""Makes documents anew of the records of one quarantine file.

The object is read again, since a record means nothing without what is around it: the names of its
columns, the envelope that it came in, its number. Where the object is gone, what quarantine kept of
a record is all there is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO

from common.errors import ObjectGone, ObjectSkipped
from es_loader import decode
from es_loader.bulk import Bulk
from es_loader.commands.worker import patience
from es_loader.compile import Context
from es_loader.fetch import Stream, fetch
from es_loader.ledger import Counts
from es_loader.normalize import Document, Normalizer, Refused
from es_loader.pipeline import Parts, s3_for
from es_loader.quarantine import Origin
from es_loader.quarantine_reader import Content, Line
from es_loader.receive import LogObject
from es_loader.times import to_iso

MOVED = "numbered_otherwise"
GONE = "object_gone"
TOO_LONG = "too_long"


@dataclass(slots=True)
class Again:
    """What became of the lines of a file. `left`: (line, reason, error) of those that stay."""

    counts: Counts = field(default_factory=Counts)
    left: list[tuple[Line, str, str]] = field(default_factory=list)
    waiting: dict[int, Line] = field(default_factory=dict)

    def add(self, log_type: str, reason: str, error: str, position: int, record: object, /) -> None:
        """A record that OpenSearch, or the loader, still refuses."""
        self.left.append((self.waiting[position], reason, error))


def load(parts: Parts, content: Content, log_type: str, target: Callable[[str], str]) -> Again:
    """Load the records of a file; what is not left is indexed, or excluded.

    target   index -> the one to put its documents into

    Raises Retry and OutOfTime, where S3 or the cluster does not play along: nothing is settled.
    """
    again = Again(waiting={line.position: line for line in content.lines})
    with Bulk(parts.cluster, patience(), again, again.counts) as bulk:
        for record in _records(parts, content, log_type, again):
            if isinstance(record, tuple):
                position, raw, name, index, id, document = record
                bulk.add(target(index), id, document, position, raw, name)
            elif record.outcome == "excluded":
                again.counts.add_excluded(record.log_type, record.reason)
            else:
                again.add(record.log_type, record.reason, record.error, record.position, record.raw)
    return again


def _records(
    parts: Parts, content: Content, log_type: str, again: Again
) -> Iterator[Document | Refused]:
    """What the loader makes of the records now; those that it cannot find are left."""
    origin = content.origin
    log_object = LogObject(origin.bucket, origin.key, origin.version, origin.etag)
    try:
        fetched = fetch(s3_for(parts.settings, origin.bucket), log_object)
        if fetched.etag != origin.etag:
            raise ObjectGone("another object has its key")
        by_key = parts.normalizer.log_types.of_object(origin.key)
    except ObjectGone:
        yield from _of_kept(parts.normalizer, content, log_type, again)
        return
    except ObjectSkipped as error:
        for line in content.lines:
            again.left.append((line, str(error), "its key belongs to no log type"))
        return
    wanted = dict(again.waiting)
    stream, context = Stream(fetched.body), _context(origin)
    for record in parts.normalizer.run(stream, context, by_key, first=min(wanted)):
        position = record[0] if isinstance(record, tuple) else record.position
        if position in wanted:
            line = wanted.pop(position)
            if _is_of(line, record):
                yield record
            else:
                again.left.append((line, MOVED, "another record of the object has this number now"))
            if not wanted:
                return
    for line in wanted.values():
        again.left.append((line, MOVED, "no record of the object has this number now"))


def _of_kept(
    normalizer: Normalizer, content: Content, log_type: str, again: Again
) -> Iterator[Document | Refused]:
    """What the loader makes of the records that quarantine kept, where that is all there is."""
    kind = normalizer.log_types.by_name.get(log_type)
    context = _context(content.origin)
    for line in content.lines:
        found = []
        if kind and not kind.read.header and line.record and line.reason != TOO_LONG:
            stream = Stream(BytesIO(line.record))
            found = list(
                normalizer.run(stream, context, kind, True, line.position, start=line.position)
            )
        if len(found) == 1:
            yield found[0]
        else:
            again.left.append(
                (line, GONE, "the object is gone, and the record alone tells too little")
            )


def _is_of(line: Line, record: Document | Refused) -> bool:
    """Whether this is the record that was put away, and not another one of the same number."""
    raw = record[1] if isinstance(record, tuple) else record.raw
    text = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if line.reason == TOO_LONG:  # of which the beginning was kept
        return text is not None and text.startswith(line.record or b"")
    return bool(text == line.record)


def _context(origin: Origin) -> Context:
    return Context(
        bucket=origin.bucket,
        key=origin.key,
        object_hash=origin.object_hash,
        modified=origin.modified,
        ingested=to_iso(datetime.now(UTC)),
        account=decode.account_of(origin.key),
        region=decode.region_of(origin.key),
    )
