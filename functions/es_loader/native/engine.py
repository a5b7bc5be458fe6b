"""The native library with what it knows.

It has its memory from here, of fixed size. It tells what it does not know yet (an address,
a time); `learn` makes that by the same guards as `compile` does, and it runs again.
"""

import ctypes
import mmap
import os
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson

from es_loader.compile import Locate
from es_loader.enrich import geoip
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.log_type import LogType
from es_loader.native import learn
from es_loader.native.library import Database, JsonJob, Lists, address
from es_loader.native.program import Program, program
from es_loader.native.words import NONE

OUT, IDS = 2 << 20, 1 << 18  # bytes of documents and ids that one call makes at most
MOST_RECORDS = 8192  # of one call
MOST_MISSES = 4096  # of one call
MOST_WINDOW = 1 << 30
MOST_GENERATIONS = 1 << 26  # objects that the tags of times tell apart
FILTER = 1 << 20  # bytes of the filter of listed domains, as in lists.zig
PADDING = b"\0" * 64


def _memory(size: int) -> mmap.mmap:
    """Memory of this process alone: a process that is forked from it gets a copy, and no share in
    it. Pages are taken when they are used."""
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


class Engine:
    """The library with its memory: what it knows of texts, and the value tables."""

    def __init__(
        self, library: ctypes.CDLL, locate: Locate | None, lists: ThreatLists | None = None
    ) -> None:
        self.library, self.locate, self.lists = library, locate, lists
        self._memory = _memory(library.native_size())
        self.address = address(self._memory)
        library.native_start(self.address, int.from_bytes(os.urandom(8), "little"))
        self._files: list[mmap.mmap] = []
        self._locate()
        self._lists()
        self.out, self.ids = _memory(OUT), _memory(IDS)
        self.ends, self.status = _memory(4 * MOST_RECORDS), _memory(MOST_RECORDS)
        self.misses = _memory(12 * MOST_MISSES)
        self.kept: dict[bytes, int] = {}
        self.generation = 0
        self.made = self.left = 0  # records, of which documents were made here, and of which not
        self._tags: dict[str, dict[str, int]] = {}
        self._tables = 0
        self._programs: dict[tuple[str, tuple[str, ...] | None], Program | None] = {}

    def program(self, log_type: LogType, columns: tuple[str, ...] | None) -> Program | None:
        """The program of a log type for these columns; None where it has none."""
        key = (log_type.name, columns)
        if key not in self._programs:
            if len(self._programs) >= 256:
                self._programs.clear()
            tags = self._lookups(log_type)
            found = None
            if tags is not None:
                located = self.locate is not None
                found = program(log_type, columns, located, tags, self.lists)
            self._programs[key] = found
        return self._programs[key]

    def next_generation(self) -> int:
        """The number of what is bound next: times mean another index in another object."""
        self.generation = (self.generation + 1) % MOST_GENERATIONS
        return self.generation

    def _locate(self) -> None:
        """Let the library look addresses up, where `locate` does nothing but that."""
        databases = geoip.databases(self.locate)
        if databases is None:
            return
        found = (Database * 2)()
        for database, place in zip(databases, found, strict=True):
            if database is None:
                continue
            with database.path.open("rb") as file:
                # Private, not read-only: else Python does not tell the address.
                self._files.append(mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE))
            place.bytes, place.size = address(self._files[-1]), len(self._files[-1])
            place.nodes, place.width, place.version = database.layout
        self.library.native_locate(self.address, found)

    def _lists(self) -> None:
        """Let the library look for addresses and domains that are listed."""
        if self.lists is None:
            return
        self._ranges, domains = self.lists.ranges(), self.lists.domains()
        found = Lists()
        found.ranges, words = self._ranges.buffer_info()
        found.range_count = words // 2
        if domains:
            self._filter = _memory(FILTER)
            found.filter = address(self._filter)
        self.library.native_lists(self.address, ctypes.byref(found), domains, len(domains))

    def put(self, entry: learn.Entry, text: bytes, fixed: bool = False) -> bool:
        """Enter what belongs to a text; False where there is no room."""
        pieces = [0, 0, 0]
        for number, piece in enumerate(entry.pieces):
            at = self._keep(piece, fixed) if piece else 0
            if at == NONE:
                return False
            pieces[number] = at
        packed = entry.packed(pieces)
        return bool(self.library.native_put(self.address, fixed, text, len(text), packed))

    def json_of(self, form: str, records: Sequence[str]) -> list[bytes]:
        """Records of such a format, "xml" or "cef", as JSON objects, as the parser of that has
        them; b"" for those left to it."""
        write = {"cef": self.library.native_cef, "xml": self.library.native_xml}[form]
        text, lengths = window(records)
        found: list[bytes] = []
        start = 0
        while text and len(found) < len(records):
            job = JsonJob(
                window=text[start:] if start else text,
                window_size=len(text) - start,
                lengths=lengths.buffer_info()[0] + 4 * len(found),
                count=len(records) - len(found),
                out=address(self.out),
                out_room=OUT,
                ends=address(self.ends),
            )
            write(ctypes.byref(job))
            start += sum(lengths[len(found) : len(found) + job.done]) + job.done
            out, ends = self.written(job.done)
            # Not split(), which looks at each byte.
            found += [out[start:end] for start, end in pairwise((0, *ends))]
        return found or [b""] * len(records)

    def written(self, count: int) -> tuple[bytes, "array[int]"]:
        """What the last call wrote, and where that of each of so many records ends."""
        ends = array("I", self.ends[: 4 * count])
        return self.out[: ends[-1] if count else 0], ends

    def clear(self) -> None:
        """Forget what was learnt of texts."""
        self.library.native_clear(self.address)
        self.kept.clear()

    def _keep(self, piece: bytes, fixed: bool) -> int:
        at = None if fixed else self.kept.get(piece)
        if at is None:
            at = self.library.native_keep(self.address, fixed, piece, len(piece))
            if not fixed and at != NONE:
                self.kept[piece] = at
        return int(at)

    def _lookups(self, log_type: LogType) -> dict[str, int] | None:
        """Tags of the value tables of a log type; None where they do not fit."""
        if log_type.name not in self._tags:
            tags = self._tags[log_type.name] = {}
            for name, rule in log_type.lookups.items():
                self._tables += 1
                tags[name] = self._tables
                for key, value in rule.table.items():
                    entry = learn.Entry(self._tables, (orjson.dumps(value),))
                    if not self.put(entry, key.encode(), fixed=True):
                        self._tags[log_type.name] = {}
        tags = self._tags[log_type.name]
        return tags if len(tags) == len(log_type.lookups) else None


def window(records: Sequence[Any]) -> tuple[bytes, "array[int]"]:
    """The records with a NUL after each, and their lengths; b"" where that cannot be."""
    if type(records[0]) is bytes:
        text, lengths = b"\0".join((*records, PADDING)), array("I", map(len, records))
        return (text, lengths) if len(text) < MOST_WINDOW else (b"", lengths)
    joined = "\0".join((*records, PADDING.decode()))
    if len(joined) >= MOST_WINDOW // 4:
        return b"", array("I")
    if joined.isascii():
        return joined.encode(), array("I", map(len, records))
    try:
        encoded = [record.encode() for record in records]
    except UnicodeEncodeError:
        return b"", array("I")
    return b"\0".join((*encoded, PADDING)), array("I", map(len, encoded))
