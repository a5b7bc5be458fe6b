"""Writes the function of one log type: what every document has, and the tree of its members."""

import importlib.util
from types import ModuleType
from typing import Any

import orjson
from msgspec import Raw

from common import ecs
from common.errors import LogTypeError
from es_loader import guard, identity, memo, origin, times
from es_loader.compile.columns import picker, replaced
from es_loader.compile.members import Locate, Member, Members, encode, word
from es_loader.compile.shape import document_struct
from es_loader.compile.values import Columns, Dict, Reader, Struct, Value, wanted
from es_loader.enrich import agent, flow, threat_lists
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.log_type import THREAT, LogType
from es_loader.origin import NOWHERE, Origin

OLDEST, NEWEST = 400 * memo.DAY, memo.DAY

_Tree = dict[str, Any]  # key -> Member or _Tree


class Writer:
    """Writes the source of one log type and the environment that it runs in."""

    def __init__(
        self,
        log_type: LogType,
        reader: Reader,
        locate: Locate | None,
        lists: ThreatLists | None = None,
    ) -> None:
        self.log_type, self.reader, self.locate, self.lists = log_type, reader, locate, lists
        self.columns = reader.columns if isinstance(reader, Columns) else None
        self.transform = load_transform(log_type)
        self.members = Members(log_type, reader)
        self.lines = self.members.lines
        self.once: list[str] = []  # lines that run once for an object
        self.tree: _Tree = {}
        self.env = self.members.env | {
            "_NOWHERE": NOWHERE,
            "_INDICES": memo.Indices(log_type.index_prefix, log_type.index),
            "_Raw": Raw,
            "_Times": memo.Times,
            "_content_id": identity.content_id,
            "_dumps": orjson.dumps,
            "_encode": encode,
            "_flow": flow.of,
            "_own_id": identity.own_id,
            "_reader": times.reader,
            "_refused": self.members.refused,
            "_text_of": _text_of if isinstance(reader, Struct) else _text_of_any,
        }

    def names(self) -> dict[str, Any]:
        """What the source runs in; after `source`."""
        return self.env | self.members.env | self.reader.env

    def source(self) -> str:
        """The module whose `bind(context)` gives the function for the records of an object."""
        self._fill()
        ident = self._own_id()
        document = self._object("document", self.tree)
        lines = []
        if self.transform is not None:
            self.env["_transform"] = self.transform.transform
            lines.append("extra = {}")
            if self.columns is not None:
                columns = tuple(self.columns)
                self.env |= {"_pick": picker(self.transform, columns), "_COLUMNS": columns}
                self.env["_replaced"] = replaced
                lines.append("if changed := _transform(_pick(record), extra):")
                lines.append("    record = _replaced(_COLUMNS, record, changed)")
            else:  # a record that is no object has nothing to transform
                lines.append(
                    "if type(record) is dict: record = _transform(record, extra) or record"
                )
            lines.append("found = extra.get")
        if isinstance(self.reader, Dict):
            lines.append("get = record.get if type(record) is dict else _nothing")
        lines += [*self.reader.record.code(), *self.lines]
        lines += [f"return index, {ident}, _encode({document.code})"]
        text = [*self._head(), *(f"    {line}" for line in self.once), ""]
        text += ["    def normalize(record, raw, position, repaired, origin=_NOWHERE):"]
        text += [f"        {', '.join(Origin._fields)} = origin"]
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
            f"    own_index = _INDICES[context.modified // {memo.DAY}]",
            f"    read = _reader({kind.time['format']!r}, {zone!r}, context.modified)",
            f"    span = context.modified - {OLDEST}, context.modified + {NEWEST}",
            "    times = _Times(read, _INDICES, _refused, own_index, *span)",
            "    sent = _Times(_reader('iso8601', 'UTC', 0), _INDICES, _refused, own_index, *span)",
            "    object_hash, key_account = context.object_hash, context.account",
        ]

    # What the document has

    def _fill(self) -> None:
        kind = self.log_type
        fixed = {
            "ecs.version": ecs.version(),
            "event.dataset": kind.dataset,
            "event.module": kind.vendor,
        } | dict(kind.constants)
        self._put("@timestamp", Member("timestamp", always=True))
        for name, value in fixed.items():
            if name not in kind.mapping and name not in kind.lookups:
                self._put(
                    name, Member(self.members.constant(name, value), always=True, constant=True)
                )
        self._put("event.ingested", Member("ingested", always=True, constant=True))
        self._put("log.file.path", Member("path", always=True, constant=True))
        self._put("log.offset", Member("position", always=True))
        for name, member in origin.fields(kind.mapping).items():
            self._put(name, Member(member))
        self._time()
        own = {"@timestamp"} | self._account()
        if kind.community_id:
            own.add("network.type")
        for entity in kind.geoip if self.locate else ():
            own.add(f"{entity}.ip")
            self._place(entity)
        for name, source in kind.mapping.items():
            if name not in own and name not in kind.lookups:
                self._put(name, self.members.mapped(name, source))
        self._agent()
        for name, rule in kind.lookups.items():
            self._put(name, self.members.lookup(name, rule))
        if kind.community_id:
            self._flow()
        if self.lists:
            self._threats(self.lists)
        for flag in ("account_mismatch", "encoding_repaired", "time_source"):
            name = "repaired" if flag == "encoding_repaired" else flag
            self._put(f"siem.{flag}", Member(name))
        self._original()

    def _put(self, name: str, member: Member | None) -> None:
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

    def _time(self) -> None:
        reads = []
        for path in self.log_type.time["paths"]:
            if value := self.reader.value(path):
                look = "times[{}]" if value.kind in ("text", "column") else "times.of({})"
                self.members.times.append(value.name)
                reads.append(f"{look.format(value.name)} if {value.name} else None")
        if not self.log_type.time["paths"] and self.transform:
            reads = ["times.of(found('@timestamp'))"]
        self.lines += [
            f"if time := {' or '.join(f'({read})' for read in reads) or None}:",
            "    (timestamp, index), time_source = time, None",
            "elif moment and (time := sent.of(moment)):",
            "    (timestamp, index), time_source = time, 'envelope'",
            "else:",
            "    timestamp, index, time_source = modified, own_index, 'object'",
        ]

    def _account(self) -> set[str]:
        """Account and region: those of the record, else of the key or envelope."""
        names = ("cloud.account.id", "cloud.region")
        for name, variable in zip(names, ("account", "region"), strict=True):
            source = self.log_type.mapping.get(name)
            own = self.members.mapped(name, source) if source else None
            code = variable
            if own:
                code = self.members.fresh(variable)
                self.lines.append(f"{code} = {own.code} or {variable}")
            self._put(name, Member(code))
        code = self.tree["cloud"]["account"]["id"].code
        mismatch = "None"
        if code != "account":
            mismatch = f"True if account and {code} != account else None"
        self.lines.append(f"account_mismatch = {mismatch}")
        return set(names)

    def _original(self) -> None:
        """event.original; last, since it also keeps what the guards refused."""
        kind, columns = self.log_type, self.columns
        if kind.read.original or (columns is not None and not self._all_mapped()):
            self._put("event.original", Member("_Raw(_dumps(_text_of(raw)))", always=True))
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
        self._put("event.original", Member("original"))

    def _fix(self, tree: _Tree, path: str = "") -> None:
        """Moves every expression into a variable, so that all guards have spoken."""
        for key, member in tree.items():
            if isinstance(member, dict):
                self._fix(member, f"{path}_{key}" if path else key)
            elif not member.code.isidentifier():
                tree[key] = self.members.variable(f"{path}_{key}", member)

    def _all_mapped(self) -> bool:
        known = wanted(self.log_type)
        return self.transform is not None or all((c,) in known for c in self.columns or ())

    def _flow(self) -> None:
        """network.community_id, and network.type."""
        mapping = self.log_type.mapping
        ends = ("source.ip", "destination.ip", "source.port", "destination.port")
        values = []
        for name in (*ends, "network.iana_number"):
            paths = mapping[name].paths if name in mapping else ()
            value = self.reader.value(paths[0]) if paths else None
            code = value.name if value else "None"
            if name in mapping and not paths:
                code = f"found({name!r})"
            if value and name.endswith(".port"):
                code = self.members.variable(name, self.members.single(name, value)).code
            values.append(code)
        if "None" in values[:2]:
            return
        parts = [self.members.fresh(name) for name in ("network.type", "network.community_id")]
        self.lines.append(f"{', '.join(parts)} = _flow({', '.join(values)})")
        self._put("network.type", Member(parts[0]))
        self._put("network.community_id", Member(parts[1]))

    def _place(self, entity: str) -> None:
        """An entity's address, place and network owner."""
        source = self.log_type.mapping[f"{entity}.ip"]
        assert self.locate
        if "_PLACES" not in self.env:
            self.env["_PLACES"] = memo.Places(guard.ip, self.locate, self.members.refused)
        values = [value for path in source.paths if (value := self.reader.value(path))]
        if not source.paths:
            values = [Value(f"found('{entity}.ip')", "any", self.reader.record)]
        if not values:
            return
        parts = [self.members.fresh(f"{entity}_{part}") for part in ("ip", "geo", "as")]
        for number, value in enumerate(values):
            texts = value.kind in ("text", "column")
            look = f"_PLACES[{value.name}]" if texts else f"_PLACES.of({value.name})"
            indent = ""
            if number:
                self.lines.append(f"if not {parts[0]}:")
                indent = "    "
            self.lines.append(f"{indent}{', '.join(parts)} = {look}")
        if len(values) == 1 and values[0].kind in ("text", "column"):
            self.members.addresses.setdefault(values[0].name, parts[0])
        for part, name in zip(parts, ("ip", "geo", "as"), strict=True):
            self._put(f"{entity}.{name}", Member(part))

    def _threats(self, lists: ThreatLists) -> None:
        """What lists of bad addresses and domains say; the fields that a log type maps itself get
        both."""
        refused, kind = self.members.refused, self.log_type
        looks = dict.fromkeys((f"{entity}.ip" for entity in kind.geoip), "_LISTED_ADDRESSES")
        if lists.has_domains:
            looks |= dict.fromkeys(kind.domains, "_LISTED_DOMAINS")
        listed = {}  # field -> variable of what is listed of it
        for name, look in looks.items():
            if member := self._member(name):
                member = self.members.variable(name, member)
                self._put(name, member)
                listed[name] = self.members.fresh(f"{name}_listed")
                self.lines.append(f"{listed[name]} = {look}.of({member.code})")
        if not listed:
            return
        self.env |= {
            "_BOTH": threat_lists.both,
            "_ENRICHMENTS": threat_lists.enrichments,
            "_LISTED_ADDRESSES": memo.Memo(lists.find_addresses, refused, memo.MOST_ADDRESSES),
            "_LISTED_DOMAINS": memo.Memo(lists.find_domains, refused),
            "_NOT_LISTED": threat_lists.NOT_LISTED,
        }
        parts = {name: self.members.fresh(name) for name in THREAT}
        call = f"_ENRICHMENTS({tuple(listed)!r}, ({', '.join(listed.values())},))"
        targets, some = ", ".join(parts.values()), " or ".join(listed.values())
        self.lines.append(f"{targets} = {call} if {some} else _NOT_LISTED")
        for name, part in parts.items():
            own = self._member(name)
            if name in kind.targets:
                self._put(name, Member(f"_BOTH({own.code}, {part})" if own else part))

    def _member(self, name: str) -> Member | None:
        """What gives a field its value, where something does."""
        node: Any = self.tree
        for key in name.split("."):
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, Member) else None

    def _agent(self) -> None:
        """What user_agent.original says."""
        user_agent = self.tree.get("user_agent")
        if not isinstance(user_agent, dict) or "original" not in user_agent:
            return
        original = self.members.variable("user_agent.original", user_agent["original"])
        user_agent["original"] = original
        self.env["_AGENTS"] = memo.Memo(agent.of, self.members.refused)
        self.env["_NO_AGENT"] = agent.UNKNOWN
        parts = [self.members.fresh(f"agent_{part}") for part in agent.MEMBERS]
        header = original.code
        look = f"(_AGENTS[{header}] if {header}.__class__ is str else None) or _NO_AGENT"
        self.lines.append(f"{', '.join(parts)} = {look}")
        for part, name in zip(parts, agent.MEMBERS, strict=True):
            if name not in user_agent:
                self._put(f"user_agent.{name}", Member(part))

    def _own_id(self) -> str:
        default = "f'{object_hash}-{position}'"
        if self.log_type.id_fields == "content":
            return "_content_id(key_account, record)"
        values = [self.reader.value(p) for p in self.log_type.id_fields if not isinstance(p, str)]
        if not values or None in values:
            return default
        return f"_own_id(key_account, {', '.join(v.name for v in values if v)}) or {default}"

    # Assembly: from the tree of members to structs in structs

    def _object(self, path: str, tree: _Tree) -> Member:
        """The one member that is the object of all members of a tree."""
        members: dict[str, Member] = {}
        for key, member in tree.items():
            inner = f"{path}_{word(key)}" if path != "document" else word(key)
            members[key] = self._object(inner, member) if isinstance(member, dict) else member
        always = any(member.always for member in members.values())
        if not always:
            members = {key: self.members.variable(f"{path}_{key}", m) for key, m in members.items()}
        name = f"_{''.join(part.title() for part in path.split('_'))}"
        while name in self.env:
            name += "_"
        self.env[name] = document_struct(name, {key: m.nothing for key, m in members.items()})
        code = f"{name}({', '.join(member.code for member in members.values())})"
        if all(member.constant for member in members.values()):
            self.once.append(f"_{path} = _Raw(_encode({code}))")
            return Member(f"_{path}", always=True, constant=True)
        if always:
            return Member(code, always=True)
        there = " or ".join(
            m.code if m.nothing == "" else f"{m.code} is not None" for m in members.values()
        )
        blocks = {member.block for member in members.values()}
        block = blocks.pop() if len(blocks) == 1 else None
        return self.members.variable(path, Member(f"{code} if {there} else None", block=block))


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


def _text_of_any(raw: Any) -> str:
    return raw if isinstance(raw, str) else str(raw, "utf-8", "replace")


def _text_of(raw: Any) -> str:
    """The text of a raw record; an error where it is no UTF-8, since the struct skips over it."""
    return raw if isinstance(raw, str) else str(raw, "utf-8")
