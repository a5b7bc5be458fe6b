"""Turns a raw record into the record that a log type's function reads: an object or columns."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from common.errors import RecordError
from es_loader.log_type import LogType, Read

Parser = Callable[[Any], Any]

# Half a surrogate pair is legal in JSON text and illegal in UTF-8.
LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
XML = re.compile(r"<(/?)([\w:.-]+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>([^<]*)|<!\[CDATA\[(.*?)\]\]>([^<]*)", re.DOTALL)
ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
DEEPEST = 100


def parser(log_type: LogType, columns: Sequence[str] | None) -> Parser:
    """The parser for the records of a log type; `columns` for those that are lists of texts."""
    read = log_type.read
    if read.format == "json":
        return orjson.loads
    if read.format == "xml":
        return xml
    if read.format == "lines":
        return _by_pattern(read)
    return _by_delimiter(read, len(columns or read.columns))


def column_names(read: Read) -> tuple[str, ...] | None:
    """Names of the columns of a format whose records are lists of texts, else None."""
    if read.format == "lines" and read.pattern:
        return tuple(sorted(read.pattern.groupindex, key=read.pattern.groupindex.__getitem__))
    return read.columns if read.format == "delimited" else None


def tolerant_json(raw: bytes | str) -> tuple[Any, bool]:
    """(record, whether bytes had to be replaced) of JSON that the fast parser refuses: invalid
    UTF-8, NaN, control characters, half surrogate pairs. RecordError where it is no JSON."""
    repaired = False
    if isinstance(raw, bytes):
        try:
            text = str(raw, "utf-8")
        except UnicodeDecodeError:
            text, repaired = str(raw, "utf-8", "replace"), True
    else:
        text = raw
    try:
        return orjson.loads(text), repaired
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(LONE.sub("\\\\ufffd", text), strict=False), repaired
    except RecursionError:
        raise RecordError("too_deep", "nested too deeply to be parsed") from None
    except ValueError as error:
        raise RecordError("malformed", f"no JSON: {error}") from None


def xml(text: str) -> dict[str, Any]:
    """An element as an object: attributes as `@name`, text as `#text` (the value itself where there
    is nothing else), repeated elements as lists, prefixes of namespaces dropped.

    A document type or an entity of its own is refused, so nothing can be expanded or fetched.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise RecordError("malformed", "XML with a document type is refused")
    stack: list[tuple[str, dict[str, Any]]] = [("", {})]
    for found in XML.finditer(text):
        closing, name, attributes, empty, after, data, after_data = found.groups()
        if name is None:
            _add_text(stack[-1][1], (data or "") + _unescape(after_data or ""))
            continue
        name = name.rsplit(":", 1)[-1]
        if not closing:
            node = {f"@{m[1]}": _unescape(m[2] or m[3] or "") for m in ATTRIBUTE.finditer(attributes)}
            if len(stack) > DEEPEST:
                raise RecordError("too_deep", "XML nested too deeply")
            stack.append((name, node))
            if not empty:
                _add_text(node, _unescape(after))
                continue
        if stack[-1][0] != name or len(stack) < 2:
            raise RecordError("malformed", f"XML: </{name}> closes <{stack[-1][0]}>")
        _, node = stack.pop()
        outer, value = stack[-1][1], _value(node)
        if name not in outer:
            outer[name] = value
        elif type(outer[name]) is list:
            outer[name].append(value)
        else:
            outer[name] = [outer[name], value]
        _add_text(outer, _unescape(after))
    if len(stack) != 1 or not stack[0][1]:
        raise RecordError("malformed", f"XML: <{stack[-1][0]}> is not closed")
    return stack[0][1]


def _value(node: dict[str, Any]) -> Any:
    text = node.get("#text")
    if text is not None and len(node) == 1:
        return text
    return {k: v for k, v in node.items() if not k.startswith("@xmlns")} if node else ""


def _add_text(node: dict[str, Any], text: str) -> None:
    if text and not text.isspace():
        node["#text"] = node.get("#text", "") + text


def _unescape(text: str) -> str:
    if "&" not in text:
        return text

    def character(found: re.Match[str]) -> str:
        if found[1]:
            return ENTITIES[found[1]]
        code = int(found[2]) if found[2] else int(found[3], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"

    return ENTITY.sub(character, text)


def _by_pattern(read: Read) -> Parser:
    assert read.pattern
    match = read.pattern.match
    named = sorted(read.pattern.groupindex.values())
    every = named == list(range(1, read.pattern.groups + 1))

    def parse(line: str) -> Any:
        found = match(line)
        if found is None:
            raise RecordError("no_match", "the line does not have the form of its log type")
        return found.groups() if every else found.group(*named) if len(named) > 1 else (found[named[0]],)

    return parse


def _by_delimiter(read: Read, count: int) -> Parser:
    delimiter = read.delimiter

    def plain(line: str) -> list[str]:
        columns = line.split(delimiter)
        if len(columns) < count:
            if len(columns) < 2:
                raise RecordError("no_match", f"one column, {count} expected")
            columns += ["-"] * (count - len(columns))
        return columns

    def quoted(line: str) -> list[str]:
        columns: list[str] = []
        for position, part in enumerate(line.split('"')):
            if position % 2:
                columns.append(part)
            else:
                columns += part.split()
        if len(columns) < count:
            if len(columns) < 2:
                raise RecordError("no_match", f"one column, {count} expected")
            columns += ["-"] * (count - len(columns))
        return columns

    return quoted if read.quotes else plain
