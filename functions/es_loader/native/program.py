"""Writes a log type as a program for the native library: numbers, and the texts they point to.

What a transform.py adds is a second object that the program reads (sections.py).
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from common import ecs
from es_loader import origin
from es_loader.compile.members import LOWERCASE, OBJECTS
from es_loader.compile.values import wanted
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.log_type import AGENT, THREAT, LogType, Lookup, view_of
from es_loader.native import learn, sections
from es_loader.native.slots import Slots
from es_loader.native.words import (
    CONTEXT,
    DEEPEST,
    MOST_SLOTS,
    NONE,
    SEPARATOR,
    TYPES,
    WRITTEN,
    Op,
    Unfit,
    Words,
)

TYPE_OF = {
    "boolean": "boolean",
    "constant_keyword": "text",
    "date": "date",
    "double": "double",
    "float": "double",
    "integer": "integer",
    "ip": "ip",
    "keyword": "text",
    "long": "long",
    "match_only_text": "text",
    "text": "text",
    "unsigned_long": "long",
    "wildcard": "text",
}

# Operations that write something without a value.
ALWAYS = {"account", "context", "literal", "original", "position", "region", "time", "timeless"}
DOMAIN, MERGED = 1, 2  # bits of the kind of `listed`, as in enrich.zig


@dataclass(frozen=True, slots=True)
class Program:
    """A log type's program: the numbers and texts of `Words`."""

    words: "array[int]"
    texts: bytes


def program(
    log_type: LogType,
    columns: Sequence[str] | None,
    located: bool,
    tags: Mapping[str, int],
    lists: ThreatLists | None = None,
) -> Program | None:
    """The program of a log type; None where it has none.

    columns   names of the columns, None for JSON
    located   there are databases to look addresses up in
    tags      name of a look-up -> tag of its table
    lists     of bad addresses and domains
    """
    try:
        return _Writer(log_type, columns, located, tags, lists).program()
    except Unfit:
        return None


class _Writer:
    def __init__(
        self,
        log_type: LogType,
        columns: Sequence[str] | None,
        located: bool,
        tags: Mapping[str, int],
        lists: ThreatLists | None,
    ) -> None:
        self.log_type, self.located, self.tags, self.lists = log_type, located, tags, lists
        self.words = Words()
        self.slots = Slots(columns)
        self.tree: dict[str, Any] = {}

    def program(self) -> Program:
        kind = self.log_type
        if kind.id_fields == "content" and self.slots.columns is not None:
            raise Unfit
        self._members()
        ids = [self.slots.slot(path) for path in kind.id_fields if not isinstance(path, str)]
        ops = _skipping(_joined([*self._object(self.tree)]))
        slots, columns = self.slots, self.slots.of_columns()
        root = NONE if slots.columns is not None else self.words.place(slots.root)
        extra = self.words.place(slots.extra) if slots.extra.keys else NONE
        delimiter = kind.read.delimiter if sections.is_parsed_by_library(kind) else SEPARATOR
        if len(slots) > MOST_SLOTS:
            raise Unfit
        written = [number for op in ops for number in self.words.op(op)]
        head = [
            len(slots),
            root,
            delimiter.encode()[0],
            self.words.add(columns),
            len(columns),
            self.words.add(written),
            len(ops),
            self.words.add([slot for slot in ids if slot is not None]),
            NONE if kind.id_fields == "content" else 0 if None in ids else len(ids),
            sections.count(kind),
            int(self._keeps_original()),
            extra,
            self.words.add(slots.views),
            len(slots.views),
            self.words.add([n for word in kind.read.none for n in self.words.text(word.encode())]),
            len(kind.read.none),
            int(kind.read.format == "named"),
        ]
        self.words.numbers[: len(head)] = array("I", head)
        return Program(self.words.numbers, bytes(self.words.texts))

    # The document, as compile/document.py has it

    def _members(self) -> None:
        kind = self.log_type
        fixed = {
            "ecs.version": ecs.version(),
            "event.dataset": kind.dataset,
            "event.module": kind.vendor,
        } | dict(kind.constants)
        times = self.slots.sources(kind.time["paths"])
        if not kind.time["paths"]:
            times = self._extra("@timestamp")
        self._put(
            "@timestamp", "time", learn.layout(kind.time["format"], kind.time["timezone"]), times
        )
        for name, value in fixed.items():
            if name not in kind.mapping and name not in kind.lookups:
                self._put(name, "literal", default=orjson.dumps(value))
        self._put("event.ingested", "context", CONTEXT.index("ingested"))
        self._put("log.file.path", "context", CONTEXT.index("file"))
        self._put("log.offset", "position")
        for entity in dict.fromkeys(name.partition(".")[0] for name in origin.fields(kind.mapping)):
            self._put(f"{entity}.\0origin", "context", CONTEXT.index(entity))
        for name, code in (("cloud.account.id", "account"), ("cloud.region", "region")):
            if name in kind.lookups:
                raise Unfit
            source = kind.mapping.get(name)
            if source and source.all:
                raise Unfit
            self._put(name, code, 0, self._found(name) if source else ())
        own = {"@timestamp", "cloud.account.id", "cloud.region"}
        if kind.community_id:
            own.add("network.type")
        for entity in kind.geoip if self.located else ():
            own.add(f"{entity}.ip")
            if sources := self._found(f"{entity}.ip"):
                self._put(f"{entity}.", "place", 0, sources)
        for name in kind.mapping:
            if name not in own and name not in kind.lookups:
                self._mapped(name)
        if "user_agent.original" in kind.mapping:
            self._agent()
        for name, rule in kind.lookups.items():
            self._lookup(name, rule)
        if kind.community_id:
            self._flow()
        if self.lists:
            self._threats(self.lists)
        self._put("siem.time_source", "timeless", default=b'"object"', other=b'"envelope"')
        if self._keeps_original():
            self._put("event.original", "original")

    def _mapped(self, name: str) -> None:
        source = self.log_type.mapping[name]
        kind = TYPE_OF.get(self.log_type.targets[name], "never")
        if not source.paths and self.log_type.targets[name] in OBJECTS:
            kind = "raw"  # guarded before it comes here
        if name in LOWERCASE:
            kind = "lowercase"
        if forms := {WRITTEN.get(view_of(path), "") for path in source.paths} - {""}:
            if len({view_of(path) for path in source.paths}) > 1:
                raise Unfit
            kind = forms.pop()
        array = source.all or (name in ecs.arrays() and self.log_type.targets[name] not in OBJECTS)
        sources = self._found(name)
        if source.sum:
            if len(sources) == len(source.paths):
                self._put(name, "sum", 0, sources)
        elif sources:
            code = "array" if source.all else "array_of_first" if array else "value"
            self._put(name, code, TYPES.index(kind), sources)

    def _agent(self) -> None:
        if "user_agent.original" in self.log_type.lookups or any(
            name in self.log_type.mapping for name in AGENT
        ):
            raise Unfit
        if sources := self._found("user_agent.original"):
            self._put("user_agent.\0agent", "agent", 0, sources)

    def _lookup(self, name: str, rule: Lookup) -> None:
        default = orjson.dumps(rule.default) if rule.default is not None else None
        other = orjson.dumps(rule.other) if rule.other is not None else default
        sources = self.slots.sources(rule.source.paths)
        if sources or default:
            self._put(name, "lookup", self.tags[name], sources, default, other)

    def _flow(self) -> None:
        mapping = self.log_type.mapping
        ends = ("source.ip", "destination.ip", "source.port", "destination.port")
        slots = [
            next(iter(self._found(name)), None) if name in mapping else None
            for name in (*ends, "network.iana_number")
        ]
        if None not in slots[:2]:
            sources = tuple(NONE if slot is None else slot for slot in slots)
            self._put("network.\0flow", "flow", 0, sources)

    def _threats(self, lists: ThreatLists) -> None:
        """What lists say of addresses and domains."""
        kind = self.log_type
        merged = MERGED if any(name in kind.mapping for name in THREAT) else 0
        fields = {f"{entity}.ip": merged for entity in kind.geoip}
        if lists.has_domains:
            fields |= dict.fromkeys(kind.domains, merged | DOMAIN)
        for number, (name, bits) in enumerate(fields.items()):
            matched = b'"matched":{"field":[%b]}},' % orjson.dumps(name)
            if sources := self._found(name):
                self._put(f"threat.\0{number}", "listed", bits, sources, matched)

    def _keeps_original(self) -> bool:
        kind = self.log_type
        known = wanted(kind)
        return kind.read.original or (
            kind.transform is None
            and any((name,) not in known for name in self.slots.columns or ())
        )

    def _put(
        self,
        name: str,
        code: str,
        kind: int = 0,
        sources: tuple[int, ...] = (),
        default: bytes | None = None,
        other: bytes | None = None,
    ) -> None:
        node = self.tree
        *parents, leaf = name.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
        text = b"" if code in ("place", "agent", "flow", "context") else orjson.dumps(leaf) + b":"
        if code == "listed":
            text = b'"enrichments":{'
        if code == "literal":
            text += (default or b"") + b","
            default = None
        node[leaf] = Op(code, text, kind, sources, default, other)

    def _object(self, tree: Mapping[str, Any], depth: int = 0) -> Iterator[Op]:
        if depth > DEEPEST:
            raise Unfit
        for key, member in tree.items():
            if isinstance(member, Op):
                yield member
            else:
                yield Op("open", orjson.dumps(key) + b":{")
                yield from self._object(member, depth + 1)
                yield Op("close")

    def _found(self, name: str) -> tuple[int, ...]:
        """Where the values of a mapped field are."""
        source = self.log_type.mapping[name]
        if source.paths:
            return self.slots.sources(source.paths, lists=True)
        return self._extra(name)

    def _extra(self, name: str) -> tuple[int, ...]:
        """Where the value is that transform.py gives a field."""
        return () if self.log_type.transform is None else (self.slots.added(name),)


def _joined(ops: list[Op]) -> list[Op]:
    """The operations with literals in a row made one."""
    found: list[Op] = []
    for op in ops:
        if found and op.code == found[-1].code == "literal":
            found[-1] = Op("literal", found[-1].text + op.text)
        else:
            found.append(op)
    return found


def _skipping(ops: list[Op]) -> list[Op]:
    """The operations, with each object told what it is of, where that is values alone, and where
    to go on if there are none of them."""
    found, inside = [*ops], list[tuple[int, dict[int, None] | None]]()
    for number, op in enumerate(ops):
        if op.code == "open":
            inside.append((number, {}))
            continue
        sources: dict[int, None] | None = dict.fromkeys(op.sources)
        if op.code == "close":
            start, sources = inside.pop()
            if sources:
                found[start] = replace(ops[start], kind=number + 1, sources=tuple(sources))
        elif op.code in ALWAYS or op.default is not None:
            sources = None
        if inside:
            outer, known = inside[-1]
            both = None if known is None or sources is None else known | sources
            inside[-1] = (outer, both)
    return found
