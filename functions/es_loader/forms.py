"""The forms that the records of one log type come in: JSON or text, with these columns or those.

What an object, or an envelope in it, begins with tells whether it is JSON; `Forms` tells the
columns of each line, unless a header names them. The records are the same whatever pieces an object
comes in.
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

    def part(self, part: Part) -> Part:
        """The part as JSON, or with a `Header` before each line whose columns are others than those
        of the line before."""
        kind = part.log_type
        if kind is None or not kind.read.forms:
            return part
        records, first = part.records, part.records[0]
        if kind.name not in self._last and isinstance(first, str):
            kind = in_json(kind, first) or kind
            if kind.read.format == "json":
                return replace(part, log_type=kind)
        if kind.read.delimiter == TAB:
            records = [r if type(r) is str and TAB in r else _with_tabs(r) for r in records]
        return replace(part, records=self._named(kind.name, kind.read, records))

    def _named(self, name: str, read: Read, records: Batch) -> Batch:
        form, count = self._last.get(name, (read.forms[0], 0))
        if not form:
            return records
        made: Batch = []
        for each in records:
            if isinstance(each, Header):
                form = None
            elif form and isinstance(each, str):
                if not form.pattern.match(each):
                    found = next((form for form in read.forms if form.pattern.match(each)), None)
                    if not found:
                        made.append(Broken(each.encode("utf-8", "replace"), "no_match", NO_MATCH))
                        continue
                    form, count = found, 0
                columns = each.count(read.delimiter) + 1
                if columns != count:  # a line may lack the last ones
                    count = columns
                    made.append(Header(form.columns[:count]))
            made.append(each)
        self._last[name] = form, count
        return made


def _with_tabs(each: Any) -> Any:
    """A line with tabs between its columns, where it has blanks there."""
    if not isinstance(each, str) or TAB in each:
        return each
    return type(each)(each.replace(" ", TAB))
