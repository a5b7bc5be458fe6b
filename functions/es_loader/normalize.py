"""Makes documents of the records of one object: the per-record loop.

It is the same for the Lambda function, for `siem parse` and for the benchmark.
"""

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from common.errors import Exclude, RecordError
from es_loader.compile import Compiled, Context, Normalize, compile_log_type
from es_loader.decode import LogTypes, Part, parts
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.parse import Parser, column_names, parser, tolerant_json
from es_loader.read import Broken, Header, Repaired

UNKNOWN = "unknown"
SPECIAL = frozenset({Broken, Header, Repaired})
REPAIRED = ',"encoding_repaired":true'
MOST_HEADERS = 64


# A record that is to be indexed: (position, raw record, log type, index, id, JSON text of the
# document). A plain tuple: one is made for each record.
Document = tuple[int, Any, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is not: excluded by the rule `reason`, or quarantined for it."""

    position: int
    raw: Any
    log_type: str
    outcome: str
    reason: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Bound:
    name: str
    parse: Parser
    normalize: Normalize


class Normalizer:
    """Log types, compiled when they are first met, and kept for the life of the function."""

    def __init__(
        self, log_types: LogTypes, geoip: Callable[[str], str] | None = None
    ) -> None:
        self.log_types, self._geoip = log_types, geoip
        self._compiled: dict[tuple[str, Any], Compiled] = {}

    def compiled(self, log_type: LogType, columns: Sequence[str] | None) -> Compiled:
        """The compiled form of a log type, for these columns where its records have columns."""
        found = self._compiled.get((log_type.name, columns))
        if found is None:
            if len(self._compiled) >= len(self.log_types.by_name) + MOST_HEADERS:
                self._compiled.clear()  # somebody sends a new header with every object
            found = compile_log_type(log_type, columns, self._geoip)
            self._compiled[log_type.name, columns] = found
        return found

    def run(
        self,
        stream: Stream,
        context: Context,
        by_key: LogType | None,
        forced: bool = False,
        first: int = 0,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Document | Refused]:
        """Every record of the object from position `first` on, in order, once.

        stop   asked between batches of records; True ends the run there
        """
        position = 0
        columns: dict[str, tuple[str, ...]] = {}
        bound: dict[tuple[Any, ...], _Bound] = {}
        for part in parts(stream, self.log_types, by_key, forced):
            if position >= first and stop():
                return
            current = self._bind(part, context, columns, bound)
            for raw in part.records:
                if raw.__class__ in SPECIAL:
                    if isinstance(raw, Header):
                        columns[current.name if current else UNKNOWN] = raw.columns
                        current = self._bind(part, context, columns, bound)
                        continue
                    if position >= first:
                        yield _special(current, raw, position)
                elif position < first:
                    pass
                elif current is None:
                    error = "its log group, or its source and detail-type, belong to no log type"
                    yield Refused(position, raw, UNKNOWN, "quarantined", "no_log_type", error)
                else:
                    try:
                        index, id, text = current.normalize(current.parse(raw), raw, position, "")
                    except Exception as error:
                        yield _refused(current, raw, position, error)
                    else:
                        yield position, raw, current.name, index, id, text
                position += 1

    def _bind(
        self,
        part: Part,
        context: Context,
        columns: dict[str, tuple[str, ...]],
        bound: dict[tuple[Any, ...], _Bound],
    ) -> _Bound | None:
        """The function for the records of a part; kept, since parts of one origin come in rows."""
        log_type = part.log_type
        if log_type is None:
            return None
        names = columns.get(log_type.name) or self._columns(part)
        key = (log_type.name, part.account, part.region, names)
        if key not in bound:
            if len(bound) > MOST_HEADERS:
                bound.clear()
            own = replace(
                context,
                account=context.account or part.account,
                region=context.region or part.region,
            )
            compiled = self.compiled(log_type, names)
            bound[key] = _Bound(log_type.name, parser(log_type, names), compiled.bind(own))
        return bound[key]

    def _columns(self, part: Part) -> tuple[str, ...] | None:
        assert part.log_type
        return column_names(part.log_type.read)


def _special(current: _Bound | None, raw: Any, position: int) -> Document | Refused:
    name = current.name if current else UNKNOWN
    if isinstance(raw, Broken):
        return Refused(position, raw.raw, name, "quarantined", raw.reason, raw.error)
    assert current
    try:
        index, id, text = current.normalize(current.parse(raw), raw, position, REPAIRED)
    except Exception as error:
        return _refused(current, raw, position, error)
    return Document(position, raw, name, index, id, text)


def _refused(current: _Bound, raw: Any, position: int, error: Exception) -> Document | Refused:
    """What becomes of a record that the straight way failed on."""
    if isinstance(error, orjson.JSONDecodeError):
        try:
            record, repaired = tolerant_json(raw)
            index, id, text = current.normalize(
                record, raw, position, REPAIRED if repaired else ""
            )
            return position, raw, current.name, index, id, text
        except Exception as second:
            error = second
    if isinstance(error, Exclude):
        return Refused(position, raw, current.name, "excluded", error.rule)
    if isinstance(error, RecordError):
        return Refused(position, raw, current.name, "quarantined", error.reason, str(error))
    where = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"
    return Refused(position, raw, current.name, "quarantined", "transform_error", told)
