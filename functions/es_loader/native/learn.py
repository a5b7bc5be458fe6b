"""Makes of a text what the native library cannot: by the guards, the databases, the time reader."""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

import orjson

from es_loader import guard, memo, times
from es_loader.compile import Context, Locate
from es_loader.compile.document import NEWEST, OLDEST
from es_loader.enrich import agent, threat_lists
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.log_type import LogType
from es_loader.native.words import TYPES

REFUSED, UNUSUAL, LISTED = 1, 2, 4
NUMBER = 16  # bit of a tag: the text is a JSON number
KIND = 15  # bits of a tag: number in TYPES
MINUTES = TYPES.index("minutes")  # kind of the minutes of times
MINUTE = 60_000  # milliseconds
GENERATION = 5  # bits of a tag before the generation, as in moment.zig
SECOND = 18  # where the seconds stand in the JSON of an ISO time
MOST_INDICES = 250
EPOCH = re.compile(rb"[1-9]\d{9}(?:\.\d{3}|(?:\d{3}){0,2})").fullmatch  # as times.zig reads numbers
# Formats of times whose readers take ISO 8601 too, as times.zig numbers them from 1; LOCAL is ISO
# 8601 where a time without zone is none in UTC. All times of a minute have one index: the groups
# are what stands before, in and behind the seconds.
LAYOUTS = {
    "iso8601": None,
    "syslog": re.compile(r"(\w{3} [ \d]\d \d\d:\d\d:)([0-5]\d)()", re.ASCII),
    "clf": re.compile(r"\[?(\d\d/\w{3}/\d{4}:\d\d:\d\d:)([0-5]\d)( [+-]\d{4})\]?", re.ASCII),
    "ctime": re.compile(r"(\w{3} [ \d]\d \d\d:\d\d:)([0-5]\d(?:\.\d{1,9})?)( \d{4})", re.ASCII),
}
IN_UTC = {"iso8601", "ctime"}  # those that times.zig reads only where a time without zone is UTC

LOCAL = len(LAYOUTS) + 1
# What times.zig reads itself
TAKEN = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?"
ZONED = re.compile(TAKEN + r" ?(?:Z|UTC|GMT|\+00:?00)", re.ASCII).fullmatch
ZONELESS = re.compile(TAKEN, re.ASCII).fullmatch

_entry = struct.Struct("<4I3I3II2H16s").pack


def layout(form: str, timezone: str) -> int:
    """The number that times.zig has for a format of times."""
    if form in IN_UTC and timezone != "UTC":
        return LOCAL if form == "iso8601" else 0
    return [*LAYOUTS].index(form) + 1 if form in LAYOUTS else 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What belongs to a text.

    pieces    JSON of its value; of an address also that of its place and its network owner
    index     number of the index of a time
    address   bytes of an address
    """

    tag: int
    pieces: tuple[bytes, ...] = ()
    index: int = 0
    flags: int = 0
    address: bytes = b""

    def packed(self, at: list[int]) -> bytes:
        """The entry as table.zig has it; `at`: where its pieces are."""
        lengths = [len(piece) for piece in self.pieces] + [0] * (3 - len(self.pieces))
        address = self.address
        return _entry(
            self.tag, 0, 0, 0, *at, *lengths, self.index, self.flags, len(address), address
        )


class Learner:
    """What texts mean in one object: a time's index depends on the object's age."""

    def __init__(
        self,
        log_type: LogType,
        context: Context,
        locate: Locate | None,
        lists: ThreatLists | None = None,
    ) -> None:
        self._locate, self._lists = locate, lists
        indices = memo.Indices(log_type.index_prefix, log_type.index)
        table, modified = log_type.time, context.modified
        own = indices[modified // memo.DAY]
        number = layout(table["format"], table["timezone"])
        self._iso, self._seconds = number > 0, LAYOUTS.get(table["format"])
        self._zoneless = number in (layout(form, "UTC") for form in IN_UTC)
        span = modified - OLDEST, modified + NEWEST
        read = times.reader(table["format"], table["timezone"], modified)
        self._times = memo.Times(read, indices, [], own, *span)
        self._sent = memo.Times(times.iso_date, indices, [], own, *span)

        # That of the object is number OWN_INDEX of moment.zig.
        self.index_names, self._numbers = [own], {own: 0}
        self._minutes: set[bytes] = set()  # those that the library knows
        self._sent_in: set[int] = set()  # those of moments, since 1970

    def moments(self, found: Iterable[int], generation: int) -> Iterator[tuple[Entry, bytes]]:
        """What is to be entered before records are read whose envelope tells when they were sent:
        the minutes of these moments."""
        tag = generation << GENERATION | MINUTES
        for minute in {moment // MINUTE for moment in found} - self._sent_in:
            times = [self._sent.of(minute * MINUTE + more) for more in (0, MINUTE - 1)]
            (iso, index), (_, last) = times
            if index == last and (number := self._number(index)) < MOST_INDICES:
                self._sent_in.add(minute)
                yield Entry(tag, (), number), iso[: memo.MINUTE].encode()

    def _number(self, name: str) -> int:
        """The number of an index."""
        number = self._numbers.setdefault(name, len(self._numbers))
        if number == len(self.index_names):
            self.index_names.append(name)
        return number

    def forget(self) -> None:
        """The library has forgotten what it knew."""
        self._minutes.clear()
        self._sent_in.clear()

    def entries(self, tag: int, text: bytes) -> Iterator[tuple[Entry, bytes]]:
        """What is to be entered for a text that the library asked for."""
        value: Any = int(text) if tag & NUMBER else str(text, "utf-8")
        kind = TYPES[tag & KIND]
        if kind == "ip":
            yield self._address(tag, value), text
        elif kind == "time":
            yield from self._time(tag, value, text)
        elif kind == "agent":
            members = zip(agent.MEMBERS, agent.of(value), strict=True)
            told = (b'"%b":%b,' % (name.encode(), bytes(json)) for name, json in members if json)
            yield Entry(tag, (b"".join(told),)), text
        elif kind == "listed":
            listed = self._lists.find(value) if self._lists else None
            yield Entry(tag, (threat_lists.indicator_json(listed),) if listed else ()), text
        else:
            found = (guard.date if kind == "date" else guard.lowercase)(value)
            yield _of(tag, found), text

    def _address(self, tag: int, value: str) -> Entry:
        found = guard.ip(value)
        if found is guard.REFUSED or found is None:
            return _of(tag, found)
        geo, owner = self._locate(found) if self._locate else memo.NOWHERE
        pieces = (orjson.dumps(found), bytes(geo or b""), bytes(owner or b""))
        flags = LISTED if self._lists and self._lists.find(found) else 0
        packed = inet_pton(AF_INET6 if ":" in found else AF_INET, found)
        return Entry(tag, pieces, flags=flags, address=packed)

    def _time(self, tag: int, value: Any, text: bytes) -> Iterator[tuple[Entry, bytes]]:
        parts = self._seconds.fullmatch(value) if self._seconds and type(value) is str else None
        if parts:
            known = (parts[1] + parts[3]).encode()
        elif EPOCH(text):
            known = b"%d" % (int(text[:10]) // 60)
        else:
            known = b"%bT%b" % (text[:10], text[11:16])
        if known in self._minutes and (parts or EPOCH(text) or self._is_taken(value)):
            return
        found = self._times.of(value)
        self._times.refused.clear()
        if found is None:
            yield Entry(tag, flags=REFUSED), text
            return
        iso, name = found
        number = self._number(name)
        entry = Entry(tag, (orjson.dumps(iso),), number, UNUSUAL if number >= MOST_INDICES else 0)
        yield entry, text
        if number >= MOST_INDICES or not self._iso:
            return
        # The library takes all times of a minute as it takes one, if they have one index.
        minute = iso[: memo.MINUTE]
        ends = [self._times.of(f"{minute}:{second}Z") for second in ("00", "59.999")]
        if not all(end and end[1] == name for end in ends):
            return
        self._minutes.add(known)
        entry = replace(entry, tag=tag & ~(NUMBER | KIND) | MINUTES)
        if parts:
            quoted = orjson.dumps(iso)
            entry = replace(entry, pieces=(quoted[:SECOND], quoted[SECOND + len(parts[2]) :]))
        else:
            known = minute.encode()
            self._minutes.add(known)
        yield entry, known

    def _is_taken(self, value: Any) -> bool:
        """Whether the library reads a time, of a minute that it knows."""
        if (
            type(value) is not str or value[5:10] == "02-29"
        ):  # it does not know whether there is one
            return False
        return bool(ZONED(value) or (self._zoneless and ZONELESS(value)))


def _of(tag: int, found: Any) -> Entry:
    """What belongs to a value that a guard made something of."""
    if found is guard.REFUSED:
        return Entry(tag, flags=REFUSED)
    return Entry(tag, (orjson.dumps(found),) if found is not None else ())
