"""Reads one type of the AWS provider out of its generated JavaScript bindings.

The bindings spell out each attribute (`// name - computed: b, optional: b, required: b`), the type
in its getter, and blocks in `synthesizeHclAttributes`; what they lose is put back in build_schema.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Type = Any  # Terraform's JSON form of a type: "string", or ["list", Type] ...

UNROLLED = 2  # how often a block within itself is spelled out (statements of wafv2)

CLASS = re.compile(r"^class (\w+) extends cdk\w+\.(\w+) \{$", re.MULTILINE)
ATTRIBUTE = re.compile(
    r"^    // (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n"
    r"(?P<body>(?:    (?!// ).*\n){1,10})",
    re.MULTILINE,
)
MADE = re.compile(r'= new (?:\w+\.)?(\w+)\(this, "\w+"(?:, (true|false))?\)')
GOT = re.compile(r"return (.*?)this\.(get\w+Attribute|interpolationForAttribute)\('")
SYNTHESIS = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}", re.M | re.S)
ENTRY = re.compile(
    r"^\s+(\w+): \{\n\s+value: (.*),\n\s+isBlock: (true|false),\n"
    r"\s+type: \"(\w+)\",\n\s+storageClassType: \"(\w+)\",",
    re.MULTILINE,
)
MAPPED = re.compile(r"Hcl\((?:\w+\.)?\w+ToHclTerraform, (true|false)\)")
CONTAINERS = {"ComplexList": "list", "MapList": "maplist", "ComplexMap": "map"}

GETTERS: Mapping[str, Type] = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
    "getStringMapAttribute": ["map", "string"],
    "getNumberMapAttribute": ["map", "number"],
    "getBooleanMapAttribute": ["map", "bool"],
    "getAnyMapAttribute": ["map", "string"],
    "interpolationForAttribute": "dynamic",
}
WRAPPERS: Mapping[str, Type] = {
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "AnyMap": ["map", "string"],
    "StringListMap": ["map", ["list", "string"]],
    "StringMapList": ["list", ["map", "string"]],
    "NumberListMap": ["map", ["list", "number"]],
}


@dataclass(frozen=True, slots=True)
class Entry:
    """How an attribute is written as HCL."""

    value: str
    is_block: bool
    kind: str
    storage: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute; `made` is the class that holds it, else `getter` says its type."""

    computed: bool
    optional: bool
    required: bool
    write_only: bool
    made: str
    made_as_set: bool
    getter: str
    getter_of_set: bool


class Bindings:
    """The classes of one lib/<type>/index.js."""

    def __init__(self, source: str) -> None:
        found = [(m.start(), m[1], m[2]) for m in CLASS.finditer(source)]
        self.text = {name: source[at : source.find("\n}\n", at) + 3] for at, name, _ in found}
        self.parent = {name: parent for _, name, parent in found}
        self.entries = {m[1].lower(): entries(m[2]) for m in SYNTHESIS.finditer(source)}

    def attributes(self, name: str) -> dict[str, Attribute]:
        """Return the attributes of a class by name; raises ValueError for a form not known here."""
        found = {}
        for match in ATTRIBUTE.finditer(self.text[name]):
            body = match["body"]
            made, got = MADE.search(body), GOT.search(body)
            if made and got and got.start() < made.start():
                made = None
            if not (made or got):
                raise ValueError(f"{name}.{match[1]}: {body!r}")
            found[match[1]] = Attribute(
                computed=match[2] == "true",
                optional=match[3] == "true",
                required=match[4] == "true",
                write_only="Write-only:" in body,
                made=made[1] if made else "",
                made_as_set=bool(made and made[2] == "true"),
                getter="" if made or not got else got[2],
                getter_of_set=bool(not made and got and "Fn.tolist(" in got[1]),
            )
        return found

    def item(self, name: str) -> tuple[str, str]:
        """Return what a complex class is (object, list, maplist, map), and its items' class."""
        parent = self.parent[name]
        if parent == "ComplexObject":
            return "object", name
        made = re.search(r"return new (?:\w+\.)?(\w+)\(", self.text[name])
        if not made:
            raise ValueError(f"{name} makes nothing")
        return CONTAINERS[parent], made[1]

    def type_of(self, attribute: Attribute) -> Type:
        """Return the type of an attribute that is no block."""
        if attribute.made:
            return self._made_type(attribute.made, attribute.made_as_set)
        got = GETTERS[attribute.getter]
        return ["set", got[1]] if attribute.getter_of_set else got

    def _made_type(self, name: str, as_set: bool = False) -> Type:
        if name in WRAPPERS:
            return WRAPPERS[name]
        container, item = self.item(name)
        if self.parent[item] == "ComplexObject":
            members = self.attributes(item).items()
            inner: Type = ["object", {key: self.type_of(each) for key, each in members}]
        else:
            inner = self._made_type(item)
        if container == "object":
            return inner
        return ["set" if as_set and container == "list" else container, inner]

    def block(self, name: str, written: Mapping[str, Entry], above: tuple[str, ...] = ()) -> Json:
        """Return the schema of a class; `above`: the classes that it is nested in."""
        attributes: Json = {}
        blocks: Json = {}
        above += (name,)
        for key, attribute in self.attributes(name).items():
            entry = written.get(key)
            if not entry or not attribute.made or attribute.made in WRAPPERS or not block(entry):
                attributes[key] = self._attribute(attribute)
                continue
            container, item = self.item(attribute.made)
            if above.count(item) < UNROLLED:
                inner = self.entries[item.removesuffix("OutputReference").lower()]
                blocks[key] = nested(
                    entry, container, attribute.required, self.block(item, inner, above)
                )
        schema = {"attributes": attributes, "block_types": blocks}
        return {key: each for key, each in schema.items() if each}

    def _attribute(self, attribute: Attribute) -> Json:
        flags = ("required", "optional", "computed", "write_only")
        return {
            "type": self.type_of(attribute),
            **{flag: True for flag in flags if getattr(attribute, flag)},
        }


def entries(body: str) -> dict[str, Entry]:
    """Return how each attribute in the body of a synthesis is written."""
    return {m[1]: Entry(m[2], m[3] == "true", m[4], m[5]) for m in ENTRY.finditer(body)}


def block(entry: Entry) -> bool:
    """Return whether the attribute is written as a block."""
    mapped = MAPPED.search(entry.value)
    return mapped[1] == "true" if mapped else entry.is_block


def nested(entry: Entry, container: str, required: bool, inner: Json) -> Json:
    """Return the schema of a nested block."""
    mode = {"struct": "single"}.get(entry.kind, entry.kind)
    made: Json = {"nesting_mode": mode, "block": inner}
    if required:
        made["min_items"] = 1
    if container == "object" and mode in ("list", "set"):
        made["max_items"] = 1
    if required and mode == "single":
        made["max_items"] = 1
    return made
