"""Cuts a stream of bytes into records: the framing of each format, and nothing of its meaning.

A framing yields lists of raw records: bytes for JSON, text for lines and XML. Two other things can
stand in such a list: `Broken`, a piece that is no record but counts as one, and `Header`, which
names the columns from there on and does not count. Memory is that of one window, or of the longest
record.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from es_loader import record
from es_loader.fetch import Stream
from es_loader.json_values import json_records
from es_loader.log_type import Read
from es_loader.multiline import joined
from es_loader.native.lines import elements
from es_loader.parquet import MAGIC, parquet_records
from es_loader.record import TAIL, Batch, Broken, Header, Repaired, too_long

FIELDS = "#Fields:"
# A line of the extended log file format of the W3C that is no record: https://www.w3.org/TR/WD-logfile
DIRECTIVE = re.compile(r"#[A-Z][A-Za-z-]*:").match

__all__ = ["Batch", "Broken", "Header", "Repaired", "frame", "lines", "xml_records"]


def frame(stream: Stream, read: Read, whole: bool = False) -> Iterator[Batch]:
    """The records of an object whose format is known. Where the object is cut, the last thing is a
    `Broken` for the incomplete record, even if that is empty.

    whole   the incomplete record is given whole, not only its first TAIL bytes
    """
    if stream.head(len(MAGIC)).startswith(MAGIC):
        batches = parquet_records(stream, read)
    elif read.format == "json":
        batches = json_records(stream, read.records)
    elif read.format == "xml":
        batches = xml_records(stream, read.event)
    else:
        batches = lines(stream, read)
    cut = False
    for batch in batches:
        cut = False
        if isinstance(last := batch[-1], Broken) and last.reason == "cut":
            cut = True
            batch[-1] = last if whole else replace(last, raw=last.raw[:TAIL])
        yield batch
    if stream.cut and not cut:
        yield [Broken(b"", "cut", stream.cut)]


def lines(stream: Stream, read: Read) -> Iterator[Batch]:
    """Lines, without blank ones, banners and header lines: the first one, or any `#Fields: ...`."""
    known = set(read.columns)
    header: str | None = None
    first = read.header
    batches = _kept(_lines(stream, read), read)
    if read.start:
        yield from joined(batches, read)
        return
    for batch in batches:
        if first and batch:
            first = False
            columns = batch[0].split(read.delimiter) if isinstance(batch[0], str) else []
            if known.intersection(columns) and not known.isdisjoint(columns[:2]):
                header = str(batch[0])
                batch[0] = Header(tuple(columns))
        if header is not None and header in batch:
            batch = [line for line in batch if line != header]
        if batch:
            yield batch


def _kept(batches: Iterator[Batch], read: Read) -> Iterator[Batch]:
    """Lines without banners."""
    if read.skip is None:
        yield from batches
        return
    skip = read.skip.match
    for batch in batches:
        yield [line for line in batch if not isinstance(line, str) or not skip(line)]


def _lines(stream: Stream, read: Read) -> Iterator[Batch]:
    """Lines; with blank ones, where they can be inside a record."""
    parts: list[bytes] = []
    size = 0
    skipping = False  # the rest of a line that is too long
    for chunk in stream:
        if skipping:
            skipping = b"\n" not in chunk
            chunk = chunk.partition(b"\n")[2]
        end = chunk.rfind(b"\n") + 1
        if end:
            window = b"".join([*parts, chunk[:end]])
            parts, size = [chunk[end:]], len(chunk) - end
            yield _text_lines(window, read)
        elif chunk:
            parts.append(chunk)
            size += len(chunk)
            if size > record.LONGEST:
                yield [too_long(b"".join(parts))]
                parts, size, skipping = [], 0, True
    rest = b"".join(parts)
    if rest and stream.cut:
        yield [Broken(rest, "cut", stream.cut)]
    elif rest:
        yield _text_lines(rest.removesuffix(b"\r"), read)


def _text_lines(window: bytes, read: Read) -> Batch:
    if b"\r" in window:
        window = window.replace(b"\r\n", b"\n")
    try:
        found = str(window, "utf-8").split("\n")
    except UnicodeDecodeError:
        found = [_text(line) for line in window.split(b"\n")]
    if read.start:
        return [*found[:-1], *filter(None, found[-1:])]  # what follows the last newline is no line
    if read.header and b"#" in window:
        return [*_directed(found)]
    return [line for line in found if line and not line.isspace()]


def _directed(lines: list[str]) -> Iterator[str | Header]:
    """Lines, and a `Header` for each that names the columns after `#Fields:`."""
    for line in lines:
        if line.startswith(FIELDS):
            yield Header(tuple(line.removeprefix(FIELDS).split()))
        elif line and not line.isspace() and not DIRECTIVE(line):
            yield line


def _text(line: bytes) -> str:
    try:
        return str(line, "utf-8")
    except UnicodeDecodeError:
        return Repaired(str(line, "utf-8", "replace"))


def xml_records(stream: Stream, element: str) -> Iterator[Batch]:
    """The texts of every `<element ...>...</element>`, whatever stands between them."""
    name = element.encode()
    opening, closing = re.compile(rb"<%b[\s>/]" % name), b"</%b>" % name
    parts: list[bytes] = []  # without an end tag, but for one across the last two
    size, seam, nothing, skipping = 0, b"", True, False
    for chunk in stream:
        parts.append(chunk)
        size += len(chunk)
        tail = seam + chunk
        seam = tail[1 - len(closing) :]
        if closing not in tail and size < record.LONGEST:
            continue
        buffer, batch, done = b"".join(parts), list[Any](), 0
        if usual := elements(buffer, name):
            text = str(buffer, "ascii") if buffer.isascii() else ""
            batch += [text[a:b] or _text(buffer[a:b]) for a, b in usual]
            skipping, done = False, usual[-1][1]
        while (end := buffer.find(closing, done)) >= 0:
            end += len(closing)
            start = opening.search(buffer, done, end)
            if start and not opening.search(buffer, start.end(), end):
                batch.append(_text(buffer[start.start() : end]))
            elif start or not skipping:
                batch += _elements(buffer[done:end], opening)
            skipping, done = False, end
        buffer = buffer[done:]
        if len(buffer) >= record.LONGEST:
            if start := opening.search(buffer):
                batch.append(too_long(buffer[start.start() :]))
                skipping = True
            buffer = seam
        parts, size = [buffer], len(buffer)
        if batch:
            nothing = False
            yield batch
    buffer = b"".join(parts)
    start = opening.search(buffer)
    if start:
        cut = stream.cut or f"the object ends inside <{element}>"
        yield [Broken(buffer[start.start() :], "cut", cut)]
    elif nothing and not buffer.isspace() and not stream.cut and buffer:
        yield [Broken(buffer[:TAIL], "malformed", f"no element <{element}>")]


def _elements(piece: bytes, opening: re.Pattern[bytes]) -> Batch:
    """What ends with an end tag: an element, and before it those that have no end tag."""
    starts = [found.start() for found in opening.finditer(piece)]
    if not starts:
        return [Broken(piece, "malformed", "no start tag")]
    open_ones = [piece[a:b].rstrip() for a, b in pairwise(starts)]
    broken = [Broken(raw, "malformed", "no end tag") for raw in open_ones]
    return [*broken, _text(piece[starts[-1] :])]
