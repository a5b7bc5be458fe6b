"""Bounded caches of what follows from one value: the per-record loop looks it up.

A cache is emptied when it is full: no bookkeeping per look-up, and constant memory.
"""

from collections.abc import Callable
from typing import Any

from es_loader import times
from es_loader.guard import REFUSED, Guard

MOST = 4096
MOST_ADDRESSES = 24_576
LONGEST = 512
DAY = 86_400_000
MINUTE = 16  # characters of an ISO time down to its minute
LEAST_MILLISECONDS = 10**11  # a smaller number is one of seconds, as in times.py

Place = tuple[Any, Any]  # JSON of geo and as (msgspec.Raw), or None
NOWHERE: Place = (None, None)


class Memo(dict[Any, Any]):
    """text -> what a guard makes of it, None for no value and for what it refuses.

    Look texts and None up by `memo[value]`, anything else by `of`. What is refused is told to
    `refused` each time, so it is not cached.
    """

    __slots__ = ("guard", "most", "refused")

    def __init__(self, guard: Guard, refused: list[Any], most: int = MOST) -> None:
        self.guard, self.refused, self.most = guard, refused, most
        self[None] = None

    def __missing__(self, value: str) -> Any:
        found = self.guard(value)
        if found is REFUSED:
            self.refused.append(value)
            return None
        if len(value) <= LONGEST:
            if len(self) >= self.most:
                self.clear()
                self[None] = None
            self[value] = found
        return found

    def of(self, value: Any) -> Any:
        """What belongs to a value of any type."""
        return self[value] if value is None or type(value) is str else told(self, value)


class Places(dict[Any, Any]):
    """text -> (address or None, geo, as): an address, its place and its network owner."""

    __slots__ = ("guard", "locate", "refused")

    def __init__(self, guard: Guard, locate: Callable[[str], Place], refused: list[Any]) -> None:
        self.guard, self.locate, self.refused = guard, locate, refused
        self[None] = (None, *NOWHERE)

    def __missing__(self, value: str) -> Any:
        found = self.guard(value)
        if found is REFUSED:
            self.refused.append(value)
            return (None, *NOWHERE)
        place = (found, *(self.locate(found) if found else NOWHERE))
        if len(value) <= LONGEST:
            if len(self) >= MOST_ADDRESSES:
                self.clear()
                self[None] = (None, *NOWHERE)
            self[value] = place
        return place

    def of(self, value: Any) -> Any:
        """What belongs to a value of any type; the place of a list is that of its first address."""
        if value is None or type(value) is str:
            return self[value]
        found = told(self, value)
        return (found, *(self[found[0]][1:] if type(found) is list else NOWHERE))


def told(by: Memo | Places, value: Any) -> Any:
    """What the guard makes of a value; a refused one is told."""
    found = by.guard(value)
    if found is REFUSED:
        by.refused.append(value)
        return None
    return found


class Times(dict[Any, Any]):
    """text -> (ISO text of the time, index name) for one object; None for what is no time.

    A time far from LastModified does not choose the index: a wrong clock would make an index of
    its own for each record. Times are rarely twice the same, but share their minute or second:
    what is kept under those is the index, and whether there is such a day.
    """

    __slots__ = ("indices", "newest", "oldest", "own", "read", "refused")

    def __init__(
        self,
        read: times.Reader,
        indices: "Indices",
        refused: list[Any],
        own: str,
        oldest: int,
        newest: int,
    ) -> None:
        self.read, self.indices, self.refused = read, indices, refused
        self.own, self.oldest, self.newest = own, oldest, newest

    def __missing__(self, value: str) -> Any:
        if times.CANONICAL(value) and (known := self.get((value[:MINUTE],))):
            return value, known
        found = self.other(value)
        if found:
            if len(self) >= MOST:
                self.clear()
            self[value] = found
            if found[0] is value:
                self[(value[:MINUTE],)] = found[1]  # no text is the same key
        return found

    def of(self, value: Any) -> Any:
        """What belongs to a value of any type."""
        if type(value) is str:
            return self[value]
        if type(value) is not int or not LEAST_MILLISECONDS <= value < 1000 * LEAST_MILLISECONDS:
            return self.other(value)
        second, rest = divmod(value, 1000)
        found = self.get(second)
        if found is None:
            found = self.other(second)
            if not found:
                return None
            if len(self) >= MOST:
                self.clear()
            self[second] = found = (found[0].partition(".")[0], found[1])
        return f"{found[0]}.{rest:03}Z", found[1]

    def other(self, value: Any) -> Any:
        """What belongs to a value of any type, not cached."""
        moment = self.read(value)
        if moment is None:
            if value is not None and value != "" and value != "-":
                self.refused.append(value)
            return None
        text, at = moment
        near = self.oldest <= at <= self.newest
        return text, self.indices[at // DAY] if near else self.own


class Indices(dict[int, str]):
    """day number since 1970 -> index name."""

    __slots__ = ("kind", "prefix")

    def __init__(self, prefix: str, kind: str) -> None:
        self.prefix, self.kind = prefix, kind

    def __missing__(self, day: int) -> str:
        if len(self) >= MOST:
            self.clear()
        name = self[day] = f"{self.prefix}-{times.period(self.kind, day * DAY)}"
        return name
