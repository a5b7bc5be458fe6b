"""Compiles a log type into one straight-line Python function: record -> document.

The generated source (`siem log-types NAME --code`) reads each source value once, looks up once what
follows from it, and joins the texts by one f-string. Nothing is interpreted per record, and no
document is built as a dict to be serialised.

A *fragment* is the text of one member with a comma before it, `,"port":443`, or nothing. A *unit*
is what gives a fragment; an object whose members may all be absent drops their first comma.
"""

import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import msgspec
import orjson

from common import ecs
from common.errors import LogTypeError
from es_loader import guard, identity, memo, times
from es_loader.enrich import flow
from es_loader.log_type import LogType, Lookup, Path_, Source

LOWERCASE = {"network.application", "network.protocol", "network.transport", "network.type"}
# Small domains in a large type: worth a cache; every other number is formatted where it stands.
CACHED_NUMBERS = ("_number", ".status_code", ".number", "_flags", ".version", ".pid")
# Rarely twice the same: encoded where they stand, since a cache would only be filled and emptied.
UNCACHED = (
    ".id",
    ".original",
    ".full",
    ".path",
    ".query",
    ".data",
    ".reason",
    ".description",
    ".sha256",
    ".command_line",
    ".referrer",
    "message",
    "request_id",
    "key_id",
    "arn",
    "session_name",
    "request.key",
    "resource_arn",
)
CACHED = ("user_agent.original", "cloud.account.id", "cloud.instance.id", "rule.id", "host.id", "group.id")
# What the source of a target of each type usually is; text for all others.
KINDS = {"boolean": "boolean", "long": "whole", "integer": "whole", "object": "any", "nested": "any"}
KINDS |= {kind: "any" for kind in ("float", "double", "half_float", "scaled_float")}
SPARSE = 4  # from so many members of one object on, those that are there are gone over
DAY = 86_400_000
OLDEST, NEWEST = 400 * DAY, DAY

WORD = re.compile(r"\w+")

Normalize = Callable[[Any, Any, int, str], tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Context:
    """What every record of one object, or of one envelope in it, has in common.

    modified   LastModified, milliseconds since 1970
    ingested   ISO time of this run
    account, region   those of the key, else of the envelope, else ""
    """

    bucket: str
    key: str
    object_hash: str
    modified: int
    ingested: str
    account: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled log type. `bind(context)` gives the function for the records of one object:
    normalize(record, raw, position, siem) -> (index, id, document).

    decode   raw JSON -> the record, of which only what the log type reads is built; None: records
             come from the log type's parser
    """

    log_type: LogType
    source: str
    bind: Callable[[Context], Normalize]
    decode: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class _Text:
    """Part of the f-string that is always there; begins with a comma."""

    text: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Code:
    """Expression of a fragment. `values`: the source values in it."""

    expression: str
    values: frozenset[str]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Look:
    """Fragment that follows from one source value alone, so it can be looked up."""

    value: str
    identity: str
    fragment: memo.Fragment
    keys: tuple[str, ...] = ()


_Unit = _Text | _Code | _Look


def compile_log_type(
    log_type: LogType,
    columns: Sequence[str] | None = None,
    geoip: Callable[[str], str] | None = None,
) -> Compiled:
    """The compiled form of a log type.

    columns   names of the columns, for records that are lists of texts; None: records are objects
    geoip     address -> fragment of geo and as, or ""; None: no database
    """
    return _Writer(log_type, columns, geoip).compiled()


def compile_typed(
    log_type: LogType,
    geoip: Callable[[str], str] | None = None,
    untyped: frozenset[str] = frozenset(),
) -> Compiled | None:
    """A second, faster form for JSON: it decodes straight into a struct of the values that are
    read, each of the type that it usually has. What does not fit raises msgspec.ValidationError,
    and the record goes the general way. None where a log type needs the whole record.

    untyped   source paths (dotted) whose values were seen not to be of the usual type
    """
    if log_type.read.format != "json" or log_type.transform or log_type.id_fields == "content":
        return None
    scout = _Writer(log_type, None, None)
    scout.compiled()
    kinds = {
        path: kinds.pop() if len(kinds) == 1 and ".".join(map(str, path)) not in untyped else "any"
        for path, kinds in scout.wanted.items()
    }
    shape = _Shape.of(kinds)
    return _Writer(log_type, None, geoip, shape).compiled() if shape else None


def load_transform(log_type: LogType) -> ModuleType | None:
    """The log type's transform.py as a module, or None."""
    if log_type.transform is None:
        return None
    spec = importlib.util.spec_from_file_location(
        f"log_types.{log_type.name}.transform", log_type.transform
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load: {log_type.transform}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def walk(value: Any, path: Path_) -> Any:
    """The value at a path with list positions or "*": every element; None where there is none."""
    for depth, key in enumerate(path):
        if key == "*":
            if type(value) is not list:
                return None
            found: list[Any] = []
            for item in value:
                inner = walk(item, path[depth + 1 :])
                if type(inner) is list:
                    found += inner
                elif inner is not None:
                    found.append(inner)
            return found or None
        if type(key) is int:
            value = value[key] if type(value) is list and key < len(value) else None
        else:
            value = value.get(key) if type(value) is dict else None
        if value is None:
            return None
    return value


TYPES = {
    "text": str | None,
    "whole": int | None,
    "boolean": bool | None,
    "any": Any,
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """The struct that a JSON object is decoded into, and those inside it."""

    kind: type[msgspec.Struct]
    attributes: dict[str | int, str]  # key of the object -> attribute of the struct
    types: dict[str | int, str]  # key -> name in TYPES
    inner: dict[str | int, "_Shape"]

    @classmethod
    def of(cls, kinds: Mapping[Path_, str]) -> "_Shape | None":
        """The shape that has these paths; None where a value has members that are read too."""
        members: dict[str | int, dict[Path_, str]] = {}
        for path, kind in kinds.items():
            members.setdefault(path[0], {})[path[1:]] = kind
        inner = {}
        for key, paths in members.items():
            if () not in paths:
                found = cls.of(paths)
                if found is None:
                    return None
                inner[key] = found
            elif len(paths) > 1:
                return None
        attributes = {key: f"a{number}" for number, key in enumerate(members)}
        types = {key: paths[()] for key, paths in members.items() if () in paths}
        fields = [
            (attributes[key], inner[key].kind | None if key in inner else TYPES[types[key]], None)
            for key in members
        ]
        rename = {attributes[key]: str(key) for key in members}
        kind = msgspec.defstruct("Record", fields, rename=rename, gc=False)
        return cls(kind, attributes, types, inner)

    def at(self, path: Path_) -> "_Shape":
        """The shape of the object at a path."""
        return self.inner[path[0]].at(path[1:]) if path else self


class _Writer:
    """Writes the source of one log type and the environment that it runs in."""

    def __init__(
        self,
        log_type: LogType,
        columns: Sequence[str] | None,
        geoip: Callable[[str], str] | None,
        shape: _Shape | None = None,
    ) -> None:
        self.log_type, self.columns, self.geoip = log_type, columns, geoip
        self.shape = shape
        self.wanted: dict[Path_, set[str]] = {}  # path -> names in TYPES of what is read there
        self.typed: dict[str, str] = {}  # value -> its name in TYPES, where a struct has it
        self.told = not log_type.read.original
        self.rejected: list[Any] = []
        self.memos: dict[str, str] = {}  # identity -> name in the generated code
        self.env: dict[str, Any] = {
            "INDICES": memo.Indices(log_type.index_prefix, log_type.index),
            "NONE": {}.get,
            "NO_VALUE": (None, *guard.NO_VALUE),
            "Times": memo.Times,
            "content_id": identity.content_id,
            "own_id": identity.own_id,
            "dumps": orjson.dumps,
            "quote": guard.quote,
            "reader": times.reader,
            "rejected": self.rejected,
            "text_of": _text_of if shape else _text_of_any,
            "walk": walk,
        }
        self.members: dict[str, Any] = {}
        self.names: dict[Path_, str] = {}  # path -> expression of its value
        self.group_of: dict[str, str] = {}  # value -> getter of the object that it is in
        self.direct: dict[str, tuple[str, str]] = {}  # value -> getter and key of its object
        self.getters: dict[Path_, str] = {(): "record" if shape else "get"}
        self.reads: dict[str, list[str]] = {"": []}
        self.code: dict[str, list[str]] = {"": []}
        self.looks: dict[str, list[tuple[str, _Look]]] = {}
        self.computed: dict[str, str] = {}  # expression -> variable
        self.fixed: set[str] = set()  # values that are needed outside of every unit
        self.transform = load_transform(log_type)

    def compiled(self) -> Compiled:
        """Generates, compiles, and keeps the source."""
        kind = self.log_type
        source = self._source(self.prepared())
        exec(compile(source, f"<{kind.name}>", "exec"), self.env)
        decode = msgspec.json.Decoder(self.shape.kind).decode if self.shape else None
        return Compiled(kind, source, self.env["bind"], decode)

    def prepared(self) -> list[str]:
        """Puts every member into its place; the lines for time and account."""
        kind = self.log_type
        start = self._start()
        own = {"@timestamp", "cloud.account.id", "cloud.region"}
        if kind.community_id:
            own.add("network.type")
        for name, source in kind.mapping.items():
            if name not in own:
                self._put(name, self._unit(name, source))
        for name, rule in kind.lookups.items():
            self._put(name, self._lookup(name, rule))
        if kind.community_id:
            self._flow()
        return start

    # What every document has

    def _start(self) -> list[str]:
        """Puts the loader's own members; the lines for time and account."""
        kind = self.log_type
        fixed = {
            "ecs.version": ecs.version(),
            "event.dataset": kind.dataset,
            "event.module": kind.vendor,
        } | dict(kind.constants)
        for name, value in fixed.items():
            if name not in kind.mapping and name not in kind.lookups:
                self._put(name, _Text(_escaped(f",{_key(name)}:{_json(value)}")))
        self._put("event.ingested", _Text(',"ingested":{ingested}'))
        self._put("log.file.path", _Text(',"path":{path}'))
        self._put("log.offset", _Text(',"offset":{position}'))
        return [*self._time(), *self._account()]

    def _time(self) -> list[str]:
        paths = self.log_type.time["paths"]
        values = [value for path in paths if (value := self._value(path, "any", outside=True))]
        if not paths and self.transform:
            values = ['extra.get("@timestamp")']
        reads = " or ".join(f"{self._call('times')}{self._argument(value)}" for value in values)
        return [
            f"time = {reads or None}",
            "if time:",
            "    timestamp, index = time",
            "else:",
            "    timestamp, index = modified, own_index",
            "    siem += ',\"time_source\":\"object\"'",
        ]

    def _call(self, name: str) -> str:
        return name if self.columns is not None else f"{name}.of"

    def _argument(self, value: str) -> str:
        return f"[{value}]" if self.columns is not None else f"({value})"

    def _account(self) -> list[str]:
        lines = []
        for name, default in (("cloud.account.id", "account"), ("cloud.region", "region")):
            source = self.log_type.mapping.get(name)
            values = frozenset[str]()
            expression = default
            if source and (unit := self._unit(name, source, outside=True)):
                expression = f"{self._expression(unit)} or {default}"
            variable = name.replace(".", "_")
            lines.append(f"{variable} = {expression}")
            if expression != default and default == "account":
                lines += [
                    f"if {variable} != account and account:",
                    "    siem += ',\"account_mismatch\":true'",
                ]
            self._put(name, _Code(variable, values))
        return lines

    def _original(self) -> list[str]:
        """Lines, and the member, of event.original."""
        columns = self.columns
        if self.log_type.read.original or (columns is not None and not self._all_mapped()):
            self._put("event.original", _Text(',"original":{str(dumps(text_of(raw)), "utf-8")}'))
            return ["if rejected:", "    rejected.clear()"]
        # What a typed field refuses, or what no column is known for, is kept as text.
        self._put("event.original", _Code("original", frozenset()))
        more = f" or len(record) != {len(columns)}" if columns is not None else ""
        return [
            "original = ''",
            f"if rejected{more}:",
            "    rejected.clear()",
            "    original = f',\"original\":{quote(text_of(raw))}'",
        ]

    def _all_mapped(self) -> bool:
        kind = self.log_type
        sources = [*kind.mapping.values(), *(rule.source for rule in kind.lookups.values())]
        paths = {path for source in sources for path in source.paths} | set(kind.time["paths"])
        return self.transform is not None or all((c,) in paths for c in self.columns or ())

    def _flow(self) -> None:
        """network.community_id, and network.type where no source tells it."""
        mapping = self.log_type.mapping
        ends = ("source.ip", "destination.ip", "source.port", "destination.port")
        values = [
            self._value(mapping[name].paths[0], "any", outside=True) or "None"
            if name in mapping
            else "None"
            for name in (*ends, "network.iana_number")
        ]
        if values[0] == "None" or values[1] == "None":
            return
        self.env["flow"] = flow.fragment
        self._put("network.community_id", _Code(f"flow({', '.join(values)})", frozenset()))

    # Values: where a source path is read

    def _value(self, path: Path_, kind: str, outside: bool = False) -> str | None:
        """Expression of the value at a source path; None where no column has that name.

        kind      what it usually is, a name in TYPES
        outside   it is needed outside of the block of its object
        """
        if self.columns is not None:
            if len(path) != 1 or path[0] not in self.columns:
                return None
            return f"record[{self.columns.index(str(path[0]))}]"
        plain = next((n for n, k in enumerate(path) if type(k) is int or k == "*"), len(path))
        self.wanted.setdefault(path[:plain], set()).add(kind if plain == len(path) else "any")
        if path in self.names:
            name = self.names[path]
            if outside and self.group_of[name]:
                self.group_of[name] = ""
                moved = [r for r in self.reads[path[0]] if r.startswith(f"{name} =")]  # type: ignore[index]
                raise LogTypeError(f"{self.log_type.name}: value read too late: {moved}")
            return name
        group = "" if outside or len(path) < 2 else self._group(path)
        name = self.names[path] = f"v{len(self.names)}"
        if outside:
            self.fixed.add(name)
        self.group_of[name] = group
        outer = self._getter(path[: max(plain - 1, 0)], group)
        read = f"{outer}({path[plain - 1]!r})" if plain else "record"
        if self.shape:
            shape = self.shape.at(path[: plain - 1])
            read = f"{outer}.{shape.attributes[path[plain - 1]]}"
            if not group and plain > 1:
                read = f"({outer} or {self._absent(path[: plain - 1])}).{read.rpartition('.')[2]}"
            if plain == len(path):
                self.typed[name] = shape.types[path[-1]]
        self.reads[group].append(f"{name} = {read}")
        if group and len(path) == 2:
            self.direct[name] = (group, str(path[1]))
        rest = path[plain:]
        if len(rest) == 2 and rest[0] == "*" and isinstance(rest[1], str):
            every = f"[e[{rest[1]!r}] for e in {name} if type(e) is dict and {rest[1]!r} in e]"
            self.reads[group].append(f"{name} = {every} if type({name}) is list else None")
        elif rest:
            self.reads[group].append(f"{name} = walk({name}, {rest!r}) if {name} else None")
        return name

    def _group(self, path: Path_) -> str:
        """Getter of the top object of a path: its values are read only where it is there."""
        if type(path[0]) is int or path[0] == "*" or type(path[1]) is int or path[1] == "*":
            return ""
        group = self._getter(path[:1], "")
        self.reads.setdefault(group, [])
        self.code.setdefault(group, [])
        return group

    def _getter(self, path: Path_, group: str) -> str:
        found = self.getters.get(path)
        if found is None:
            outer = self._getter(path[:-1], "" if len(path) == 1 else group)
            found = self.getters[path] = f"get{len(self.getters)}"
            if self.shape:
                inner = f"{outer}.{self.shape.at(path[:-1]).attributes[path[-1]]}"
                inner = f"{inner} or {self._absent(path)}" if len(path) > 1 else inner
                self.reads["" if len(path) == 1 else group].append(f"{found} = {inner}")
                return found
            self.reads["" if len(path) == 1 else group].append(
                f"{found} = inner.get if type(inner := {outer}({path[-1]!r})) is dict else NONE"
            )
        return found

    def _absent(self, path: Path_) -> str:
        """Name of the struct that stands for an object that is not there."""
        assert self.shape
        name = "absent_" + "_".join(self.shape.at(path[:n]).attributes[k] for n, k in enumerate(path))
        self.env[name] = self.shape.at(path).kind()
        return name

    # Units: how a value becomes a member

    def _unit(self, name: str, source: Source, outside: bool = False) -> _Unit | None:
        """What gives a target's fragment; None where it can never have one."""
        if not source.paths:
            look = self._look(name, f'extra.get("{name}")')
            return _Code(f"{self._memo([look])}.of({look.value})", frozenset())
        kind = KINDS.get(self.log_type.targets[name], "text")
        values = [v for path in source.paths if (v := self._value(path, kind, outside))]
        if not values:
            return None
        if source.all:
            return self._distinct(name, values, source.paths[0])
        units = [self._single(name, value) for value in values]
        if len(units) == 1:
            return units[0]
        return _Code(" or ".join(map(self._expression, units)), frozenset(values))

    def _look(self, name: str, value: str) -> _Look:
        kind, encode = self._encoder(name)
        key = _key(name)
        fragment = memo.member(key, encode, self.rejected)
        entity = name.removesuffix(".ip")
        if self.geoip and kind == "ip" and entity in self.log_type.geoip:
            kind, fragment = "ip with place", memo.followed(fragment, self.geoip)
        return _Look(value, f"{kind} {key}", fragment)

    def _single(self, name: str, value: str) -> _Look | _Code:
        kind, _ = self._encoder(name)
        look = self._look(name, value)
        values = frozenset([value])
        if kind in ("long", "integer") and not name.endswith(CACHED_NUMBERS):
            other = f"{self._memo([look])}.other({value})"
            member = f"f',{_key(name)}:{{{value}}}'"
            if self.typed.get(value) == "whole":
                small = f"{value}.bit_length() < 31"
                return _Code(
                    f"('' if {value} is None else {member} if {small} else {other})", values
                )
            if self.columns is None:
                return _Code(
                    f"({member} if type({value}) is int and {value}.bit_length() < 31 else {other})",
                    values,
                )
            digits = f"{value}.isdecimal() and len({value}) < 10"
            one = f"({member.replace(value, f'int({value})')} if {digits} else {other})"
            return _Code(one, values)
        if name.endswith(UNCACHED) and name not in CACHED or kind.startswith("objects"):
            other = f"{self._memo([look])}.other({value})"
            if kind not in ("keyword", "match_only_text", "wildcard"):
                return _Code(other, values)
            text = f"f',{_key(name)}:{{str(dumps({value}), \"utf-8\")}}'"
            if self.columns is not None:
                return _Code(f"({text} if {value} not in NO_VALUE else '')", values)
            if self.typed.get(value) == "text":
                return _Code(f"({text} if {value} not in NO_VALUE else '')", values)
            there = f"type({value}) is str and {value} not in NO_VALUE"
            return _Code(f"({text} if {there} else '' if {value} is None else {other})", values)
        return look

    def _encoder(self, name: str) -> tuple[str, guard.Encoder]:
        kind = self.log_type.targets[name]
        if kind in ("object", "nested"):
            inner = f"{name}."
            targets = self.log_type.targets.items()
            members = {k.removeprefix(inner): t for k, t in targets if k.startswith(inner)}
            return f"objects {name}", guard.objects(members)
        if name in LOWERCASE:
            return "lowercase", guard.lowercase
        if kind not in guard.ENCODERS:
            raise LogTypeError(f"{self.log_type.name}: no value can be mapped to: {name}")
        return kind, guard.ENCODERS[kind]

    def _distinct(self, name: str, values: list[str], source_path: Path_) -> _Unit:
        """An array of the distinct values of several sources."""
        kind, encode = self._encoder(name)
        elements = guard.elements(encode)
        if len(values) == 1:
            array = lambda value: f"[{text}]" if (text := elements(value)) else text  # noqa: E731
            fragment = memo.member(_key(name), array, self.rejected)
            look = _Look(values[0], f"array {kind} {_key(name)}", fragment)
            if kind != "keyword" or self.columns is not None or "*" not in source_path:
                return look
            self.env["strings"] = memo.strings
            other = f"{self._memo([look])}.of({values[0]})"
            quick = f"strings({f',{_key(name)}:'!r}, {values[0]}) or {other}"
            return _Code(f"({quick}) if {values[0]} else ''", frozenset(values))

        def element(value: Any) -> str:
            text = elements(value)
            if text is None:
                self.rejected.append(value)
            return f",{text}" if text else ""

        looks = [_Look(value, f"element {kind}", element) for value in values]
        names = [self._place(look, "") for look in looks]
        if len(names) == 2:
            a, b = names
            both = f"({a} + {b} if {a} != {b} else {a})[1:]"
            whole = f"f',{_key(name)}:[{{{both}}}]' if {a} or {b} else ''"
        else:
            every = ", ".join(f"{n}: 0" for n in names)
            self.env["array"] = _array
            whole = f"array({_key(name)!r}, {{{every}}}) if {' or '.join(names)} else ''"
        return _Code(whole, frozenset(values))

    def _lookup(self, name: str, rule: Lookup) -> _Unit | None:
        values = [v for path in rule.source.paths if (v := self._value(path, "text"))]
        table = {str(k): _json(v) for k, v in rule.table.items()}
        prefix = f",{_key(name)}:"
        default = "" if rule.default is None else prefix + _json(rule.default)
        other = default if rule.other is None else prefix + _json(rule.other)
        if not values:
            return _Text(_escaped(default)) if default else None

        def found(value: Any) -> str:
            if type(value) is list:
                value = value[0] if value else None
            if type(value) is bool:
                value = "true" if value else "false"
            text = table.get(str(value)) if value is not None else None
            return prefix + text if text else ""

        if len(values) == 1:

            def fragment(value: Any) -> str:
                return found(value) or (default if value in (None, "", "-") else other)

            return _Look(values[0], f"lookup {name}", fragment)
        looks = [self._expression(_Look(value, f"lookup {name}", found)) for value in values]
        if other != default:
            there = " or ".join(f"{value} not in NO_VALUE" for value in values)
            looks.append(f"({other!r} if {there} else {default!r})")
        elif default:
            looks.append(repr(default))
        return _Code(" or ".join(looks), frozenset(values))

    def _expression(self, unit: _Unit) -> str:
        """Expression of a unit that stands in a larger one."""
        if isinstance(unit, _Look):
            return f"({self._look_up([unit], unit.value)})"
        assert isinstance(unit, _Code)
        return unit.expression

    def _look_up(self, looks: Sequence[_Look], value: str) -> str:
        """Expression of all that follows from a value."""
        name = self._memo(looks)
        if self.columns is not None:
            return f"{name}[{value}]"
        nothing = self.env[name].nothing
        if nothing:  # the fragments of null are not all empty
            self.env[f"{name}_nothing"] = nothing
        absent = f"{name}_nothing" if nothing else "''"
        typed = self.typed.get(value)
        if typed == "text":
            return f"{name}[{value}]" if nothing else f"'' if {value} is None else {name}[{value}]"
        kinds = {look.identity.split(" ")[0] for look in looks}
        if kinds == {"boolean"} and len(looks) == 1:
            yes, no = (repr(looks[0].fragment(v)) for v in (True, False))
            known = f"{yes} if {value} is True else {no} if {value} is False else "
            return f"{known}{absent} if {value} is None else {name}.of({value})"
        there = f"{name}[{value}] if type({value}) is str else "
        return f"{there}{absent} if {value} is None else {name}.of({value})"

    def _memo(self, looks: Sequence[_Look]) -> str:
        """Name of the cache for what follows from one value; equal ones are shared."""
        wanted = " | ".join(look.identity for look in looks)
        name = self.memos.get(wanted)
        if name is None:
            name = self.memos[wanted] = f"memo{len(self.memos)}"
            numbers = wanted.startswith(("long", "integer"))
            most = memo.MOST_NUMBERS if numbers else memo.MOST
            if "ip with place" in wanted or "element ip" in wanted or "array ip" in wanted:
                most = memo.MOST_ADDRESSES
            fragments = [look.fragment for look in looks]
            self.env[name] = memo.Memo(fragments, self.rejected, self.told, most)
        return name

    # Assembly: from the tree of members to one f-string

    def _put(self, name: str, unit: _Unit | None) -> None:
        if unit is None:
            return
        node = self.members
        *parents, leaf = name.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
            if not isinstance(node, dict):
                raise LogTypeError(f"{self.log_type.name}: {name} is below a field with a value")
        if isinstance(node.get(leaf), dict):
            raise LogTypeError(f"{self.log_type.name}: {name} has fields below it")
        node[leaf] = unit

    def _reduced(self, node: dict[str, Any], path: str) -> _Unit:
        """The one unit that gives all members of an object."""
        units: list[_Unit] = []
        for key, child in node.items():
            if isinstance(child, dict):
                unit = self._reduced(child, f"{path}_{key}")
                units.append(replace(unit, keys=(_json(key), *unit.keys)))
            else:
                units.append(child)
        units = list(self._fused(units))
        if not self.shape:
            units = self._sparse(units)
        if len(units) == 1:
            return units[0]
        texts = [_nested(unit) for unit in units if isinstance(unit, _Text)]
        rest = [unit for unit in units if not isinstance(unit, _Text)]
        names = "".join(f"{{{self._place(unit, path)}}}" for unit in rest)
        if texts:
            return _Text("".join(texts) + names)
        values = frozenset().union(*(self._values_of(unit) for unit in rest))
        return _Code(f"f'{names}'", values)

    def _fused(self, units: list[_Unit]) -> Iterator[_Unit]:
        """The units, those that follow from one value made one."""
        by_value: dict[str, list[_Look]] = {}
        for unit in units:
            if isinstance(unit, _Look):
                by_value.setdefault(unit.value, []).append(unit)
            else:
                yield unit
        for value, looks in by_value.items():
            fragments = [memo.wrapped(look.keys, look.fragment) for look in looks]
            name = " + ".join("".join((*look.keys, look.identity)) for look in looks)
            if len(looks) == 1:
                yield looks[0]
            else:
                yield _Look(value, name, memo.joined(fragments))

    def _sparse(self, units: list[_Unit]) -> list[_Unit]:
        """The units; many of one object's members made one, that goes over those that are there."""
        by_group: dict[str, list[_Look]] = {}
        for unit in units:
            if isinstance(unit, _Look) and unit.value in self.direct:
                by_group.setdefault(self.direct[unit.value][0], []).append(unit)
        for group, looks in by_group.items():
            plain = [k for k in looks if not any(k.fragment(v) for v in (None, ""))]
            if len(plain) < SPARSE:
                continue
            keyed = {}
            for look in plain:
                whole = replace(look, fragment=memo.wrapped(look.keys, look.fragment), keys=())
                whole = replace(whole, identity="".join((*look.keys, look.identity)))
                keyed[self.direct[look.value][1]] = self.env[self._memo([whole])]
            name = f"members{len(self.env)}"
            self.env |= {name: keyed, "sparse": memo.sparse}
            values = frozenset(look.value for look in plain)
            units = [unit for unit in units if unit not in plain]
            units.append(_Code(f"sparse({name}, {group}.__self__)", values))
        return units

    def _values_of(self, unit: _Unit) -> frozenset[str]:
        if isinstance(unit, _Look):
            return frozenset([unit.value])
        # What depends on no source value is computed after the blocks of all objects.
        return (unit.values if isinstance(unit, _Code) else None) or frozenset([""])

    def _group_for(self, values: frozenset[str]) -> str:
        """The block in which a unit can be computed: that of the object that has all its values."""
        groups = {self.group_of.get(value, "") for value in values}
        return groups.pop() if len(groups) == 1 else ""

    def _place(self, unit: _Unit, path: str) -> str:
        """Variable that holds a unit's fragment."""
        if isinstance(unit, _Look):
            whole = replace(
                unit,
                identity="".join((*unit.keys, unit.identity)),
                fragment=memo.wrapped(unit.keys, unit.fragment),
                keys=(),
            )
            variable = f"f{sum(map(len, self.looks.values()))}"
            self.looks.setdefault(unit.value, []).append((variable, whole))
            return variable
        assert isinstance(unit, _Code)
        if not unit.keys and unit.expression.isidentifier():
            return unit.expression
        if not unit.keys and unit.expression in self.computed:
            return self.computed[unit.expression]
        variable = f"c{len(self.computed)}"
        self.computed[unit.expression if not unit.keys else f"{unit.keys} {unit.expression}"] = variable
        lines = self.code[self._group_for(unit.values)]
        lines.append(f"{variable} = {unit.expression}")
        if unit.keys:
            inside = "".join(f",{key}:{{{{" for key in unit.keys).replace("{{,", "{{")
            closing = "}}" * len(unit.keys)
            lines += [
                f"if {variable}:",
                f"    {variable} = f'{inside}{{{variable}[1:]}}{closing}'",
            ]
        return variable

    def _source(self, start: list[str]) -> str:
        original = self._original()
        document = self._reduced(self.members, "")
        assert isinstance(document, _Text)
        ident = self._own_id()
        lines: list[str] = []
        if self.columns is None and not self.shape:
            lines.append("get = record.get if type(record) is dict else NONE")
        if self.transform is not None:
            self.env["transform"] = self.transform.transform
            self.env["COLUMNS"] = tuple(self.columns or ())
            record = "record" if self.columns is None else "dict(zip(COLUMNS, record))"
            call = f"transform({record}, extra)"
            if self.columns is None:  # a record that is no object has nothing to transform
                call = f"if type(record) is dict: {call}"
            lines += ["extra = {}", call]
        blocks = [name for name in self.reads if name]
        lines += self._reads("") + start + self._look_lines("")
        for block in blocks:
            lines += self._block(block)
        before, after = _split_at_original(self.code[""])
        lines += before + original + after
        lines += [
            "siem = f',\"siem\":{{{siem[1:]}}}' if siem else ''",
            f"document = f'{{{{\"@timestamp\":{{timestamp}}{document.text}{{siem}}}}}}'",
            f"return index, {ident}, document",
        ]
        head = [*self.head(), "    def normalize(record, raw, position, siem):"]
        body = [f"        {line}" for line in lines]
        return "\n".join([*head, *body, "", "    return normalize", ""])

    def head(self) -> list[str]:
        """Lines that set what all records of an object have in common."""
        kind = self.log_type
        zone = kind.time["timezone"]
        return [
            f'"""{kind.dataset}: {kind.description}"""',
            "",
            "def bind(context):",
            "    path = quote(f's3://{context.bucket}/{context.key}')",
            "    ingested = quote(context.ingested)",
            "    account = f',\"id\":{quote(context.account)}' if context.account else ''",
            "    region = f',\"region\":{quote(context.region)}' if context.region else ''",
            "    modified = reader('iso8601', 'UTC', 0)(context.modified)[0]",
            f"    own_index = INDICES[context.modified // {DAY}]",
            f"    read = reader({kind.time['format']!r}, {zone!r}, context.modified)",
            f"    times = Times(read, INDICES, rejected, own_index,"
            f" context.modified - {OLDEST}, context.modified + {NEWEST})",
            "    object_hash, key_account = context.object_hash, context.account",
            "",
        ]

    def _look_lines(self, group: str) -> list[str]:
        lines = []
        for value, looks in self.looks.items():
            if self.group_of.get(value, "") == group:
                targets = ", ".join(variable for variable, _ in looks)
                lines.append(f"{targets} = {self._look_up([k for _, k in looks], value)}")
        return lines

    def _reads(self, group: str) -> list[str]:
        """The lines that read values, without those that nothing asks for."""
        used = _words([line for code in self.code.values() for line in code]) | set(self.looks)
        used |= self.fixed
        return [
            line
            for line in self.reads[group]
            if not line.startswith("v") or line.split(" ", 1)[0] in used
        ]

    def _block(self, group: str) -> list[str]:
        """Lines that are run only where the object behind a getter is there."""
        lines = [*self._reads(group), *self._look_lines(group), *self.code[group]]
        values = [v for v, g in self.group_of.items() if g == group]
        used = {v for other, code in self.code.items() if other != group for v in _words(code)}
        absent = [f"{v} = " for v in values if v in used]
        fragments = [f"{n} = " for v in values for n, _ in self.looks.get(v, [])]
        fragments += [f"{c} = " for c in dict.fromkeys(w for w in map(_target, self.code[group]) if w)]
        out = [f"if {group} is {'None' if self.shape else 'NONE'}:"]
        out += [f"    {''.join(absent)}None"] if absent else []
        out += self._defaults(group, values, fragments)
        return [*out, "else:", *(f"    {line}" for line in lines)] if lines else []

    def _defaults(self, group: str, values: list[str], fragments: list[str]) -> list[str]:
        """What the variables of a block are where its object is not there."""
        lines = []
        for value in values:
            looks = self.looks.get(value, [])
            if looks and any(look.fragment(None) for _, look in looks):
                name = self._memo([look for _, look in looks])
                lines.append(f"    {', '.join(n for n, _ in looks)} = {name}.nothing")
                fragments = [f for f in fragments if f.removesuffix(" = ") not in dict(looks)]
        return [*lines, f"    {''.join(fragments)}''"] if fragments else lines or ["    pass"]

    def _own_id(self) -> str:
        default = "f'{object_hash}-{position}'"
        if self.log_type.id_fields == "content":
            return "content_id(key_account, record)"
        values = [
            self._value(path, "text", outside=True)
            for path in self.log_type.id_fields
            if not isinstance(path, str)
        ]
        if not values or None in values:
            return default
        return f"own_id(key_account, {', '.join(map(str, values))}) or {default}"


def _text_of_any(raw: Any) -> str:
    return raw if isinstance(raw, str) else str(raw, "utf-8", "replace")


def _text_of(raw: Any) -> str:
    """The text of a raw record; an error where it is no UTF-8, since the struct skips over it."""
    return raw if isinstance(raw, str) else str(raw, "utf-8")


def _array(key: str, elements: dict[str, int]) -> str:
    """Fragment of an array, from the distinct fragments of its elements."""
    text = "".join(elements)
    return f",{key}:[{text[1:]}]" if text else ""


def _split_at_original(lines: list[str]) -> tuple[list[str], list[str]]:
    """Lines before and after the first that needs to know whether anything was refused."""
    for position, line in enumerate(lines):
        if "{original}" in line:
            return lines[:position], lines[position:]
    return lines, []


def _words(lines: list[str]) -> set[str]:
    return {word for line in lines for word in WORD.findall(line)}


def _target(line: str) -> str:
    return line.split(" = ")[0] if " = " in line and not line.startswith((" ", "if ")) else ""


def _nested(unit: _Text) -> str:
    """The text inside the objects that its keys name."""
    if not unit.keys:
        return unit.text
    inside = "".join(f",{key}:{{{{" for key in unit.keys).replace("{{,", "{{")
    return f"{inside}{unit.text[1:]}{'}}' * len(unit.keys)}"


def _key(name: str) -> str:
    return _json(name.rsplit(".", 1)[-1])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _escaped(text: str) -> str:
    """A text as it stands in an f-string in single quotes."""
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("{", "{{").replace("}", "}}")


__all__ = ["Compiled", "Context", "Normalize", "compile_log_type", "compile_typed", "walk"]
