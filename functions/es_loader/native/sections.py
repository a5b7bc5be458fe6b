"""Cuts records into the sections that the library reads: the text as delivered, what was parsed of
it where the library does not parse that itself, and what the log type's transform.py added.

A transform.py of JSON or XML may name in READS the source paths that it reads: nothing else is
parsed.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from es_loader import guard
from es_loader.compile.document import load_transform
from es_loader.compile.members import OBJECTS, object_guard
from es_loader.log_type import LogType, path_of
from es_loader.native.words import SEPARATOR
from es_loader.parse import parser, reading

# Records, all bytes or all texts -> their sections in a row. A record that fails has empty ones:
# the general way says why.
Cut = Callable[[Sequence[Any]], list[Any]]


def count(log_type: LogType) -> int:
    """Number of sections of a record."""
    if log_type.transform:
        return 3
    return 1 if is_parsed_by_library(log_type) else 2


def is_parsed_by_library(log_type: LogType) -> bool:
    """Whether the library reads the text as delivered: JSON, or columns between delimiters."""
    read = log_type.read
    return read.format == "json" or (
        read.format == "delimited" and not read.quotes and len(read.delimiter.encode()) == 1
    )


def cutter(
    log_type: LogType,
    columns: Sequence[str] | None,
    json_of_xml: Callable[[Sequence[str]], list[bytes]],
) -> Cut:
    """What cuts the records of a log type."""
    is_xml = log_type.read.format == "xml"
    parse, plain = parser(log_type, columns), is_parsed_by_library(log_type)
    module = load_transform(log_type)
    transform = module.transform if module else None
    if is_xml:
        parse = orjson.loads
    partly = hasattr(module, "READS")
    if module and partly:
        parse = reading([path_of(text) for text in module.READS])
    sections = count(log_type)
    guards = {
        name: object_guard(log_type, name)
        for name, source in log_type.mapping.items()
        if not source.paths and log_type.targets[name] in OBJECTS
    }

    def cut(records: Sequence[Any]) -> list[Any]:
        nothing = records[0][:0]
        dumps = orjson.dumps if type(nothing) is bytes else _text
        empty = (nothing,) * sections
        pieces: list[Any] = []
        for raw, content in zip(records, json_of_xml(records) if is_xml else records, strict=True):
            try:
                record = parse(content)
                parsed, extra = str(content, "utf-8") if is_xml else nothing, nothing
                if transform:
                    extra = {}
                    if columns is not None:
                        transform(dict(zip(columns, record, strict=False)), extra)
                    elif (changed := transform(record, extra)) is not None:
                        if partly:
                            raise ValueError("changed, and it is not whole")
                        record = changed
                        parsed = dumps(record)
                    for name in guards:
                        if name in extra:
                            extra[name] = _guarded(guards[name], extra[name])
                    extra = dumps(extra)
                if not plain and not parsed:
                    parsed = SEPARATOR.join(record) if columns is not None else dumps(record)
                pieces += (raw, parsed, extra) if sections == 3 else (raw, parsed)
            except Exception:
                pieces += empty
        return pieces

    return cut


def _guarded(check: guard.Guard, value: Any) -> Any:
    found = check(value)
    if found is guard.REFUSED:
        raise ValueError("refused")
    return found


def _text(value: Any) -> str:
    return str(orjson.dumps(value), "utf-8")
