"""What has to become of the objects of a case: what one undisturbed reading makes of them."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from common.errors import ObjectSkipped
from es_loader.compile import Context
from es_loader.decode import account_of, region_of
from es_loader.fetch import Stream
from es_loader.identity import object_hash
from es_loader.normalize import Normalizer
from tests.faults.objects import LogFile


@dataclass(frozen=True, slots=True)
class Record:
    """A record. `outcome`: indexed, excluded or quarantined; `id`, `index`: where it is indexed;
    `mark`: a text of its document, "" where none is known."""

    position: int
    outcome: str
    id: str = ""
    index: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """An object. `outcome` is that of its ledger entries."""

    key: str
    etag: str
    outcome: str
    records: Sequence[Record] = ()


@dataclass(slots=True)
class Case:
    """A case that was played.

    name       how to play it again: as arguments of `make faults`
    refused    ids of documents that were refused: they may be in quarantine instead of an index
    injected   how often each fault was done
    errors     what ended otherwise than by the loader's own account
    """

    name: str
    objects: list[Expected] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    injected: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records there are to account for."""
        return sum(len(each.records) for each in self.objects)


def expect(
    normalizer: Normalizer, file: LogFile, bucket: str, etag: str, modified: int
) -> Expected:
    """What has to become of an object that was put.

    Raises AssertionError, where a record that was written as a good one is not read as one.
    """
    if file.deleted:
        return Expected(file.key, etag, "gone")
    context = Context(
        bucket=bucket,
        key=file.key,
        object_hash=object_hash(bucket, file.key, etag),
        modified=modified,
        ingested="2026-11-25T00:00:00.000Z",
        account=account_of(file.key),
        region=region_of(file.key),
    )
    try:
        by_key = normalizer.log_types.of_object(file.key)
        found = list(normalizer.run(Stream(io.BytesIO(file.body)), context, by_key))
    except ObjectSkipped:
        return Expected(file.key, etag, "skipped")
    records, marks, outcome = [], list(file.marks), "loaded"
    for result in found:
        if isinstance(result, tuple):
            position, _, _, index, id, document = result
            mark = marks.pop(0) if marks else ""
            assert mark in document.decode(), f"{file.key}: record {position} is not {mark}"
            records.append(Record(position, "indexed", id, index, mark))
        else:
            records.append(Record(result.position, result.outcome))
            if result.reason == "cut":
                outcome = "partial"
    assert not marks, f"{file.key}: good records that are not read as such: {marks}"
    return Expected(file.key, etag, outcome, records)
