"""Reads what a log_type.toml says of records, before it says anything of their values.

`[match]`: which ones they are; `[read]`: how they are cut out of objects.
"""

import re
from collections.abc import Mapping
from typing import Any

from es_loader.checked import Checked
from es_loader.log_type import Form, Match, Read

FORMATS = ("json", "named", "lines", "delimited", "xml", "cef")
OUTPUTS = ("stdout", "stderr")
FORM = ("pattern", "columns")


def match_of(file: Checked, table: Mapping[str, Any]) -> Match:
    """What `[match]` says."""
    match = Match(
        key=file.pattern("[match]", table, "key"),
        examples=tuple(file.strings("[match]", table, "examples")),
        log_group=file.pattern("[match]", table, "log_group"),
        source=tuple(file.strings("[match]", table, "source")),
        detail_type=tuple(file.strings("[match]", table, "detail_type")),
        container=file.pattern("[match]", table, "container"),
        output=file.choice("[match]", table, "output", OUTPUTS) if "output" in table else "",
    )
    if not (match.key or match.log_group or match.source or match.container):
        raise file.fail("[match]", "needs key, log_group, source or container")
    if match.output and not match.container:
        raise file.fail("[match]", "output needs container: the containers whose output it is")
    if match.key and not match.examples:
        raise file.fail("[match]", "key needs examples: object keys as AWS writes them")
    for example in match.examples:
        if match.key and not match.key.search(example):
            raise file.fail("[match]", f"key does not match its example: {example}")
    return match


def read_of(file: Checked, table: Mapping[str, Any]) -> Read:
    """What `[read]` says."""
    kind = file.choice("[read]", table, "format", FORMATS)
    forms = _forms(file, table, "forms")
    columns = tuple(file.text("[read]", table, "columns").split())
    read = Read(
        format=kind,
        original=bool(table.get("original", True)),
        none=tuple(file.strings("[read]", table, "none")),
        records=tuple(file.strings("[read]", table, "records")),
        pattern=file.pattern("[read]", table, "pattern", re.VERBOSE),
        delimiter=file.text("[read]", table, "delimiter", " "),
        quotes=bool(table.get("quotes", False)),
        header=bool(table.get("header", False)),
        columns=columns or (forms[0].columns if forms else ()),
        forms=forms,
        json=bool(table.get("json", False)),
        orders=_forms(file, table, "orders"),
        event=file.text("[read]", table, "event"),
        skip=file.pattern("[read]", table, "skip"),
        start=file.pattern("[read]", table, "start"),
        block=bool(table.get("block", False)),
    )
    if read.start and kind != "lines":
        raise file.fail("[read]", f"start is for format lines, not for: {kind}")
    if read.block and not read.start:
        raise file.fail("[read]", "block needs start: the lines that a record begins with")
    if kind == "lines" and (read.pattern is None or not read.pattern.groupindex):
        raise file.fail("[read]", "format lines needs a pattern with named groups")
    if kind == "delimited" and not (read.columns or read.header):
        raise file.fail("[read]", "format delimited needs columns, header or both")
    if forms and (kind != "delimited" or columns):
        raise file.fail("[read]", "forms are for format delimited, instead of columns")
    if read.json and not forms:
        raise file.fail("[read]", "json needs forms: those of the lines")
    if read.orders and not (kind == "delimited" and columns):
        raise file.fail("[read]", "orders are for format delimited, beside columns")
    if kind == "xml" and not read.event:
        raise file.fail("[read]", "format xml needs event: the element that is one record")
    return read


def _forms(file: Checked, table: Mapping[str, Any], key: str) -> tuple[Form, ...]:
    found = []
    for form in table.get(key, ()):
        where = f"[[read.{key}]]"
        file.known(where, form, FORM)
        pattern = file.pattern(where, form, "pattern", re.VERBOSE)
        columns = tuple(file.text(where, form, "columns").split())
        if pattern is None or not columns:
            raise file.fail(where, "needs pattern and columns")
        found.append(Form(pattern, columns))
    return tuple(found)
