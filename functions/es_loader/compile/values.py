"""Writes the code that reads a record's values: each source path once, into a variable.

There are three kinds of records: a struct (JSON that was decoded into a `Shape`), a dict (JSON in
general), and a list of texts (columns). A variable is named after its path.
"""

import keyword
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from es_loader.compile.shape import Shape
from es_loader.log_type import LogType, Path_, view_of
from es_loader.origin import Origin
from es_loader.views import view

# Types whose values are texts in most records; of all others not named in shape.TYPES, any.
TEXTS = {"constant_keyword", "date", "ip", "keyword", "match_only_text", "text", "wildcard"}
NUMBERS = {"integer", "long"}
# Names that the code uses for itself.
RESERVED = frozenset(
    {"account", "account_mismatch", "context", "dict", "e", "ee", "eee", "extra", "found", "get"}
    | {"index", "ingested", "int", "key_account", "len", "list", "modified", "o", "object_hash"}
    | {"origin", "original", "own_index", "path", "position", "raw", "record", "region"}
    | {"repaired", "sent", "str", "time", "time_source", "times", "timestamp", "type", "x", "zip"}
    | set(Origin._fields)
)


@dataclass(slots=True, eq=False)
class Block:
    """Code that runs only where an object of the record is there; elsewhere its variables are None.

    condition   "" for the record itself
    """

    condition: str
    reads: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    inner: list["Block"] = field(default_factory=list)

    def set(self, name: str, code: str) -> None:
        """Adds a variable that is computed from the values of this object."""
        self.lines.append(f"{name} = {code}")
        self.names.append(name)

    def code(self) -> list[str]:
        """The lines of this block and those inside it."""
        body = [*self.reads, *(line for block in self.inner for line in block.code()), *self.lines]
        if not self.condition:
            return body
        nothing = [f"    {' = '.join(names)} = None"] if (names := self.all_names()) else []
        other = ["else:", *nothing] if nothing else []
        return [f"if {self.condition}:", *(f"    {line}" for line in body or ["pass"]), *other]

    def all_names(self) -> list[str]:
        """The variables of this block and those inside it."""
        return [*self.names, *(name for block in self.inner for name in block.all_names())]


@dataclass(frozen=True, slots=True)
class Value:
    """A variable, and what is known of it.

    kind   name in shape.TYPES: of this type, or None; "any": whatever JSON can hold
           "column": a text, "" where the column is not there, perhaps "-"
           "list": a list of texts without empty ones, or None
    block  where it is read
    """

    name: str
    kind: str
    block: Block


class Reader:
    """The values of one kind of records; `record` is the code that reads them. `none`: texts that
    stand for no value."""

    def __init__(self, none: Sequence[str] = ()) -> None:
        self.record = Block("")
        self.none = none
        self.env: dict[str, Any] = {"_NONE": frozenset(none), "_given": given(none)} if none else {}
        self._values: dict[Path_, Value] = {}
        self._taken = set(RESERVED)
        self._objects: dict[Path_, tuple[str, Block]] = {}

    def value(self, path: Path_) -> Value | None:
        """The value at a source path; None where the record can have none there."""
        found = self._values.get(path)
        if found is None and (shown := view_of(path)):
            if inner := self.value(path[:-1]):
                name, call = self._name(path), f"_view_{shown}"
                self.env[call] = view(shown)
                inner.block.reads.append(f"{name} = {call}({inner.name})")
                inner.block.names.append(name)
                found = self._values[path] = Value(name, "any", inner.block)
        elif found is None and (read := self._read(path)):
            expression, kind, block = read
            if self.none and kind == "text":
                expression = f"(None if (x := {expression}) in _NONE else x)"
            elif self.none and kind == "column":
                expression = f"('' if {expression} in _NONE else {expression})"
            elif self.none and kind == "any":
                expression = f"_given({expression})"
            name = expression
            if not expression.isidentifier():
                name = self._name(path)
                block.reads.append(f"{name} = {expression}")
                block.names.append(name)
            found = self._values[path] = Value(name, kind, block)
        return found

    def _read(self, path: Path_) -> tuple[str, str, Block] | None:
        """(expression, kind, block) of the value at a path."""
        raise NotImplementedError

    def _object(self, path: Path_) -> tuple[str, Block]:
        """(expression of the object at a path, or of its getter, block where it is there)."""
        found = self._objects.get(path)
        if found is None:
            outer, block = self._object(path[:-1])
            name = self._name(path)
            inner = self._inner(name, outer, path)
            block.inner.append(inner)
            found = self._objects[path] = (name, inner)
        return found

    def _inner(self, name: str, outer: str, path: Path_) -> Block:
        """The block of the object at a path, which sets `name`."""
        raise NotImplementedError

    def _name(self, path: Path_) -> str:
        # A name that begins with "_" is one of the code's own.
        name = re.sub(r"\W+", "_", "_".join(map(str, path)), flags=re.ASCII).strip("_")
        if not name or name[0].isdigit() or keyword.iskeyword(name):
            name = f"v_{name}"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


class Columns(Reader):
    """Values of records that are lists of texts."""

    def __init__(
        self, columns: Sequence[str], wanted: Iterable[Path_], none: Sequence[str] = ()
    ) -> None:
        super().__init__(none)
        self.columns = columns
        used = {path[0] for path in wanted if len(path) == 1}
        names = [self._name((name,)) if name in used else "_" for name in columns]
        self._by_name = dict(zip(columns, names, strict=True))
        self.record.reads.append(f"{', '.join(names)}, *_ = record" if names else "pass")

    def _read(self, path: Path_) -> tuple[str, str, Block] | None:
        name = self._by_name.get(str(path[0])) if len(path) == 1 else None
        return (name, "column", self.record) if name and name != "_" else None


class Struct(Reader):
    """Values of records that are structs."""

    def __init__(self, shape: Shape, none: Sequence[str] = ()) -> None:
        super().__init__(none)
        self.shape = shape
        self._objects[()] = ("record", self.record)

    def _read(self, path: Path_) -> tuple[str, str, Block]:
        star = path.index("*") if "*" in path else len(path)
        outer, block = self._object(path[: star - 1])
        shape = self.shape.at(path[: star - 1])
        read = f"{outer}.{shape.attributes[str(path[star - 1])]}"
        if star == len(path):
            return read, shape.kinds[str(path[-1])], block
        loops, element = self._elements(
            path[star + 1 :], shape.at(path[star - 1 : star]), read, "e"
        )
        there = f"(x := {element}){' and x not in _NONE' if self.none else ''}"
        return f"[x for {loops} if {there}] or None if {read} else None", "list", block

    def _inner(self, name: str, outer: str, path: Path_) -> Block:
        attribute = self.shape.at(path[:-1]).attributes[str(path[-1])]
        return Block(f"({name} := {outer}.{attribute}) is not None")

    def _elements(self, rest: Path_, shape: Shape, read: str, name: str) -> tuple[str, str]:
        """(loops of a comprehension, its element) for what lies below a list."""
        loops = f"{name} in {read} or ()"
        if not rest:
            return loops, name
        star = rest.index("*") if "*" in rest else len(rest)
        at = name
        for key in rest[: star - 1]:
            at = f"({at}.{shape.attributes[str(key)]} or {self._absent(shape.at((key,)))})"
            shape = shape.at((key,))
        at = f"{at}.{shape.attributes[str(rest[star - 1])]}"
        if star == len(rest):
            return loops, at
        inner = shape.at((rest[star - 1],))
        more, element = self._elements(rest[star + 1 :], inner, at, f"{name}e")
        return f"{loops} for {more}", element

    def _absent(self, shape: Shape) -> str:
        """Name of the struct that stands for an object that is not there."""
        for name, known in self.env.items():
            if type(known) is shape.struct:
                return name
        name = f"_ABSENT_{len(self.env)}"
        self.env[name] = shape.struct()
        return name


class Dict(Reader):
    """Values of records that are dicts; an object stands here for its method `get`."""

    def __init__(self, none: Sequence[str] = ()) -> None:
        super().__init__(none)
        self.env |= {"_nothing": {}.get, "_walk": walk}
        self._objects[()] = ("get", self.record)

    def _read(self, path: Path_) -> tuple[str, str, Block]:
        plain = next((n for n, k in enumerate(path) if type(k) is int or k == "*"), len(path))
        if not plain:
            return f"_walk(record, {path!r})", "any", self.record
        get, block = self._object(path[: plain - 1])
        read = f"{get}({path[plain - 1]!r})"
        rest = path[plain:]
        return (f"_walk(o, {rest!r}) if (o := {read}) else None" if rest else read), "any", block

    def _inner(self, name: str, outer: str, path: Path_) -> Block:
        block = Block(f"(o := {outer}({path[-1]!r})).__class__ is dict")
        block.reads.append(f"{name} = o.get")
        return block


def walk(value: Any, path: Path_) -> Any:
    """The value at a path with list positions or "*": every element; None where there is none."""
    for depth, key in enumerate(path):
        if value is None:
            return None
        if key == "*":
            if type(value) is not list:
                return None
            rest = path[depth + 1 :]
            if len(rest) == 1 and type(rest[0]) is str and rest[0] != "*":
                (name,) = rest
                every = [item.get(name) for item in value if type(item) is dict]
                if list not in map(type, every):
                    return [item for item in every if item is not None] or None
            found: list[Any] = []
            for item in value:
                inner = walk(item, rest)
                if type(inner) is list:
                    found += inner
                elif inner is not None:
                    found.append(inner)
            return found or None
        if type(key) is int:
            value = value[key] if type(value) is list and key < len(value) else None
        else:
            value = value.get(key) if type(value) is dict else None
    return value


def given(none: Sequence[str]) -> Callable[[Any], Any]:
    """What makes of a value None where it is one of these texts, and of a list what is none."""

    def find(value: Any) -> Any:
        if type(value) is list:
            return [item for item in value if type(item) is not str or item not in none] or None
        return None if type(value) is str and value in none else value

    return find


def wanted(log_type: LogType) -> dict[Path_, set[str]]:
    """Every source path -> the types that its value should have."""
    found: dict[Path_, set[str]] = {}
    for name, source in log_type.mapping.items():
        kind = "any" if source.sum else log_type.targets[name]
        kind = "text" if kind in TEXTS else kind if kind in NUMBERS | {"boolean"} else "any"
        for path in source.paths:
            if not view_of(path):
                found.setdefault(path, set()).add(kind)
    # A view, a look-up, a time or an id takes what there is.
    others = [path for each in log_type.mapping.values() for path in each.paths if view_of(path)]
    others += [path for rule in log_type.lookups.values() for path in rule.source.paths]
    others += log_type.time["paths"]
    others += [path for path in log_type.id_fields if not isinstance(path, str)]
    for path in others:
        found.setdefault(path[:-1] if view_of(path) else path, {"text"})
    return found


def kinds(found: Mapping[Path_, set[str]], unusual: frozenset[str]) -> dict[Path_, str]:
    """path -> name in shape.TYPES. `found`: as `wanted` finds them; `unusual`:
    paths, as `path_text` writes them, where a value of another type was seen."""
    return {
        path: next(iter(types)) if len(types) == 1 and path_text(path) not in unusual else "any"
        for path, types in found.items()
    }


def path_text(path: Path_) -> str:
    """A path as msgspec writes it in its errors, without the leading `$`."""
    return "".join("[...]" if key == "*" else f".{key}" for key in path)
