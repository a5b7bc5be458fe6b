"""Writes the code that makes a member of the document of one or several source values.

A value whose type is known is taken as it is; any other is guarded: in place for what it usually
is, else by a cache of what the guard said.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from common import ecs
from common.errors import LogTypeError
from es_loader import guard, memo
from es_loader.compile.values import TEXTS, Block, Reader, Value
from es_loader.log_type import LogType, Lookup, Source

LOWERCASE = {"network.application", "network.protocol", "network.transport", "network.type"}
KEYWORDS = TEXTS - {"date", "ip"}
OBJECTS = {"nested", "object"}

Locate = Callable[[str], memo.Place]

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Member:
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


class Members:
    """Makes members; `lines` is the code that computes what several of them, or several objects of
    the record, are made of, and `env` what that code uses."""

    def __init__(self, log_type: LogType, reader: Reader) -> None:
        self.log_type, self.reader = log_type, reader
        self.refused: list[Any] = []
        self.lines: list[str] = []
        self.times: list[str] = []  # variables of the values that may tell the time
        self.named: dict[str, str] = {}  # expression -> variable that has its value
        self.addresses: dict[str, str] = {}  # variable of a value -> that of its address
        self.taken: set[str] = set()
        self.env: dict[str, Any] = {
            "_NO_VALUE": (None, *guard.NO_VALUE),
            "_add": guard.add,
            "_distinct": _distinct,
            "_find": _find,
        }

    def mapped(self, name: str, source: Source) -> Member | None:
        """What gives a target's value; None where it can never have one."""
        values = [value for path in source.paths if (value := self.reader.value(path))]
        if not source.paths:
            variable = self.fresh(name)
            self.reader.record.reads.append(f"{variable} = found({name!r})")
            values = [Value(variable, "any", self.reader.record)]
        if not values:
            return None
        if source.sum:
            names = ", ".join(value.name for value in values)
            return Member(f"_add({names})") if len(values) == len(source.paths) else None
        if source.all:
            return self._array(name, values)
        if name in ecs.arrays() and self.log_type.targets[name] not in OBJECTS:
            return Member(" or ".join(self._array(name, [value]).code for value in values))
        members = [self.single(name, value) for value in values]
        if len(members) == 1:
            return replace(members[0], block=values[0].block)
        if self._kind(name) in KEYWORDS:  # 0 and false are values
            return Member(" or ".join(m.code for m in members), members[-1].nothing)
        first = "".join(f"x if (x := {m.code}) is not None else " for m in members[:-1])
        return Member(f"({first}{members[-1].code})")

    def _kind(self, name: str) -> str:
        """The type of a target as the guards know it."""
        kind = self.log_type.targets[name]
        if kind in OBJECTS:
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
        return object_guard(self.log_type, kind)

    def _memo(self, kind: str, array: bool = False) -> str:
        """Name of the cache of a guard."""
        name = f"_{'ARRAY_' if array else ''}{word(kind).upper()}"
        if name not in self.env:
            check = self._guard(kind)
            most = memo.MOST_ADDRESSES if kind == "ip" else memo.MOST
            self.env[name] = memo.Memo(guard.array(check) if array else check, self.refused, most)
        return name

    def single(self, name: str, value: Value) -> Member:
        """The value of one source, guarded as far as needed."""
        kind, v = self._kind(name), value.name
        if kind == "ip" and value.kind != "any":
            return Member(self._address(value))
        if kind in KEYWORDS and value.kind == "text":
            return Member(v)
        if kind in KEYWORDS and value.kind == "column":
            return Member(f"('' if {v} == '-' else {v})", "")
        if kind == value.kind:
            return Member(v)
        if kind == "date" and self.log_type.time["format"] == "iso8601" and [v] == self.times:
            return Member("(timestamp if time else None)")
        known = self._memo(kind)
        if kind in ("long", "integer") and value.kind == "column":
            digits = 19 if kind == "long" else 10
            return Member(
                f"(int({v}) if {v}.isdecimal() and len({v}) < {digits} else {known}[{v}])"
            )
        if value.kind in ("text", "column"):
            return Member(f"{known}[{v}]")
        bits = {"long": 63, "integer": 31}.get(kind)
        quick = f"{v}.__class__ is str and len({v}) > 1"
        if kind == "boolean":
            quick = f"{v} is True or {v} is False"
        elif bits:
            quick = f"{v}.__class__ is int and {v}.bit_length() < {bits}"
        elif kind not in KEYWORDS:
            return Member(f"(None if {v} is None else {known}.of({v}))")
        return Member(f"(None if {v} is None else {v} if {quick} else {known}.of({v}))")

    def _address(self, value: Value) -> str:
        """Variable of the IP address that a text or column is."""
        found = self.addresses.get(value.name)
        if found is None:
            found = self.addresses[value.name] = self.fresh(f"{value.name}_ip")
            self.lines.append(f"{found} = {self._memo('ip')}[{value.name}]")
        return found

    def _array(self, name: str, values: list[Value]) -> Member:
        """An array of the distinct values of one or several sources."""
        kind = self._kind(name)
        codes, lists = [], False
        for value in values:
            if value.kind == "any" or (value.kind == "list" and kind not in KEYWORDS):
                look = f"{self._memo(kind, array=True)}.of({value.name})"
                codes.append(f"(None if {value.name} is None else {look})")
            elif value.kind == "list":
                codes.append(value.name)
            else:
                codes.append(self.single(name, value).code)
                continue
            lists = True
        if len(values) == 1 and lists:
            code = codes[0]
            if values[0].kind == "list" and kind in KEYWORDS:
                code = f"({code} if not {code} or len({code}) == 1 else _distinct([{code}]))"
            return Member(code)
        names = [
            code if code.isidentifier() else self.variable(name, Member(code)).code
            for code in codes
        ]
        if len(names) == 1:
            return Member(f"([{names[0]}] if {names[0]} else None)")
        if len(names) == 2 and not lists:
            a, b = names
            both = f"[{a}, {b}] if {a} and {b} and {a} != {b}"
            return Member(f"({both} else [{a} or {b}] if {a} or {b} else None)")
        code = f"_distinct([{', '.join(names)}]) if {' or '.join(names)} else None"
        if lists:
            return Member(f"({code})")
        every = ", ".join(f"{n}: 0" for n in names)
        return Member(f"([*{{{every}}}] if {' and '.join(names)} else {code})")

    def lookup(self, name: str, rule: Lookup) -> Member | None:
        """A value table: the first source whose value is in it decides."""
        values = [v for path in rule.source.paths if (v := self.reader.value(path))]
        default = other = "None"
        if rule.default is not None:
            default = other = self.constant(f"{name} default", rule.default)
        if rule.other is not None:
            other = self.constant(f"{name} other", rule.other)
        if not values:
            always = default != "None"
            return Member(default, always=always, constant=always) if always else None
        looks = []
        for value in values:
            table = f"_{word(name).upper()}_{value.kind.upper()}"
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
        return Member(f"({code})", always="None" not in (default, other))

    def constant(self, name: str, value: Any) -> str:
        variable = f"_{word(name).upper()}"
        self.env[variable] = msgspec.Raw(encode(value))
        return variable

    def fresh(self, name: str) -> str:
        """Name of a new variable."""
        variable = f"_{word(name)}"
        while variable in self.taken:
            variable += "_"
        self.taken.add(variable)
        return variable

    def variable(self, name: str, member: Member) -> Member:
        """The member as a variable."""
        if member.code.isidentifier():
            return member
        variable = self.named.get(member.code)
        if variable is None:
            variable = self.named[member.code] = self.fresh(name)
            if member.block and member.block.condition:
                member.block.set(variable, member.code)
            else:
                self.lines.append(f"{variable} = {member.code}")
        return replace(member, code=variable)


def object_guard(log_type: LogType, name: str) -> guard.Guard:
    """The guard of a target whose values are objects."""
    inner = f"{name}."
    targets = log_type.targets.items()
    return guard.objects({k.removeprefix(inner): t for k, t in targets if k.startswith(inner)})


def word(name: str) -> str:
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


def _distinct(values: list[Any]) -> list[Any]:
    """The distinct values, and those of the lists among them, in order, without those that are
    none."""
    found: dict[Any, None] = {}
    for value in values:
        if value.__class__ is list:
            found |= dict.fromkeys(value)
        elif value:
            found[value] = None
    return list(found)
