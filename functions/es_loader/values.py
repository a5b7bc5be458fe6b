"""Writes the code that reads a record's values: each source path once, into a variable.

There are three kinds of records: a struct (JSON that was decoded into a `Shape`), a dict (JSON in
general), and a list of texts (columns). A variable is named after its path.
"""

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from es_loader.log_type import Path_
from es_loader.shape import Shape

# Names that the code uses for itself.
RESERVED = frozenset(
    "record raw position siem time timestamp index account region modified context path original"
    " found extra get ingested times key_account object_hash own_index time_source repaired"
    " account_mismatch o x e ee eee dict int len list str type zip".split()
)


@dataclass(frozen=True, slots=True)
class Value:
    """A variable, and what is known of it.

    kind   name in shape.TYPES: of this type, or None; "any": whatever JSON can hold
           "column": a text, "" where the column is not there, perhaps "-"
           "list": a list of texts without empty ones, or None
    """

    name: str
    kind: str


class Reader:
    """The values of one kind of records; `lines` is the code that reads them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.env: dict[str, Any] = {}
        self._values: dict[Path_, Value] = {}
        self._taken = set(RESERVED)

    def value(self, path: Path_) -> Value | None:
        """The value at a source path; None where the record can have none there."""
        found = self._values.get(path)
        if found is None and (read := self._read(path)):
            expression, kind = read
            if expression.isidentifier():
                found = Value(expression, kind)
            else:
                found = Value(self._name(path), kind)
                self.lines.append(f"{found.name} = {expression}")
            self._values[path] = found
        return found

    def _read(self, path: Path_) -> tuple[str, str] | None:
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

    def __init__(self, columns: Sequence[str], wanted: Iterable[Path_]) -> None:
        super().__init__()
        self.columns = columns
        used = {path[0] for path in wanted if len(path) == 1}
        names = [self._name((name,)) if name in used else "_" for name in columns]
        self._by_name = dict(zip(columns, names, strict=True))
        self.lines.append(f"{', '.join(names)}, *_ = record" if names else "pass")

    def _read(self, path: Path_) -> tuple[str, str] | None:
        name = self._by_name.get(str(path[0])) if len(path) == 1 else None
        return (name, "column") if name and name != "_" else None


class Struct(Reader):
    """Values of records that are structs."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self._objects: dict[Path_, str] = {(): "record"}

    def _read(self, path: Path_) -> tuple[str, str]:
        star = path.index("*") if "*" in path else len(path)
        outer = self._object(path[: star - 1])
        shape = self.shape.at(path[: star - 1])
        read = f"{outer}.{shape.attributes[str(path[star - 1])]}"
        if star == len(path):
            return read, shape.kinds[str(path[-1])]
        loops, element = self._elements(path[star + 1 :], shape.at(path[star - 1 : star]), read, "e")
        return f"[x for {loops} if (x := {element})] if {read} else None", "list"

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

    def _object(self, path: Path_) -> str:
        found = self._objects.get(path)
        if found is None:
            outer = self._object(path[:-1])
            attribute = self.shape.at(path[:-1]).attributes[str(path[-1])]
            found = self._objects[path] = self._name(path)
            absent = self._absent(self.shape.at(path))
            self.lines.append(f"{found} = {outer}.{attribute} or {absent}")
        return found

    def _absent(self, shape: Shape) -> str:
        """Name of the struct that stands for an object that is not there."""
        for name, known in self.env.items():
            if type(known) is shape.struct:
                return name
        name = f"_ABSENT_{len(self.env)}"
        self.env[name] = shape.struct()
        return name


class Dict(Reader):
    """Values of records that are dicts; `extra` is what the log type's transform found."""

    def __init__(self) -> None:
        super().__init__()
        self.env = {"_nothing": {}.get, "_walk": walk}
        self._objects: dict[Path_, str] = {(): "get"}

    def _read(self, path: Path_) -> tuple[str, str]:
        plain = next((n for n, k in enumerate(path) if type(k) is int or k == "*"), len(path))
        if not plain:
            return f"_walk(record, {path!r})", "any"
        read = f"{self._object(path[: plain - 1])}({path[plain - 1]!r})"
        rest = path[plain:]
        return (f"_walk({read}, {rest!r})" if rest else read), "any"

    def _object(self, path: Path_) -> str:
        found = self._objects.get(path)
        if found is None:
            outer = self._object(path[:-1])
            found = self._objects[path] = f"get_{self._name(path)}"
            self.lines.append(
                f"{found} = o.get if type(o := {outer}({path[-1]!r})) is dict else _nothing"
            )
        return found


def walk(value: Any, path: Path_) -> Any:
    """The value at a path with list positions or "*": every element; None where there is none."""
    for depth, key in enumerate(path):
        if value is None:
            return None
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
    return value


def kinds(wanted: Mapping[Path_, set[str]], unusual: frozenset[str]) -> dict[Path_, str]:
    """path -> name in shape.TYPES. `wanted`: the types that the path's readers want; `unusual`:
    paths, as `path_text` writes them, where a value of another type was seen."""
    return {
        path: next(iter(types)) if len(types) == 1 and path_text(path) not in unusual else "any"
        for path, types in wanted.items()
    }


def path_text(path: Path_) -> str:
    """A path as msgspec writes it in its errors, without the leading `$`."""
    return "".join("[...]" if key == "*" else f".{key}" for key in path)
