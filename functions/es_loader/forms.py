"""The forms that the records of one log type come in: JSON or text, with these columns or those.

What an object, or an envelope in it, begins with tells whether it is JSON, and the order of its
columns where it may be one of several; `Forms` tells the columns of each line, unless a header
names them. The records are the same whatever pieces an object comes in.
"""

from dataclasses import replace
from functools import cache
from typing import Any

from es_loader.envelopes import Part
from es_loader.log_type import Form, LogType, Read
from es_loader.parse import NO_MATCH
from es_loader.record import Batch, Broken, Header

TAB = "\t"


def in_json(log_type: LogType, beginning: str | bytes) -> LogType | None:
    """The log type for records that are JSON, whose members have the names of its columns; None
    where the records that begin so are none."""
    brace = b"{" if isinstance(beginning, bytes) else "{"
    if not log_type.read.json or beginning.lstrip()[:1] != brace:
        return None
    return replace(log_type, read=_json(log_type.read))


@cache
def _json(read: Read) -> Read:
    return Read(format="json", original=read.original)


class Forms:
    """What is known of an object's lines while its parts are read."""

    def __init__(self) -> None:
        # Log type -> form and number of columns of its last line; None: a header names them.
        self._last: dict[str, tuple[Form | None, int]] = {}
        # Log type -> columns in the order of its last part; (): a header names them.
        self._ordered: dict[str, tuple[str, ...]] = {}

    def part(self, part: Part) -> Part:
        """The part as JSON, or with a `Header` before each line whose columns are others than those
        of the line before."""
        kind = part.log_type
        if kind is None:
            return part
        if kind.read.orders:
            return self._in_order(kind, part)
        if not kind.read.forms:
            return part
        first = part.records[0] if part.records else None
        if kind.name not in self._last and isinstance(first, str | bytes):
            kind = in_json(kind, first) or kind
            if kind.read.format == "json":
                return replace(part, log_type=kind)
        return replace(part, records=self._named(kind.name, kind.read, part.records))

    def _in_order(self, kind: LogType, part: Part) -> Part:
        """The part, behind a `Header` where the one before has other columns."""
        first = part.records[0] if part.records else None
        before = self._ordered.get(kind.name, kind.read.columns)
        if isinstance(first, Header):
            self._ordered[kind.name] = ()
        elif before and isinstance(first, str):
            orders = (each.columns for each in kind.read.orders if each.pattern.match(first))
            # Lines that have all columns that are named are the fast ones.
            ends = (line.count(kind.read.delimiter) for line in part.records if type(line) is str)
            columns = next(orders, kind.read.columns)[: max([1, *ends]) + 1]
            if columns != before:
                self._ordered[kind.name] = columns
                return replace(part, records=[Header(columns), *part.records])
        return part

    def _named(self, name: str, read: Read, records: Batch) -> Batch:
        form, count = self._last.get(name, (read.forms[0], 0))
        if not form:
            return [r if type(r) is str and TAB in r else _separated(r, read) for r in records]
        made: Batch = []
        for each in records:
            line = each if type(each) is str and TAB in each else _separated(each, read)
            if isinstance(line, Header):
                form = None
            elif form and isinstance(line, str):
                if not form.pattern.match(line):
                    found = next((form for form in read.forms if form.pattern.match(line)), None)
                    if not found:
                        raw = str(each).encode("utf-8", "replace")
                        made.append(Broken(raw, "no_match", NO_MATCH))
                        continue
                    form, count = found, 0
                columns = line.count(read.delimiter) + 1
                if columns != count:  # a line may lack the last ones
                    count = columns
                    made.append(Header(form.columns[:count]))
            made.append(line)
        self._last[name] = form, count
        return made


def _separated(each: Any, read: Read) -> Any:
    """A line with tabs between its columns where it has blanks there, if tabs are what delimits."""
    if read.delimiter != TAB or not isinstance(each, str) or TAB in each:
        return each
    return type(each)(each.replace(" ", TAB))
