"""The structs between JSON and a log type's code: what is read of a record, and the document.

A record is decoded straight into a struct that has only the values that are read, each with the
type that it usually has; whatever does not fit raises msgspec.ValidationError. A document is a tree
of structs that leave out members without a value.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from es_loader.guard import INTEGER, LONG
from es_loader.log_type import Path_

# What a value usually is. A text of one character may be "-", which is no value, so it does not
# fit either.
TYPES: dict[str, Any] = {
    "text": Annotated[str, msgspec.Meta(min_length=2)] | None,
    "long": Annotated[int, msgspec.Meta(ge=-LONG, le=LONG - 1)] | None,
    "integer": Annotated[int, msgspec.Meta(ge=-INTEGER, le=INTEGER - 1)] | None,
    "boolean": bool | None,
    "any": Any,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The struct that a JSON object is decoded into, and those inside it.

    attributes   key of the object -> attribute of the struct
    kinds        key -> name in TYPES, of values
    inner        key -> shape of the object there, or of the elements of the list there
    lists        keys whose value is a list
    """

    struct: type[msgspec.Struct]
    attributes: Mapping[str, str]
    kinds: Mapping[str, str]
    inner: Mapping[str, "Shape"]
    lists: frozenset[str]

    @classmethod
    def of(cls, kinds: Mapping[Path_, str]) -> "Shape | None":
        """The shape that has these paths, "*" standing for every element; None where a value has
        members that are read too, or an element is named by its place."""
        members: dict[str, dict[Path_, str]] = {}
        for path, kind in kinds.items():
            if not isinstance(path[0], str) or path[0] == "*":
                return None
            members.setdefault(path[0], {})[path[1:]] = kind
        types: dict[str, Any] = {}
        inner: dict[str, Shape] = {}
        lists = set()
        for key, paths in members.items():
            if () in paths and len(paths) == 1:
                types[key] = TYPES[paths[()]]
                continue
            if any(path[:1] == ("*",) for path in paths):
                lists.add(key)
                if not all(path[:1] == ("*",) for path in paths):
                    return None
                paths = {path[1:]: kind for path, kind in paths.items()}
                if () in paths and len(paths) == 1:
                    types[key] = _list_of(TYPES[paths[()]])
                    continue
            if () in paths or (shape := cls.of(paths)) is None:
                return None
            inner[key] = shape
            types[key] = _list_of(shape.struct) if key in lists else shape.struct | None
        attributes = attribute_names(members)
        struct = msgspec.defstruct(
            "Record",
            [(attributes[key], types[key], None) for key in members],
            rename={attributes[key]: key for key in members},
            gc=False,
        )
        values = {key: paths[()] for key, paths in members.items() if () in paths}
        return cls(struct, attributes, values, inner, frozenset(lists))

    def at(self, path: Path_) -> "Shape":
        """The shape of the object, or of the elements of the list, at a path."""
        return self.inner[str(path[0])].at(path[1:]) if path else self


def _list_of(kind: Any) -> Any:
    return list[kind] | None


def document_struct(name: str, members: Mapping[str, Any]) -> type[msgspec.Struct]:
    """A struct with these members in this order. `members`: key -> what stands for "no value" there
    (None, or the empty text); a member that is just this object is left out of the JSON."""
    attributes = attribute_names(members)
    return msgspec.defstruct(
        name,
        [(attributes[key], Any, nothing) for key, nothing in members.items()],
        rename={attribute: key for key, attribute in attributes.items()},
        omit_defaults=True,
        gc=False,
    )


def attribute_names(keys: Iterable[str]) -> dict[str, str]:
    """key -> name of an attribute that is like it."""
    names: dict[str, str] = {}
    taken = set()
    for key in keys:
        name = "m_" + re.sub(r"\W", "_", key, flags=re.ASCII)
        while name in taken:
            name += "_"
        taken.add(name)
        names[key] = name
    return names
