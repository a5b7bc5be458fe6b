"""Makes documents of the records of one object: the per-record loop.

It is the same for the Lambda function, for `siem parse` and for the benchmark.
"""

import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, groupby
from operator import itemgetter
from typing import Any

import msgspec

from common.errors import Exclude, RecordError
from es_loader.compile import Context, Locate
from es_loader.decode import LogTypes, parts
from es_loader.documents import Document, Documents, Refused
from es_loader.enrich.forwarded import Forwarded, Trusted
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.exclude import Rules
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.origin import Origin
from es_loader.parse import tolerant_json
from es_loader.read import Broken, Header, Repaired
from es_loader.ways import Way, Ways

UNKNOWN = "unknown"
SPECIAL = frozenset({Broken, Repaired})
MADE = itemgetter(1)  # of what `batches` gives
AT = re.compile(r"`\$([^`]+)`")  # where msgspec found a value of another type

# What became of the records of a row, in their order; `Documents` where that is in one piece.
Made = Iterable[Document | Refused]

__all__ = ["Document", "Documents", "Made", "Normalizer", "Refused"]


@dataclass(frozen=True, slots=True)
class _Row:
    """Records in a row that one way takes.

    way        None: no log type is known
    position   record number of the first
    origins, moments   those of each record, as `Part` has them
    """

    way: Way | None
    position: int
    origin: Origin
    origins: Sequence[Origin]
    moments: Sequence[int]

    def origin_of(self, position: int) -> Origin:
        """What the envelope says of a record."""
        number = position - self.position
        origin = self.origins[number] if self.origins else self.origin
        return origin._replace(moment=self.moments[number]) if self.moments else origin


class Normalizer:
    """Makes documents of records of these log types; one for the life of the function."""

    def __init__(
        self,
        log_types: LogTypes,
        locate: Locate | None = None,
        native: bool = True,
        rules: Mapping[str, Rules] | None = None,
        lists: ThreatLists | None = None,
        trusted: Trusted | None = None,
    ) -> None:
        self.log_types, self.rules = log_types, rules or {}
        self.ways = Ways(log_types.by_name, locate, native, lists, trusted)

    def run(
        self,
        stream: Stream,
        context: Context,
        by_key: LogType | None,
        forced: bool = False,
        first: int = 0,
        stop: Callable[[], bool] = lambda: False,
        start: int = 0,
        counted: Counter[str] | None = None,
    ) -> Iterator[Document | Refused]:
        """What becomes of every record of the object from position `first` on, in order, once."""
        found = self.batches(stream, context, by_key, forced, first, stop, start, counted)
        return chain.from_iterable(map(MADE, found))

    def batches(
        self,
        stream: Stream,
        context: Context,
        by_key: LogType | None,
        forced: bool = False,
        first: int = 0,
        stop: Callable[[], bool] = lambda: False,
        start: int = 0,
        counted: Counter[str] | None = None,
    ) -> Iterator[tuple[int, Made]]:
        """The same, row by row, each with the position that follows it. The caller goes through a
        row before it asks for the next.

        start    position of the first record in the stream, which is a piece of an object
        stop     asked between batches of records; True ends the run there
        counted  gets what the rules count that drop nothing
        """
        counted = Counter() if counted is None else counted
        position = start
        columns: dict[str, tuple[str, ...]] = {}
        known: dict[tuple[Any, ...], Way] = {}
        for part in parts(stream, self.log_types, by_key, forced):
            if position >= first and stop():
                return
            current = self.ways.of(part, context, columns, known)
            at = 0
            for kind, same in groupby(part.records, type):
                records = list(same)
                if isinstance(records[-1], Header):
                    columns[current.name if current else UNKNOWN] = records[-1].columns
                    current = self.ways.of(part, context, columns, known)
                    continue
                part_of = slice(at, at + len(records))
                origins, moments = part.origins[part_of], part.moments[part_of]
                at += len(records)
                if position < first:
                    skipped = min(first - position, len(records))
                    position += skipped
                    records, moments = records[skipped:], moments[skipped:]
                    origins = origins[skipped:]
                row = _Row(current, position, part.origin, origins, moments)
                one = partial(self._one, row)
                pieces: Iterable[Made]
                if current and current.native and kind not in SPECIAL:
                    native = current.native.documents
                    pieces = native(records, position, one, part.origin, origins, moments)
                else:
                    pieces = [map(one, records, count(position))]
                position += len(records)
                for made in pieces:
                    yield position, self._seen(row, made, counted)

    def _seen(self, row: _Row, made: Made, counted: Counter[str]) -> Made:
        """What was made of records of a log type, after what is done to documents."""
        current = row.way
        if current and current.forwarded:
            made = map(partial(self._forwarded, row, current, current.forwarded), made)
        if current and current.name in self.rules:
            made = _kept(made, self.rules[current.name], counted)
        return made

    def _one(self, row: _Row, raw: Any, position: int) -> Document | Refused:
        """What becomes of one record."""
        current = row.way
        if raw.__class__ in SPECIAL:
            return self._special(row, raw, position)
        if current is None:
            error = "its log group, or its source and detail-type, belong to no log type"
            return Refused(position, raw, UNKNOWN, "quarantined", "no_log_type", error)
        try:
            origin = row.origin_of(position)
            index, id, text = current.normalize(current.parse(raw), raw, position, None, origin)
        except Exception as error:
            return self._refused(row, current, raw, position, error)
        return position, raw, current.name, index, id, text

    def _forwarded(
        self, row: _Row, current: Way, forwarded: Forwarded, made: Document | Refused
    ) -> Document | Refused:
        """What was made of a record, with the sender that can be believed."""
        if isinstance(made, Refused):
            return made
        position, raw, name, index, id, text = made

        def again(record: Any, repaired: bool | None) -> bytes:
            return current.general(record, raw, position, repaired, row.origin_of(position))[2]

        try:
            return position, raw, name, index, id, forwarded.document(raw, text, again)
        except Exception as error:
            return self._refused(row, current, raw, position, error)

    def _special(self, row: _Row, raw: Any, position: int) -> Document | Refused:
        current = row.way
        name = current.name if current else UNKNOWN
        if isinstance(raw, Broken):
            return Refused(position, raw.raw, name, "quarantined", raw.reason, raw.error)
        assert current
        try:
            origin = row.origin_of(position)
            index, id, text = current.general(current.parse(raw), raw, position, True, origin)
        except Exception as error:
            return self._refused(row, current, raw, position, error)
        return position, raw, name, index, id, text

    def _refused(
        self, row: _Row, current: Way, raw: Any, position: int, error: Exception
    ) -> Document | Refused:
        """What becomes of a record that the straight way failed on."""
        name = current.name
        if isinstance(error, msgspec.ValidationError) and (found := AT.search(str(error))):
            self.ways.tell(name, found[1])
        # orjson's error is a ValueError; a record that is nested too deeply has its name there.
        if current.json and isinstance(error, (msgspec.DecodeError, RecursionError, ValueError)):
            try:
                record, repaired = tolerant_json(raw)
                origin = row.origin_of(position)
                index, id, text = current.general(record, raw, position, repaired or None, origin)
                return position, raw, name, index, id, text
            except Exception as second:
                error = second
        if isinstance(error, Exclude):
            return Refused(position, raw, name, "excluded", error.rule)
        if isinstance(error, RecordError):
            return Refused(position, raw, name, "quarantined", error.reason, str(error))
        where = traceback.extract_tb(error.__traceback__)[-1]
        file = where.filename.rpartition("/")[2]
        told = f"{type(error).__name__}: {error} ({file}:{where.lineno})"
        return Refused(position, raw, name, "quarantined", "transform_error", told)


def _kept(made: Made, rules: Rules, counted: Counter[str]) -> Iterator[Document | Refused]:
    """What was made of records of a log type that has rules, without what they drop."""
    for each in made:
        if isinstance(each, tuple) and (rule := rules.dropped_by(each[5], counted)):
            yield Refused(each[0], each[1], each[2], "excluded", rule)
        else:
            yield each
