"""What a SQL statement does, by its first words."""

import re
from functools import lru_cache
from typing import NamedTuple

LONGEST = 4096  # characters in which the first word stands, behind comments
HEAD = 20  # characters that most statements have their first two words in
WORDS = re.compile(
    r"(?:[\s(;]++|/\*.*?\*/|--[^\n]*+(?:\n|$)|\#[^\n]*+(?:\n|$))*+([A-Za-z]+)(?:\s+([A-Za-z]+))?",
    re.DOTALL,
)
READS = (
    *("call", "desc", "describe", "do", "exec", "execute", "explain", "fetch", "help", "select"),
    *("show", "table", "use", "values", "with"),
)
CHANGES = (
    *("alter", "analyze", "copy", "delete", "import", "insert", "load", "merge", "optimize"),
    *("reindex", "rename", "repair", "replace", "truncate", "update", "vacuum"),
)
TYPES = {
    **dict.fromkeys(READS, "access"),
    **dict.fromkeys(CHANGES, "change"),
    **dict.fromkeys(("create", "install"), "creation"),
    **dict.fromkeys(("drop", "uninstall"), "deletion"),
}
PRINCIPALS = {"group": "group", "password": "user", "role": "group", "user": "user"}


class Statement(NamedTuple):
    """The first word in capitals, "" where there is none; ECS event.category and event.type."""

    verb: str
    category: list[str]
    type: list[str]


def statement(text: str) -> Statement:
    """What a statement does. Its lists are shared: not to be changed."""
    return _of_head(text[:HEAD]) or _of(WORDS.match(text[:LONGEST]))


@lru_cache(4096)
def _of_head(head: str) -> Statement | None:
    """What a statement does that begins like this; None where only more of it tells."""
    found = WORDS.match(head)
    decided = found and (len(head) < HEAD or head[found.end() :].strip())
    return _of(found) if decided else None


def _of(found: re.Match[str] | None) -> Statement:
    return _statement(found[1].lower(), (found[2] or "").lower()) if found else _statement("", "")


@lru_cache(1024)
def _statement(verb: str, second: str) -> Statement:
    if verb in ("grant", "revoke"):
        return Statement(verb.upper(), ["database", "iam"], ["change", "user"])
    kind = "change" if verb == "set" and second == "password" else TYPES.get(verb, "info")
    if second in PRINCIPALS and kind in ("change", "creation", "deletion"):
        return Statement(verb.upper(), ["database", "iam"], [kind, PRINCIPALS[second]])
    return Statement(verb.upper(), ["database"], [kind])
