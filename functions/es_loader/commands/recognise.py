"""Finds the log type of a file by its content.

The first records are made documents of by every log type. It is the one whose documents tell the
most of what is in the records; a typed field that refuses its value, or no time, speaks against it.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

import orjson

from common.errors import Exclude, SiemError
from es_loader import decode, guard
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.fetch import Stream
from es_loader.log_type import LogType, Path_, view_of
from es_loader.normalize import Normalizer
from es_loader.parquet import MAGIC
from es_loader.parse import column_names, parser, tolerant_json
from es_loader.read import Broken, Header
from es_loader.views import view

HEAD = 1 << 20  # bytes of a file that are looked at
RECORDS = 20  # of a file that are looked at
AGAINST = 3.0  # what a misfit counts, in values
LEAST = 0.15  # of the values of a record that its documents tell at least
CLEAR = 1.25  # times the score of the next one: with less than that it may be either
YEARS = ("2000", "2100")  # that a time in a log can have
NOTHING = (None, "", "-")
KEYWORDS = ("keyword", "wildcard", "match_only_text")  # which take any text


@dataclass(frozen=True, slots=True)
class _Look:
    """What is looked at, and by what; `cut`: it is only the beginning of the file."""

    file: BinaryIO
    cut: bool
    normalizer: Normalizer
    context: Context

    def stream(self) -> Stream:
        """The file from its beginning."""
        self.file.seek(0)
        return Stream(self.file)


def recognise(file: BinaryIO, normalizer: Normalizer, key: str, modified: int) -> LogType | None:
    """The log type of a file; None where an envelope tells that of each record.

    key        decides, where the content alone leaves several
    modified   LastModified, milliseconds since 1970
    SiemError says which ones it could be; ObjectSkipped that it is empty.
    """
    head = Stream(file).head(HEAD)
    look = _Look(file, False, normalizer, Context("", "", "", modified, ""))
    if not head.startswith(MAGIC):  # what is in a Parquet file is told at its end
        look = replace(look, file=io.BytesIO(head), cut=len(head) >= HEAD)
    kinds = normalizer.log_types
    if any(part.log_type for part in islice(decode.parts(look.stream(), kinds, None), RECORDS)):
        file.seek(0)
        return None
    scores = {name: _mean(look, kind) for name, kind in kinds.by_name.items()}
    file.seek(0)
    best = max(scores.values())
    if not best:
        raise SiemError("its content is that of no log type: give --log-type or --key")
    near = [kind for name, kind in kinds.by_name.items() if scores[name] * CLEAR > best]
    named = [kind for kind in near if kind.match.key and kind.match.key.search(key)]
    if len(named or near) > 1:
        names = ", ".join(kind.name for kind in named or near)
        raise SiemError(f"its content may be of several log types, give --log-type: {names}")
    return (named or near)[0]


def _mean(look: _Look, kind: LogType) -> float:
    """How well the first records fit a log type: values told of each; 0: not at all."""
    scores = list(islice(_scores(look, kind), RECORDS))
    if look.cut and 1 < len(scores) < RECORDS:
        scores.pop()
    return max(sum(scores) / max(len(scores), 1), 0.0)


def _scores(look: _Look, kind: LogType) -> Iterator[float]:
    """Score of each record."""
    columns = column_names(kind.read)
    known = {*kind.read.columns, *(s.paths[0][0] for s in kind.mapping.values() if s.paths)}
    compiled, strange = None, 0
    for part in decode.parts(look.stream(), LogTypes({kind.name: kind}), kind, forced=True):
        if part.log_type and part.log_type.read != kind.read:  # JSON, where others are lines
            kind = part.log_type
            columns, compiled = column_names(kind.read), None
        for raw in part.records:
            if isinstance(raw, Header):
                columns, compiled = raw.columns, None
                strange = len({*columns} - known)
                continue
            if compiled is None:
                compiled = look.normalizer.ways.compiled(kind, columns).bind(look.context)
                parse = parser(kind, columns)
            if isinstance(raw, Broken):
                yield 0.0
                continue
            try:
                # A record of another log type may be anything to the code of this one.
                record = tolerant_json(raw)[0] if kind.read.format == "json" else parse(raw)
                document = orjson.loads(compiled(record, raw, 0, None)[2])
            except Exclude:
                yield 1.0
            except Exception:
                yield 0.0
            else:
                yield _score(kind, columns, raw, record, document) - AGAINST * strange


def _score(
    kind: LogType, columns: Sequence[str] | None, raw: Any, record: Any, document: dict[str, Any]
) -> float:
    """Score of a record: values that its document has of it, less what speaks against it."""
    text = raw if isinstance(raw, str) else str(raw, "utf-8", "replace")
    timed = document.get("siem", {}).get("time_source") != "object"
    timed = timed and YEARS[0] <= document["@timestamp"][:4] < YEARS[1]
    for name in ("@timestamp", "log", "ecs", "siem"):
        document.pop(name, None)
    document["event"].pop("original", None)
    told = {value for value in _leaves(document) if value in text}
    named = dict(zip(columns, record, strict=False)) if columns else record
    typed = [fit for target in kind.mapping if (fit := _fits(kind, target, named)) is not None]
    misfits = typed.count(False)
    if misfits and not timed:
        return 0.0
    score = len(told) - AGAINST * (misfits + (not timed))
    enough = score > LEAST * sum(1 for _ in _leaves(record))
    return score + typed.count(True) if enough else 0.0


def _fits(kind: LogType, target: str, record: Any) -> bool | None:
    """Whether a typed field takes one of its values; None: it has none, or takes any text."""
    field_type = kind.targets[target]
    if field_type in KEYWORDS or field_type not in guard.GUARDS:
        return None
    fit = guard.GUARDS[field_type]
    made = [fit(value) for path in kind.mapping[target].paths for value in _at(record, path)]
    made = [value for value in made if value is not None]
    return any(value is not guard.REFUSED for value in made) if made else None


def _at(record: Any, path: Path_) -> Iterator[Any]:
    """The value at a path without `*`, if there is one."""
    shown = view_of(path)
    for key in path[:-1] if shown else path:
        try:
            record = record[key]
        except (LookupError, TypeError):
            return
    record = view(shown)(record) if shown else record
    if isinstance(record, str | int | float):
        yield record


def _leaves(node: Any) -> Iterator[str]:
    """The texts and numbers in a document or record."""
    if isinstance(node, dict | list | tuple):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _leaves(value)
    elif node not in NOTHING and not isinstance(node, bool):
        yield str(node)
