"""Reads a condition in DQL, the query language of Dashboards, as far as our dashboards use it.

    field: value    field: "a phrase"    field: (a or b)    field: *    field: pre*    field >= 5
    and    or    not    ( )

Refused, though Dashboards takes it: a value without a field, fields with a wildcard, nested { }.
https://docs.opensearch.org/latest/dashboards/dql/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from common.errors import DashboardError

TOKEN = re.compile(
    r'\s*(?:(?P<sign>[()]|<=|>=|<|>|:)|"(?P<phrase>(?:\\.|[^"\\])*)"|(?P<word>(?:\\.|[^\s():<>"\\])+))'
)
WORDS = ("and", "or", "not")


@dataclass(frozen=True, slots=True)
class Condition:
    """`field` against `value`, as it stands between quotes (`phrase`) or outside."""

    field: str
    sign: Literal[":", "<", ">", "<=", ">="]
    value: str
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What is not so."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts."""

    parts: tuple["Node", ...]


Node = Condition | Not | Every | Some
Token = tuple[str, str]  # "sign", "phrase", "word" or one of WORDS, and its text


def parse(text: str) -> Node:
    """The condition that a text is. Raises DashboardError."""
    tokens = _Tokens([*_tokens(text)])
    node = _some(tokens, "")
    if tokens.kind:
        raise DashboardError(f"where: unexpected {tokens.take()[1]!r}: {text}")
    return node


def conditions(node: Node) -> Iterator[Condition]:
    """All conditions in it."""
    match node:
        case Condition():
            yield node
        case Not(part):
            yield from conditions(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from conditions(part)


def _tokens(text: str) -> Iterator[Token]:
    place, text = 0, text.rstrip()
    while place < len(text):
        found = TOKEN.match(text, place)
        if not found or not found.lastgroup:
            raise DashboardError(f"where: cannot be read: {text[place:]}")
        kind, value = found.lastgroup, found[found.lastgroup]
        lower = value.lower()
        yield (lower, lower) if kind == "word" and lower in WORDS else (kind, value)
        place = found.end()


@dataclass(slots=True)
class _Tokens:
    left: list[Token]

    @property
    def kind(self) -> str:
        """The kind of the next token; a sign is its own kind; "" at the end."""
        if not self.left:
            return ""
        kind, value = self.left[0]
        return value if kind == "sign" else kind

    def take(self) -> Token:
        return self.left.pop(0) if self.left else ("", "end")

    def is_value(self) -> bool:
        """Whether the next word belongs to the value before it, as it is followed by no sign."""
        return self.kind == "word" and (
            len(self.left) == 1 or self.left[1][0] != "sign" or (self.left[1][1] in "()")
        )


def _some(tokens: _Tokens, field: str) -> Node:
    parts = [_every(tokens, field)]
    while tokens.kind == "or":
        tokens.take()
        parts.append(_every(tokens, field))
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _every(tokens: _Tokens, field: str) -> Node:
    parts = [_one(tokens, field)]
    while tokens.kind == "and":
        tokens.take()
        parts.append(_one(tokens, field))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _one(tokens: _Tokens, field: str) -> Node:
    """A negation, a group, or a condition; `field` is set inside the group of a field's values."""
    if tokens.kind == "not":
        tokens.take()
        return Not(_one(tokens, field))
    if tokens.kind == "(":
        tokens.take()
        node = _some(tokens, field)
        if tokens.take()[1] != ")":
            raise DashboardError("where: a parenthesis is not closed")
        return node
    return _value(tokens, field) if field else _condition(tokens)


def _condition(tokens: _Tokens) -> Node:
    kind, field = tokens.take()
    if kind != "word":
        raise DashboardError(f"where: expected a field, got: {field}")
    sign = tokens.take()[1]
    if sign == ":":
        return _one(tokens, field) if tokens.kind == "(" else _value(tokens, field)
    if sign not in ("<", ">", "<=", ">="):
        raise DashboardError(f"where: expected a colon after {field}, got: {sign}")
    kind, value = tokens.take()
    if kind not in ("word", "phrase"):
        raise DashboardError(f"where: expected a value of {field}, got: {value}")
    return Condition(field, sign, value, kind == "phrase")  # type: ignore[arg-type]


def _value(tokens: _Tokens, field: str) -> Node:
    kind, value = tokens.take()
    if kind == "phrase":
        return Condition(field, ":", re.sub(r"\\(.)", r"\1", value), True)
    if kind != "word":
        raise DashboardError(f"where: expected a value of {field}, got: {value}")
    while tokens.is_value():
        value += f" {tokens.take()[1]}"
    return Condition(field, ":", value)
