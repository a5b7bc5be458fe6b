"""Turns a raw record into the record that a log type's function reads: an object or columns."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypedDict

import msgspec
import orjson

from common.errors import RecordError
from es_loader.cef import cef
from es_loader.log_type import LogType, Path_, Read
from es_loader.named import named

Parser = Callable[[Any], Any]

# Half a surrogate pair is legal in JSON text and illegal in UTF-8.
LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")
# An element with nothing but text in it is one token: groups are the name, attributes, `/`, text,
# end tag; else the name in an end tag; last, the text after it.
TOKEN = re.compile(
    r"""<(?:([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?:(/)>|>([^<]*)(</\1>)?)"""
    r"""|/([\w:.-]+)\s*>)([^<]*)"""
)
ASIDE = re.compile(r"<!(?:--|\[CDATA\[)")
ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
DEEPEST = 100
NO_MATCH = "the line does not have the form of its log type"
LONGEST = 512  # characters of attributes that are worth remembering


def parser(log_type: LogType, columns: Sequence[str] | None) -> Parser:
    """The parser for the records of a log type; `columns` for those that are lists of texts."""
    read = log_type.read
    if read.format == "json":
        return orjson.loads
    if read.format == "xml":
        return xml
    if read.format == "cef":
        return cef
    if read.format == "named":
        return named
    if read.format == "lines":
        return _by_pattern(read)
    return _by_delimiter(read, len(columns or read.columns))


def column_names(read: Read) -> tuple[str, ...] | None:
    """Names of the columns of a format whose records are lists of texts, else None."""
    if read.format == "lines" and read.pattern:
        return tuple(sorted(read.pattern.groupindex, key=read.pattern.groupindex.__getitem__))
    return read.columns if read.format == "delimited" else None


def reading(paths: Iterable[Path_]) -> Callable[[bytes | str], Any]:
    """What parses, of JSON, only what lies at these source paths. msgspec.DecodeError where it is
    no JSON, or has something else in the way: a text where an object should be."""
    return msgspec.json.Decoder(_type([*paths])).decode


def _type(paths: Iterable[Path_]) -> Any:
    """The type of a JSON value of which only what lies at these paths is read."""
    keys = {path[0] if path else None for path in paths}
    if None in keys or any(isinstance(key, int) for key in keys):
        return Any
    inner = {key: _type([path[1:] for path in paths if path[0] == key]) for key in keys}
    if element := inner.get("*"):
        return list[element] | None  # type: ignore[valid-type]
    return TypedDict("Read", inner, total=False) | None  # type: ignore[operator]


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


def json_object(text: str) -> dict[str, Any]:
    """The members of the JSON object that a line is, none where it is other JSON. RecordError where
    it is no JSON."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found, _ = tolerant_json(text)
    return found if type(found) is dict else {}


def xml(text: str) -> dict[str, Any]:
    """The content of an element as an object: attributes as `@name`, text as `#text` (the value
    itself where there is nothing else), repeated elements as lists, namespaces dropped.

    What Windows writes as `<Data Name="X">` becomes the member X. A document type or an entity of
    its own is refused, so nothing can be expanded or fetched.
    """
    if "<!" in text:
        text = _without_asides(text)
    escaped = "&" in text
    names, nodes = [""], [dict[str, Any]()]
    for name, attributes, empty, inside, leaf, closing, after in TOKEN.findall(text):
        if name:
            if ":" in name:
                name = name.rpartition(":")[2]
            given = None
            if attributes:
                given = (_known if len(attributes) < LONGEST else _attributes)(attributes)
            if not (empty or leaf):
                if len(names) > DEEPEST:
                    raise RecordError("too_deep", "XML nested too deeply")
                names.append(name)
                nodes.append({**given} if given else {})
                _add_text(nodes[-1], inside, escaped)
                continue
            if inside.isspace():
                inside = ""
            elif escaped:
                inside = _unescape(inside)
            if not given:
                value: Any = inside
            elif name == "Data" and "@Name" in given and len(given) == 1:
                name, value = given["@Name"], inside
            else:
                value = {**given, "#text": inside} if inside else {**given}
        else:
            name, node = names.pop(), nodes.pop()
            if name != closing.rpartition(":")[2] or not names:
                raise RecordError("malformed", f"XML: </{closing}> closes <{name}>")
            value = node["#text"] if len(node) == 1 and "#text" in node else node or ""
        outer = nodes[-1]
        if name not in outer:
            outer[name] = value
        elif type(outer[name]) is list:
            outer[name].append(value)
        else:
            outer[name] = [outer[name], value]
        if after and len(names) > 1:
            _add_text(outer, after, escaped)
    if len(names) != 1 or len(nodes[0]) != 1:
        raise RecordError("malformed", f"XML: <{names[-1]}> is not closed")
    (root,) = nodes[0].values()
    return root if type(root) is dict else {"#text": root}


def _attributes(text: str) -> dict[str, str]:
    """Attributes by name, without those that declare namespaces."""
    return {
        f"@{name.rsplit(':', 1)[-1]}": _unescape(double or single)
        for name, double, single in ATTRIBUTE.findall(text)
        if not name.startswith("xmlns")
    }


_known = lru_cache(4096)(_attributes)  # its dicts are shared: not to be changed


def _without_asides(text: str) -> str:
    """The text without comments, and with CDATA sections as escaped text."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise RecordError("malformed", "XML with a document type is refused")
    parts, position = [], 0
    while found := ASIDE.search(text, position):
        end = "]]>" if found[0].endswith("[") else "-->"
        close = text.find(end, found.end())
        if close < 0:
            raise RecordError("malformed", f"XML: {found[0]} is not closed")
        parts.append(text[position : found.start()])
        if end == "]]>":
            data = text[found.end() : close]
            parts.append(data.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        position = close + 3
    return "".join([*parts, text[position:]])


def _add_text(node: dict[str, Any], text: str, escaped: bool) -> None:
    if text and not text.isspace():
        node["#text"] = node.get("#text", "") + (_unescape(text) if escaped else text)


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
    if named == list(range(1, read.pattern.groups + 1)):

        def parse(line: str) -> Any:
            found = match(line)
            if found is None:
                raise RecordError("no_match", NO_MATCH)
            return found.groups("")

        return parse

    def pick(line: str) -> Any:
        found = match(line)
        if found is None:
            raise RecordError("no_match", NO_MATCH)
        return [found[number] or "" for number in named]

    return pick


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
