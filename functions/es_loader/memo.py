"""Bounded caches from a value to the fragments of a document that follow from it."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from es_loader import times
from es_loader.guard import Encoder

# A cache is emptied when it is full: no bookkeeping per look-up, and constant memory.
MOST = 4096
MOST_ADDRESSES = 24_576
MOST_NUMBERS = 65_536
LONGEST = 512

# value -> fragment: `,"key":json` or "" for no value
Fragment = Callable[[Any], str]


class Memo(dict[Any, Any]):
    """value -> its fragment, or a tuple of fragments where it has several places in a document.

    Look texts up by `memo[value]`; anything else goes by `of`, which caches texts and booleans
    only, since True, 1 and 1.0 are one key. With `told`, a value that a typed field refuses is not cached, so
    that each record that has it can tell.
    """

    __slots__ = ("fragments", "most", "nothing", "rejected", "told")

    def __init__(
        self, fragments: Sequence[Fragment], rejected: list[Any], told: bool, most: int
    ) -> None:
        self.fragments, self.rejected, self.told, self.most = fragments, rejected, told, most
        self.nothing = self.other(None)

    def __missing__(self, value: Any) -> Any:
        if value is None:
            self[None] = self.nothing
            return self.nothing
        before = len(self.rejected)
        found = self.other(value)
        if len(value) <= LONGEST and not (self.told and len(self.rejected) > before):
            if len(self) >= self.most:
                self.clear()
            self[value] = found
        return found

    def of(self, value: Any) -> Any:
        """What belongs to a value of any type."""
        if type(value) is str:
            return self[value]
        if value is True or value is False:
            if value not in self:
                self[value] = self.other(value)
            return self[value]
        return self.nothing if value is None else self.other(value)

    def other(self, value: Any) -> Any:
        """What belongs to a value of any type, not cached."""
        if len(self.fragments) == 1:
            return self.fragments[0](value)
        return tuple([fragment(value) for fragment in self.fragments])


class Times(dict[Any, Any]):
    """value -> (JSON text of the time, index name) for one object; None for what is no time.

    A time far from LastModified does not choose the index: a wrong clock would make an index of
    its own for each record.
    """

    __slots__ = ("indices", "newest", "oldest", "own", "read", "rejected")

    def __init__(
        self,
        read: times.Reader,
        indices: "Indices",
        rejected: list[Any],
        own: str,
        oldest: int,
        newest: int,
    ) -> None:
        self.read, self.indices, self.rejected = read, indices, rejected
        self.own, self.oldest, self.newest = own, oldest, newest

    def __missing__(self, value: Any) -> Any:
        found = self.other(value)
        if found:
            if len(self) >= MOST:
                self.clear()
            self[value] = found
        return found

    def of(self, value: Any) -> Any:
        """What belongs to a value of any type."""
        return self[value] if type(value) is str else self.other(value)

    def other(self, value: Any) -> Any:
        """What belongs to a value of any type, not cached."""
        moment = self.read(value)
        if moment is None:
            if value is not None and value != "" and value != "-":
                self.rejected.append(value)
            return None
        text, at = moment
        near = self.oldest <= at <= self.newest
        return text, self.indices[at // 86_400_000] if near else self.own


class Indices(dict[int, str]):
    """day number -> index name."""

    __slots__ = ("kind", "prefix")

    def __init__(self, prefix: str, kind: str) -> None:
        self.prefix, self.kind = prefix, kind

    def __missing__(self, day: int) -> str:
        if len(self) >= MOST:
            self.clear()
        name = self[day] = f"{self.prefix}-{times.period(self.kind, day * 86_400_000)}"
        return name


def member(key: str, encode: Encoder, rejected: list[Any]) -> Fragment:
    """Fragment of a member; what its type refuses is told to `rejected`. `key` is JSON text."""
    prefix = f",{key}:"

    def fragment(value: Any) -> str:
        text = encode(value)
        if text is None:
            rejected.append(value)
            return ""
        return prefix + text if text else ""

    return fragment


def followed(fragment: Fragment, suffix: Callable[[str], str]) -> Fragment:
    """The fragment, and after it what the first text of the value brings with it."""

    def both(value: Any) -> str:
        text = fragment(value)
        if not text:
            return ""
        values = value if type(value) is list else [value]
        return text + next((s for v in values if type(v) is str and (s := suffix(v))), "")

    return both


def wrapped(keys: Sequence[str], fragment: Fragment) -> Fragment:
    """The fragment inside objects, outermost key first; keys are JSON texts."""
    if not keys:
        return fragment
    before, after = "".join(f",{key}:{{" for key in keys).replace("{,", "{"), "}" * len(keys)

    def inside(value: Any) -> str:
        text = fragment(value)
        return f"{before}{text[1:]}{after}" if text else ""

    return inside


def joined(fragments: Sequence[Fragment]) -> Fragment:
    """Several fragments of one value, one after the other."""
    return lambda value: "".join([fragment(value) for fragment in fragments])


def sparse(memos: dict[str, Memo], members: dict[str, Any]) -> str:
    """Fragments of those members of an object that have a cache."""
    text = ""
    for key, value in members.items():
        memo = memos.get(key)
        if memo is not None:
            text += memo[value] if type(value) is str else memo.of(value)
    return text


def strings(prefix: str, values: Any) -> str:
    """Fragment of an array, if the value is a list of nothing but texts."""
    if type(values) is list and set(map(type, values)) == {str}:
        return prefix + str(orjson.dumps(values), "utf-8")
    return ""
