"""Cuts records into the sections that the library reads: the text as delivered, what was parsed of
it where the library does not parse that itself, and what the log type's transform.py added.

A transform.py may name in READS what it reads: of JSON, XML or CEF source paths, and nothing else
is parsed; of lines columns, and it gets their texts as a tuple.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import orjson

from es_loader import guard
from es_loader.compile.columns import Pick, picker, replaced
from es_loader.compile.document import load_transform
from es_loader.compile.members import OBJECTS, object_guard
from es_loader.log_type import LogType, path_of
from es_loader.named import named
from es_loader.native.words import SEPARATOR
from es_loader.parse import Parser, parser, reading

# Records, all bytes or all texts -> their sections in a row. A record that fails has empty ones:
# the general way says why.
Cut = Callable[[Sequence[Any]], list[Any]]

WRITTEN_AS_JSON = {"cef", "xml"}  # formats that the library writes as JSON before anything else


def count(log_type: LogType) -> int:
    """Number of sections of a record."""
    if log_type.transform:
        return 3
    return 1 if is_parsed_by_library(log_type) else 2


def is_parsed_by_library(log_type: LogType) -> bool:
    """Whether the library reads the text as delivered: JSON, or columns between delimiters."""
    read = log_type.read
    return read.format in ("json", "named") or (
        read.format == "delimited" and not read.quotes and len(read.delimiter.encode()) == 1
    )


def cutter(
    log_type: LogType,
    columns: Sequence[str] | None,
    json_of: Callable[[str, Sequence[str]], list[bytes]],
) -> Cut:
    """What cuts the records of a log type; `json_of` a format writes its records as JSON."""
    module = load_transform(log_type)
    transform = _guarding(log_type, module.transform) if module else None
    plain = is_parsed_by_library(log_type)
    parse = parser(log_type, columns)
    if columns is not None:
        separator = log_type.read.delimiter if plain else SEPARATOR
        return _of_columns(parse, columns, picker(module, columns), transform, separator, plain)
    form = log_type.read.format
    if transform and form == "named":
        return _of_named(transform)
    as_json = partial(json_of, form) if form in WRITTEN_AS_JSON else None
    partly = hasattr(module, "READS")
    if module and partly:
        parse = reading([path_of(text) for text in module.READS])
    elif as_json:
        parse = orjson.loads
    return _of_objects(parse, as_json, transform, plain, partly)


def _of_columns(
    parse: Parser,
    columns: Sequence[str],
    pick: Pick,
    transform: Callable[..., Any] | None,
    separator: str,
    plain: bool,
) -> Cut:
    join, dumps = separator.join, orjson.dumps
    nothing = ("",) * (3 if transform else 2)

    def cut(records: Sequence[str]) -> list[str]:
        pieces: list[str] = []
        for raw in records:
            try:
                record = parse(raw)
                parsed = "" if plain else join(record)
                if transform:
                    extra: dict[str, Any] = {}
                    if changed := transform(pick(record), extra):
                        parsed = join(replaced(columns, record, changed))
                    pieces += (raw, parsed, dumps(extra).decode() if extra else "")
                else:
                    pieces += (raw, parsed)
            except Exception:
                pieces += nothing
        return pieces

    return cut


def _of_named(transform: Callable[..., Any]) -> Cut:
    """Cuts lines of JSON, which the library reads, and others, which transform.py does."""

    def cut(records: Sequence[str]) -> list[str]:
        pieces = [""] * (3 * len(records))
        pieces[::3] = records
        for number, raw in enumerate(records):
            if raw[:1] == "{":
                continue
            at = 3 * number
            try:
                record, extra = named(raw), dict[str, Any]()
                record = transform(record, extra) or record
                pieces[at + 1 : at + 3] = _text(record), _text(extra)
            except Exception:
                pieces[at] = ""
        return pieces

    return cut


def _of_objects(
    parse: Parser,
    as_json: Callable[[Sequence[str]], list[bytes]] | None,
    transform: Callable[..., Any] | None,
    plain: bool,
    partly: bool,
) -> Cut:
    width = 3 if transform else 2

    def cut(records: Sequence[Any]) -> list[Any]:
        nothing = b"" if as_json else records[0][:0]
        dumps = orjson.dumps if type(nothing) is bytes else _text
        pieces: list[Any] = []
        for raw, content in zip(records, as_json(records) if as_json else records, strict=True):
            try:
                record = parse(content)
                parsed = content if as_json else nothing if plain else dumps(record)
                if as_json:
                    raw = raw.encode()
                if transform:
                    extra: dict[str, Any] = {}
                    if (changed := transform(record, extra)) is not None:
                        if partly:
                            raise ValueError("changed, and it is not whole")
                        parsed = dumps(changed)
                    pieces += (raw, parsed, dumps(extra) if extra else nothing)
                else:
                    pieces += (raw, parsed)
            except Exception:
                pieces += (nothing,) * width
        return pieces

    return cut


def _guarding(log_type: LogType, transform: Callable[..., Any]) -> Callable[..., Any]:
    """The transform, and after it the guards of the objects that it gives."""
    guards = {
        name: object_guard(log_type, name)
        for name, source in log_type.mapping.items()
        if not source.paths and log_type.targets[name] in OBJECTS
    }

    def guarded(record: Any, extra: dict[str, Any]) -> Any:
        changed = transform(record, extra)
        for name in guards.keys() & extra.keys():
            found = guards[name](extra[name])
            if found is guard.REFUSED:
                raise ValueError("refused")
            extra[name] = found
        return changed

    return guarded if guards else transform


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
