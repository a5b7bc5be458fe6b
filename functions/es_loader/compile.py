"""Compiles a log type into one straight-line Python function: record -> document.

The generated source (`siem log-types NAME --code`) reads each source value once, guards it where
nothing has told its type yet, and makes a tree of structs that is serialised in one go. Nothing is
interpreted per record.
"""

import importlib.util
import re
from collections.abc import Callable, Sequence
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
from es_loader.memo import DAY, Place
from es_loader.shape import Shape, document_struct
from es_loader.values import Block, Columns, Dict, Reader, Struct, Value, kinds

LOWERCASE = {"network.application", "network.protocol", "network.transport", "network.type"}
# Types whose values are texts in most records; of all others not named in shape.TYPES, any.
TEXTS = {"constant_keyword", "date", "ip", "keyword", "match_only_text", "text", "wildcard"}
KEYWORDS = TEXTS - {"date", "ip"}
NUMBERS = {"integer", "long"}
OLDEST, NEWEST = 400 * DAY, DAY

# (record, raw record, position, True where bytes were replaced) -> (index, id, JSON document)
Normalize = Callable[[Any, Any, int, bool | None], tuple[str, str, bytes]]
Locate = Callable[[str], Place]

encode = msgspec.json.Encoder().encode


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
    """A compiled log type. `bind(context)` gives the function for the records of one object.

    decode   raw JSON -> the record, of which only what the log type reads is built; None: records
             come from the log type's parser
    """

    log_type: LogType
    source: str
    bind: Callable[[Context], Normalize]
    decode: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class _Member:
    """What gives a member of the document.

    code      expression of its value
    nothing   what stands for "no value": None or ""
    always    there is always a value
    constant  it is the same for all records of an object
    block     where it can be computed, if it is of the values of one object only
    """

    code: str
    nothing: Any = None
    always: bool = False
    constant: bool = False
    block: Block | None = None


_Tree = dict[str, Any]  # key -> _Member or _Tree


def compile_log_type(
    log_type: LogType, columns: Sequence[str] | None = None, locate: Locate | None = None
) -> Compiled:
    """The compiled form of a log type.

    columns   names of the columns, for records that are lists of texts; None: records are objects
    locate    address -> its place; None: no database
    """
    reader = Dict() if columns is None else Columns(columns, _wanted(log_type))
    return _Writer(log_type, reader, locate).compiled()


def compile_typed(
    log_type: LogType, locate: Locate | None = None, unusual: frozenset[str] = frozenset()
) -> Compiled | None:
    """A second, faster form for JSON: it decodes straight into a struct of the values that are
    read, each of the type that it usually has. What does not fit raises msgspec.ValidationError,
    and the record goes the general way. None where a log type needs the whole record.

    unusual   source paths, as `values.path_text` writes them, whose values have other types too
    """
    if log_type.read.format != "json" or log_type.transform or log_type.id_fields == "content":
        return None
    shape = Shape.of(kinds(_wanted(log_type), unusual))
    return _Writer(log_type, Struct(shape), locate).compiled(shape) if shape else None


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


def _wanted(log_type: LogType) -> dict[Path_, set[str]]:
    """Every source path -> the types that its value should have."""
    wanted: dict[Path_, set[str]] = {}
    for name, source in log_type.mapping.items():
        kind = log_type.targets[name]
        kind = "text" if kind in TEXTS else kind if kind in NUMBERS | {"boolean"} else "any"
        for path in source.paths:
            wanted.setdefault(path, set()).add(kind)
    # A look-up, a time or an id takes what there is.
    others = [path for rule in log_type.lookups.values() for path in rule.source.paths]
    others += log_type.time["paths"]
    others += [path for path in log_type.id_fields if not isinstance(path, str)]
    for path in others:
        wanted.setdefault(path, {"text"})
    return wanted


class _Writer:
    """Writes the source of one log type and the environment that it runs in."""

    def __init__(self, log_type: LogType, reader: Reader, locate: Locate | None) -> None:
        self.log_type, self.reader, self.locate = log_type, reader, locate
        self.columns = reader.columns if isinstance(reader, Columns) else None
        self.transform = load_transform(log_type)
        self.refused: list[Any] = []
        self.lines: list[str] = []
        self.once: list[str] = []  # lines that run once for an object
        self.tree: _Tree = {}
        self.times: list[str] = []  # variables of the values that may tell the time
        self.named: dict[str, str] = {}  # expression -> variable that has its value
        self.addresses: dict[str, str] = {}  # variable of a value -> that of its address
        self.env: dict[str, Any] = {
            "_INDICES": memo.Indices(log_type.index_prefix, log_type.index),
            "_NO_VALUE": (None, *guard.NO_VALUE),
            "_Raw": msgspec.Raw,
            "_Times": memo.Times,
            "_content_id": identity.content_id,
            "_distinct": _distinct,
            "_dumps": orjson.dumps,
            "_encode": encode,
            "_find": _find,
            "_flow": flow.of,
            "_own_id": identity.own_id,
            "_reader": times.reader,
            "_refused": self.refused,
            "_text_of": _text_of if isinstance(reader, Struct) else _text_of_any,
        }

    def compiled(self, shape: Shape | None = None) -> Compiled:
        """Generates, compiles, and keeps the source."""
        source = self._source()
        self.env |= self.reader.env
        exec(compile(source, f"<{self.log_type.name}>", "exec"), self.env)
        decode = msgspec.json.Decoder(shape.struct).decode if shape else None
        return Compiled(self.log_type, source, self.env["bind"], decode)

    def _source(self) -> str:
        self._members()
        ident = self._own_id()
        document = self._object("document", self.tree)
        lines = []
        if self.transform is not None:
            self.env["_transform"] = self.transform.transform
            self.env["_COLUMNS"] = tuple(self.columns or ())
            call = "_transform(dict(zip(_COLUMNS, record)), extra)"
            if self.columns is None:  # a record that is no object has nothing to transform
                call = "if type(record) is dict: _transform(record, extra)"
            lines += ["extra = {}", call, "found = extra.get"]
        if isinstance(self.reader, Dict):
            lines.append("get = record.get if type(record) is dict else _nothing")
        lines += [*self.reader.record.code(), *self.lines]
        lines += [f"return index, {ident}, _encode({document.code})"]
        text = [*self._head(), *(f"    {line}" for line in self.once), ""]
        text += ["    def normalize(record, raw, position, repaired):"]
        text += [f"        {line}" for line in lines]
        return "\n".join([*text, "", "    return normalize", ""])

    def _head(self) -> list[str]:
        """Lines that set what all records of an object have in common."""
        kind = self.log_type
        zone = kind.time["timezone"]
        return [
            f'"""{kind.dataset}: {kind.description}"""',
            "",
            "def bind(context):",
            "    path = f's3://{context.bucket}/{context.key}'",
            "    ingested = context.ingested",
            "    account, region = context.account or None, context.region or None",
            "    modified = _reader('iso8601', 'UTC', 0)(context.modified)[0]",
            f"    own_index = _INDICES[context.modified // {DAY}]",
            f"    read = _reader({kind.time['format']!r}, {zone!r}, context.modified)",
            "    times = _Times(read, _INDICES, _refused, own_index,"
            f" context.modified - {OLDEST}, context.modified + {NEWEST})",
            "    object_hash, key_account = context.object_hash, context.account",
        ]

    # What the document has

    def _members(self) -> None:
        kind = self.log_type
        fixed = {
            "ecs.version": ecs.version(),
            "event.dataset": kind.dataset,
            "event.module": kind.vendor,
        } | dict(kind.constants)
        self._put("@timestamp", _Member("timestamp", always=True))
        for name, value in fixed.items():
            if name not in kind.mapping and name not in kind.lookups:
                self._put(name, _Member(self._constant(name, value), always=True, constant=True))
        self._put("event.ingested", _Member("ingested", always=True, constant=True))
        self._put("log.file.path", _Member("path", always=True, constant=True))
        self._put("log.offset", _Member("position", always=True))
        self._time()
        own = {"@timestamp"} | self._account()
        if kind.community_id:
            own.add("network.type")
        for entity in kind.geoip if self.locate else ():
            own.add(f"{entity}.ip")
            self._place(entity)
        for name, source in kind.mapping.items():
            if name not in own and name not in kind.lookups:
                self._put(name, self._mapped(name, source))
        for name, rule in kind.lookups.items():
            self._put(name, self._lookup(name, rule))
        if kind.community_id:
            self._flow()
        for flag in ("account_mismatch", "encoding_repaired", "time_source"):
            name = "repaired" if flag == "encoding_repaired" else flag
            self._put(f"siem.{flag}", _Member(name))
        self._original()

    def _put(self, name: str, member: _Member | None) -> None:
        if member is None:
            return
        node = self.tree
        *parents, leaf = name.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
            if not isinstance(node, dict):
                raise LogTypeError(f"{self.log_type.name}: {name} is below a field with a value")
        if isinstance(node.get(leaf), dict):
            raise LogTypeError(f"{self.log_type.name}: {name} has fields below it")
        node[leaf] = member

    def _constant(self, name: str, value: Any) -> str:
        variable = f"_{_word(name).upper()}"
        self.env[variable] = msgspec.Raw(encode(value))
        return variable

    def _time(self) -> None:
        reads = []
        for path in self.log_type.time["paths"]:
            if value := self.reader.value(path):
                look = "times[{}]" if value.kind in ("text", "column") else "times.of({})"
                self.times.append(value.name)
                reads.append(f"{look.format(value.name)} if {value.name} else None")
        if not self.log_type.time["paths"] and self.transform:
            reads = ["times.of(found('@timestamp'))"]
        if reads:
            self.lines += [f"time = {' or '.join(f'({read})' for read in reads)}"]
        self.lines += [
            "if time:" if reads else "if False:",
            "    timestamp, index = time" if reads else "    pass",
            "    time_source = None",
            "else:",
            "    timestamp, index, time_source = modified, own_index, 'object'",
        ]

    def _account(self) -> set[str]:
        """Account and region: those of the record, else of the key or envelope."""
        names = ("cloud.account.id", "cloud.region")
        for name, variable in zip(names, ("account", "region"), strict=True):
            source = self.log_type.mapping.get(name)
            own = self._mapped(name, source) if source else None
            code = variable
            if own:
                code = f"_{variable}"
                self.lines.append(f"{code} = {own.code} or {variable}")
            self._put(name, _Member(code))
        told = any(line.startswith("_account =") for line in self.lines)
        mismatch = "True if account and _account != account else None" if told else "None"
        self.lines.append(f"account_mismatch = {mismatch}")
        return set(names)

    def _original(self) -> None:
        """event.original; last, since it also keeps what the guards refused."""
        kind, columns = self.log_type, self.columns
        if kind.read.original or (columns is not None and not self._all_mapped()):
            self._put("event.original", _Member("_Raw(_dumps(_text_of(raw)))", always=True))
            if not isinstance(self.reader, Struct):
                self.lines += ["if _refused:", "    _refused.clear()"]
            return
        more = f" or len(record) != {len(columns)}" if columns is not None else ""
        self._fix(self.tree)
        self.lines += [
            "original = None",
            f"if _refused{more}:",
            "    _refused.clear()",
            "    original = _text_of(raw)",
        ]
        self._put("event.original", _Member("original"))

    def _fix(self, tree: _Tree, path: str = "") -> None:
        """Moves every expression into a variable, so that all guards have spoken."""
        for key, member in tree.items():
            if isinstance(member, dict):
                self._fix(member, f"{path}_{key}" if path else key)
            elif not member.code.isidentifier():
                tree[key] = self._named(f"{path}_{key}", member)

    def _all_mapped(self) -> bool:
        wanted = _wanted(self.log_type)
        return self.transform is not None or all((c,) in wanted for c in self.columns or ())

    def _flow(self) -> None:
        """network.community_id, and network.type."""
        mapping = self.log_type.mapping
        ends = ("source.ip", "destination.ip", "source.port", "destination.port")
        values = []
        for name in (*ends, "network.iana_number"):
            value = self.reader.value(mapping[name].paths[0]) if name in mapping else None
            code = value.name if value else "None"
            if value and name.endswith(".port"):
                code = self._named(name, self._single(name, value)).code
            values.append(code)
        if "None" in values[:2]:
            return
        self.lines.append(f"_network_type, _community_id = _flow({', '.join(values)})")
        self._put("network.type", _Member("_network_type"))
        self._put("network.community_id", _Member("_community_id"))

    # How a value becomes a member

    def _mapped(self, name: str, source: Source) -> _Member | None:
        """What gives a target's value; None where it can never have one."""
        values = [value for path in source.paths if (value := self.reader.value(path))]
        if not source.paths:
            self.reader.record.reads.append(f"_{_word(name)} = found({name!r})")
            values = [Value(f"_{_word(name)}", "any", self.reader.record)]
        if not values:
            return None
        if source.all:
            return self._array(name, values)
        members = [self._single(name, value) for value in values]
        if len(members) == 1:
            return replace(members[0], block=values[0].block)
        if self._kind(name) in KEYWORDS:  # 0 and false are values
            return _Member(" or ".join(m.code for m in members), members[-1].nothing)
        first = "".join(f"x if (x := {m.code}) is not None else " for m in members[:-1])
        return _Member(f"({first}{members[-1].code})")

    def _kind(self, name: str) -> str:
        """The type of a target as the guards know it."""
        kind = self.log_type.targets[name]
        if kind in ("object", "nested"):
            return name
        if name in LOWERCASE:
            return "lowercase"
        if kind not in guard.GUARDS:
            raise LogTypeError(f"{self.log_type.name}: no value can be mapped to: {name}")
        return kind

    def _guard(self, kind: str) -> guard.Guard:
        if kind == "lowercase":
            return guard.lowercase
        if kind in guard.GUARDS:
            return guard.GUARDS[kind]
        inner = f"{kind}."
        targets = self.log_type.targets.items()
        return guard.objects({k.removeprefix(inner): t for k, t in targets if k.startswith(inner)})

    def _memo(self, kind: str, array: bool = False) -> str:
        """Name of the cache of a guard."""
        name = f"_{'ARRAY_' if array else ''}{_word(kind).upper()}"
        if name not in self.env:
            check = self._guard(kind)
            most = memo.MOST_ADDRESSES if kind == "ip" else memo.MOST
            self.env[name] = memo.Memo(guard.array(check) if array else check, self.refused, most)
        return name

    def _single(self, name: str, value: Value) -> _Member:
        """The value of one source, guarded as far as needed."""
        kind, v = self._kind(name), value.name
        if kind == "ip" and value.kind != "any":
            return _Member(self._address(value))
        if kind in KEYWORDS and value.kind == "text":
            return _Member(v)
        if kind in KEYWORDS and value.kind == "column":
            return _Member(f"('' if {v} == '-' else {v})", "")
        if kind == value.kind:
            return _Member(v)
        if kind == "date" and self.log_type.time["format"] == "iso8601" and [v] == self.times:
            return _Member("(timestamp if time else None)")
        known = self._memo(kind)
        if kind in ("long", "integer") and value.kind == "column":
            digits = 19 if kind == "long" else 10
            return _Member(
                f"(int({v}) if {v}.isdecimal() and len({v}) < {digits} else {known}[{v}])"
            )
        if value.kind in ("text", "column"):
            return _Member(f"{known}[{v}]")
        bits = {"long": 63, "integer": 31}.get(kind)
        quick = f"{v}.__class__ is str and len({v}) > 1"
        if kind == "boolean":
            quick = f"{v} is True or {v} is False"
        elif bits:
            quick = f"{v}.__class__ is int and {v}.bit_length() < {bits}"
        elif kind not in KEYWORDS:
            return _Member(f"(None if {v} is None else {known}.of({v}))")
        return _Member(f"(None if {v} is None else {v} if {quick} else {known}.of({v}))")

    def _address(self, value: Value) -> str:
        """Variable of the IP address that a text or column is."""
        found = self.addresses.get(value.name)
        if found is None:
            found = self.addresses[value.name] = f"_{value.name}_ip"
            self.lines.append(f"{found} = {self._memo('ip')}[{value.name}]")
        return found

    def _place(self, entity: str) -> None:
        """An entity's address, place and network owner."""
        source = self.log_type.mapping[f"{entity}.ip"]
        assert self.locate
        if "_PLACES" not in self.env:
            self.env["_PLACES"] = memo.Places(guard.ip, self.locate, self.refused)
        values = [value for path in source.paths if (value := self.reader.value(path))]
        if not source.paths:
            values = [Value(f"found('{entity}.ip')", "any", self.reader.record)]
        if not values:
            return
        parts = [f"_{_word(entity)}_{part}" for part in ("ip", "geo", "as")]
        for number, value in enumerate(values):
            texts = value.kind in ("text", "column")
            look = f"_PLACES[{value.name}]" if texts else f"_PLACES.of({value.name})"
            indent = ""
            if number:
                self.lines.append(f"if not {parts[0]}:")
                indent = "    "
            self.lines.append(f"{indent}{', '.join(parts)} = {look}")
        if len(values) == 1 and values[0].kind in ("text", "column"):
            self.addresses.setdefault(values[0].name, parts[0])
        for part, name in zip(parts, ("ip", "geo", "as"), strict=True):
            self._put(f"{entity}.{name}", _Member(part))

    def _array(self, name: str, values: list[Value]) -> _Member:
        """An array of the distinct values of one or several sources."""
        kind = self._kind(name)
        scalars, lists = [], []
        for value in values:
            if value.kind == "any" or (value.kind == "list" and kind not in KEYWORDS):
                look = f"{self._memo(kind, array=True)}.of({value.name})"
                lists.append(f"(None if {value.name} is None else {look})")
            elif value.kind == "list":
                lists.append(value.name)
            else:
                scalars.append(self._single(name, value).code)
        if len(values) == 1 and lists:
            code = lists[0]
            if values[0].kind == "list" and kind in KEYWORDS:
                code = f"({code} if not {code} or len({code}) == 1 else _distinct([], [{code}]))"
            return _Member(code)
        names: list[str] = []
        for code in [*scalars, *lists]:
            if not code.isidentifier():
                self.lines.append(f"{(variable := f'_{_word(name)}_{len(names)}')} = {code}")
                code = variable
            names.append(code)
        if len(names) == 1:
            return _Member(f"([{names[0]}] if {names[0]} else None)")
        if len(names) == 2 and not lists:
            a, b = names
            both = f"[{a}, {b}] if {a} and {b} and {a} != {b}"
            return _Member(f"({both} else [{a} or {b}] if {a} or {b} else None)")
        single, many = ", ".join(names[: len(scalars)]), ", ".join(names[len(scalars) :])
        code = f"_distinct([{single}], [{many}]) if {' or '.join(names)} else None"
        if lists:
            return _Member(f"({code})")
        every = ", ".join(f"{n}: 0" for n in names)
        return _Member(f"([*{{{every}}}] if {' and '.join(names)} else {code})")

    def _lookup(self, name: str, rule: Lookup) -> _Member | None:
        """A value table: the first source whose value is in it decides."""
        values = [v for path in rule.source.paths if (v := self.reader.value(path))]
        default = other = "None"
        if rule.default is not None:
            default = other = self._constant(f"{name} default", rule.default)
        if rule.other is not None:
            other = self._constant(f"{name} other", rule.other)
        if not values:
            always = default != "None"
            return _Member(default, always=always, constant=always) if always else None
        looks = []
        for value in values:
            table = f"_{_word(name).upper()}_{value.kind.upper()}"
            self.env[table] = _table(rule, value.kind)
            quick = f"{table}.get({value.name})"
            if value.kind in ("any", "list"):
                quick = (
                    f"({quick} if {value.name}.__class__ is str else _find({table}, {value.name}))"
                )
            looks.append(quick)
        code = " or ".join(looks)
        if other != default:
            nothing = " and ".join(f"{value.name} in _NO_VALUE" for value in values)
            code += f" or ({default} if {nothing} else {other})"
        elif default != "None":
            code += f" or {default}"
        return _Member(f"({code})", always="None" not in (default, other))

    def _own_id(self) -> str:
        default = "f'{object_hash}-{position}'"
        if self.log_type.id_fields == "content":
            return "_content_id(key_account, record)"
        values = [self.reader.value(p) for p in self.log_type.id_fields if not isinstance(p, str)]
        if not values or None in values:
            return default
        return f"_own_id(key_account, {', '.join(v.name for v in values if v)}) or {default}"

    # Assembly: from the tree of members to structs in structs

    def _object(self, path: str, tree: _Tree) -> _Member:
        """The one member that is the object of all members of a tree."""
        members: dict[str, _Member] = {}
        for key, member in tree.items():
            inner = f"{path}_{_word(key)}" if path != "document" else _word(key)
            members[key] = self._object(inner, member) if isinstance(member, dict) else member
        always = any(member.always for member in members.values())
        if not always:
            members = {key: self._named(f"{path}_{key}", m) for key, m in members.items()}
        name = f"_{''.join(part.title() for part in path.split('_'))}"
        while name in self.env:
            name += "_"
        self.env[name] = document_struct(name, {key: m.nothing for key, m in members.items()})
        code = f"{name}({', '.join(member.code for member in members.values())})"
        if all(member.constant for member in members.values()):
            self.once.append(f"_{path} = _Raw(_encode({code}))")
            return _Member(f"_{path}", always=True, constant=True)
        if always:
            return _Member(code, always=True)
        there = " or ".join(
            m.code if m.nothing == "" else f"{m.code} is not None" for m in members.values()
        )
        blocks = {member.block for member in members.values()}
        block = blocks.pop() if len(blocks) == 1 else None
        return self._named(path, _Member(f"{code} if {there} else None", block=block))

    def _named(self, name: str, member: _Member) -> _Member:
        """The member as a variable."""
        if member.code.isidentifier():
            return member
        variable = self.named.get(member.code)
        if variable is None:
            variable = f"_{_word(name)}"
            while variable in self.named.values():
                variable += "_"
            self.named[member.code] = variable
            if member.block and member.block.condition:
                member.block.set(variable, member.code)
            else:
                self.lines.append(f"{variable} = {member.code}")
        return replace(member, code=variable)


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name, flags=re.ASCII)


def _table(rule: Lookup, kind: str) -> dict[Any, msgspec.Raw]:
    """The table of a look-up, keyed by the texts of values, or by values that are no texts."""
    table: dict[Any, msgspec.Raw] = {}
    for key, value in rule.table.items():
        raw = msgspec.Raw(encode(value))
        if kind == "boolean":
            if key in ("true", "false"):
                table[key == "true"] = raw
        elif kind in ("long", "integer"):
            if key.lstrip("-").isdecimal():
                table[int(key)] = raw
        else:
            table[key] = raw
    return table


def _find(table: dict[Any, msgspec.Raw], value: Any) -> msgspec.Raw | None:
    """What a table has for a value that is no text."""
    if type(value) is list:
        value = value[0] if value else None
    if value is True or value is False:
        value = "true" if value else "false"
    return table.get(str(value)) if value is not None else None


def _distinct(values: list[Any], lists: list[list[Any] | None]) -> list[Any]:
    """The distinct values, in order, without those that are none."""
    found = dict.fromkeys(value for value in values if value)
    for inner in lists:
        if inner:
            found |= dict.fromkeys(inner)
    return list(found)


def _text_of_any(raw: Any) -> str:
    return raw if isinstance(raw, str) else str(raw, "utf-8", "replace")


def _text_of(raw: Any) -> str:
    """The text of a raw record; an error where it is no UTF-8, since the struct skips over it."""
    return raw if isinstance(raw, str) else str(raw, "utf-8")


__all__ = ["Compiled", "Context", "Normalize", "compile_log_type", "compile_typed"]
