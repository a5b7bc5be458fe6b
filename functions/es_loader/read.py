"""Cuts a stream of bytes into records: the framing of each format, and nothing of its meaning.

A framing yields lists of raw records: bytes for JSON, text for lines. Two other things can stand in
such a list: `Broken`, a piece that is no record but counts as one, and `Header`, which names the
columns from there on and does not count. Memory is that of one window, or of the longest record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from es_loader.fetch import Stream
from es_loader.log_type import Read

WINDOW = 96 * 1024
TAIL = 1024 * 1024  # of a cut record, what quarantine keeps

_raw = msgspec.json.Decoder(msgspec.Raw)
_raws = msgspec.json.Decoder(list[msgspec.Raw])

SPACE = re.compile(rb"[\s,\x1e]*")
BOUNDARY = re.compile(rb"(?<=\})\s*(?=\{)")
FIRST_KEY = re.compile(rb'\{\s*("(?:[^"\\]|\\.)*")\s*:')
KEY = re.compile(rb'[\s,]*"((?:[^"\\]|\\.)*)"\s*:\s*')
TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[{}\[\]"]')
REST = re.compile(rb'(?:\s*,\s*"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[\w.+-]+))*\s*\}?\s*')
SCALAR = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[^\s,\]}"{\[]+')


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece that is not a record: malformed, or `cut` where the object breaks off."""

    raw: bytes
    reason: str
    error: str


@dataclass(frozen=True, slots=True)
class Header:
    """Names of the columns of the records that follow."""

    columns: tuple[str, ...]


class Repaired(str):
    """A line in which bytes that are no UTF-8 were replaced by U+FFFD."""

    __slots__ = ()


Batch = list[bytes | str | Broken | Header]


def frame(stream: Stream, read: Read) -> Iterator[Batch]:
    """The records of an object whose format is known. Where the object is cut, the last thing is a
    `Broken` for the incomplete record, even if that is empty."""
    if read.format == "json":
        batches = json_records(stream, read.records)
    elif read.format == "xml":
        batches = xml_records(stream, read.event)
    else:
        batches = lines(stream, read)
    last: object = None
    for batch in batches:
        yield batch
        last = batch[-1]
    if stream.cut and not (isinstance(last, Broken) and last.reason == "cut"):
        yield [Broken(b"", "cut", stream.cut)]


# Text


def lines(stream: Stream, read: Read) -> Iterator[Batch]:
    """Lines, without blank ones, banners and header lines."""
    known = set(read.columns)
    header: str | None = None
    first = read.header
    for batch in _lines(stream):
        if read.skip:
            skip = read.skip.match
            batch = [line for line in batch if type(line) is Broken or not skip(line)]  # type: ignore[arg-type]
        if first and batch:
            first = False
            columns = str(batch[0]).split(read.delimiter)
            if known.intersection(columns) and not known.isdisjoint(columns[:2]):
                header = str(batch[0])
                batch[0] = Header(tuple(columns))
        if header is not None and header in batch:
            batch = [line for line in batch if line != header]
        if batch:
            yield batch


def _lines(stream: Stream) -> Iterator[Batch]:
    rest = b""
    for chunk in stream:
        end = chunk.rfind(b"\n") + 1
        if not end:
            rest += chunk
            continue
        window = rest + chunk[:end] if rest else chunk[:end]
        rest = chunk[end:]
        yield _text_lines(window)
    if rest and stream.cut:
        yield [Broken(rest[:TAIL], "cut", stream.cut)]
    elif rest:
        yield _text_lines(rest)


def _text_lines(window: bytes) -> Batch:
    if b"\r" in window:
        window = window.replace(b"\r\n", b"\n")
    try:
        found = str(window, "utf-8").split("\n")
    except UnicodeDecodeError:
        return [_text(line) for line in window.split(b"\n") if line.strip()]
    return [line for line in found if line and not line.isspace()]


def _text(line: bytes) -> str:
    try:
        return str(line, "utf-8")
    except UnicodeDecodeError:
        return Repaired(str(line, "utf-8", "replace"))


def xml_records(stream: Stream, element: str) -> Iterator[Batch]:
    """The texts of every `<element ...>...</element>`, whatever stands between them."""
    opening = re.compile(rb"<%b[\s>/]" % element.encode())
    closing = b"</%b>" % element.encode()
    buffer = b""
    for chunk in stream:
        buffer += chunk
        batch: Batch = []
        done = 0
        while (end := buffer.find(closing, done)) >= 0:
            end += len(closing)
            start = opening.search(buffer, done, end)
            piece = buffer[start.start() if start else done : end]
            batch.append(_text(piece) if start else Broken(piece, "malformed", "no start tag"))
            done = end
        buffer = buffer[done:]
        if batch:
            yield batch
    start = opening.search(buffer)
    if start:
        cut = stream.cut or f"the object ends inside <{element}>"
        yield [Broken(buffer[start.start() :][:TAIL], "cut", cut)]


# JSON


def json_records(stream: Stream, keys: tuple[str, ...] = ()) -> Iterator[Batch]:
    """JSON values in any framing: one a line, pretty-printed, one right after the other, a bare
    array, or an object one of whose `keys` holds the array."""
    return _Json(stream, keys).batches()


class _Json:
    """A window over the stream, and where in the grammar it stands."""

    def __init__(self, stream: Stream, keys: tuple[str, ...]) -> None:
        self.stream, self.chunks = stream, iter(stream)
        self.keys = {key.encode() for key in keys}
        self.buffer = b""
        self.ended = False

    def fill(self, size: int) -> None:
        """Reads until the window holds `size` bytes or the stream ends."""
        parts, have = [self.buffer], len(self.buffer)
        while have < size and not self.ended:
            chunk = next(self.chunks, None)
            if chunk is None:
                self.ended = True
            else:
                parts.append(chunk)
                have += len(chunk)
        self.buffer = b"".join(parts)

    def batches(self) -> Iterator[Batch]:
        while True:
            self.fill(WINDOW)
            self.buffer = self.buffer[_skip(self.buffer, 0) :]
            if not self.buffer:
                if self.ended:
                    break
                continue
            if self.buffer.startswith(b"["):
                yield from self.array(1)
            elif start := self.array_inside():
                yield from self.array(start)
            else:
                yield from self.values()

    # An array

    def array_inside(self) -> int:
        """Position after the `[` of the array in the object at the window's start; 0: none."""
        if not self.keys or not self.buffer.startswith(b"{"):
            return 0
        if not any(b'"%b"' % key in self.buffer for key in self.keys):
            return 0
        position = 1
        while found := KEY.match(self.buffer, position):
            value = found.end()
            if found[1] in self.keys and self.buffer[value : value + 1] == b"[":
                return value + 1
            end = _end(self.buffer, value)
            if end is None:
                return 0
            position = end
        return 0

    def array(self, start: int) -> Iterator[Batch]:
        """The elements of the array that begins at `start`; leaves what follows the array, without
        the rest of the object that it stood in."""
        self.buffer = self.buffer[start:]
        first = FIRST_KEY.match(self.buffer, _skip(self.buffer, 0))
        delimiter = self.buffer[first.start() : first.end(1)] if first else b"{"
        size = WINDOW
        while True:
            self.fill(size)
            cut = self.last_comma(delimiter)
            if cut < 0 and not self.ended:
                size = 2 * len(self.buffer) + WINDOW  # one element is larger than the window
                continue
            if cut >= 0:
                size = WINDOW
                try:
                    batch: Batch = [bytes(r) for r in _raws.decode(b"[%b]" % self.buffer[:cut])]
                    self.buffer = b"" if self.ended else self.buffer[cut + 1 :]
                    yield batch
                    if self.ended:
                        return
                    continue
                except (msgspec.DecodeError, RecursionError):
                    pass
            batch, closed = self.elements(delimiter)
            if batch:
                yield batch
            if closed:
                return

    def last_comma(self, delimiter: bytes) -> int:
        """Position of the last comma before an element that starts like the first one; at the end
        of the stream, of the `]` if nothing but the rest of its object follows it."""
        if self.ended:
            end = self.buffer.rfind(b"]")
            return end if end >= 0 and REST.fullmatch(self.buffer, end + 1) else -1
        end = len(self.buffer)
        while (end := self.buffer.rfind(delimiter, 0, end)) > 0:
            before = self.buffer[:end].rstrip() if self.buffer[end - 1] != 44 else self.buffer[:end]
            if before.endswith(b","):
                return len(before) - 1
        return -1

    def elements(self, delimiter: bytes) -> tuple[Batch, bool]:
        """Elements one by one, by counting brackets: (batch, whether the array ended)."""
        batch: Batch = []
        position = 0
        while True:
            position = _skip(self.buffer, position)
            if self.buffer[position : position + 1] == b"]":
                self.buffer = _after_object(self.buffer[position + 1 :])
                return batch, True
            end = _end(self.buffer, position)
            if end is not None and (end < len(self.buffer) or self.ended):
                batch.append(self.buffer[position:end])
                position = end
                continue
            following = self.buffer.find(b"," + delimiter, position + 1)
            if following > 0 and _end(self.buffer, following + 1) is not None:
                broken = self.buffer[position:following]
                batch.append(Broken(broken, "malformed", "brackets or quotes do not match"))
                position = following
                continue
            rest = self.buffer[position:]
            if not self.ended:
                self.buffer = rest
                self.fill(2 * len(rest) + WINDOW)
                return batch, False
            self.buffer = b""
            cut = self.stream.cut or "the object ends inside an array"
            batch.append(Broken(rest[:TAIL], "cut", cut))
            return batch, True

    # Values one after the other

    def values(self) -> Iterator[Batch]:
        size = WINDOW
        while True:
            self.fill(size)
            cut = len(self.buffer) if self.ended else self.last_boundary()
            if cut <= 0 and not self.ended:
                size = 2 * len(self.buffer) + WINDOW
                continue
            size = WINDOW
            window, rest = self.buffer[:cut], self.buffer[cut:]
            batch = _by_line(window) or _by_boundary(window)
            if batch is None:
                batch, left = self.one_by_one(window)
                rest = left + rest
                if left and not batch:
                    size = 2 * len(rest) + WINDOW
            self.buffer = rest
            if batch:
                yield batch
            if not self.buffer and self.ended:
                return
            if self.keys and self.array_inside():
                return

    def last_boundary(self) -> int:
        """Position after the last value that surely ended, 0 if that cannot be told."""
        for mark in (b"}\n{", b"}{", b"}\r\n{"):
            if (found := self.buffer.rfind(mark)) > 0:
                return found + len(mark) - 1
        last = 0
        for match in BOUNDARY.finditer(self.buffer):
            last = match.end()
        return last

    def one_by_one(self, window: bytes) -> tuple[Batch, bytes]:
        """Values by counting brackets: (batch, what cannot be told before more is read)."""
        batch: Batch = []
        position = 0
        last = self.ended
        while (position := _skip(window, position)) < len(window):
            if window[position : position + 1] not in (b"{", b"["):  # no JSON: the rest of the line
                end = window.find(b"\n", position)
                if end < 0 and not last:
                    return batch, window[position:]
                end = end if end >= 0 else len(window)
            else:
                end = _end(window, position)  # type: ignore[assignment]
            if end is not None:
                batch.append(window[position:end])
                position = end
                continue
            following = _next_line_value(window, position)
            if following > 0:
                broken = window[position:following].rstrip()
                batch.append(Broken(broken, "malformed", "brackets or quotes do not match"))
                position = following
                continue
            if not last:
                return batch, window[position:]
            cut = self.stream.cut or "the object ends inside a record"
            batch.append(Broken(window[position:][:TAIL], "cut", cut))
            break
        return batch, b""


def _skip(data: bytes, position: int) -> int:
    found = SPACE.match(data, position)
    return found.end() if found else position


def _by_line(window: bytes) -> Batch | None:
    """One value a line, or None where that is not so."""
    found = [line for line in window.split(b"\n") if line and not line.isspace()]
    try:
        for line in found:
            _raw.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    return [line.strip() for line in found] if b"\r" in window else list(found)


def _by_boundary(window: bytes) -> Batch | None:
    """Values between `}` and `{`, or None where one of the pieces is no value."""
    found = [piece for piece in BOUNDARY.split(window) if piece and not piece.isspace()]
    try:
        for piece in found:
            _raw.decode(piece)
    except (msgspec.DecodeError, RecursionError):
        return None
    return [piece.strip() for piece in found]


def _end(data: bytes, position: int) -> int | None:
    """Position after the value that starts at `position`; None where it does not end in `data`."""
    if data[position : position + 1] not in (b"{", b"["):
        found = SCALAR.match(data, position)
        return found.end() if found else None
    depth = 0
    for token in TOKEN.finditer(data, position):
        sign = token[0]
        if sign in (b"{", b"["):
            depth += 1
        elif sign in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                return token.end()
        elif sign == b'"':  # a string that does not end on its line
            return None
    return None


def _next_line_value(window: bytes, position: int) -> int:
    """Start of the next line that is a whole value by itself, or 0."""
    while (position := window.find(b"\n{", position) + 1) > 0:
        end = window.find(b"\n", position)
        line = window[position : end if end >= 0 else len(window)]
        try:
            _raw.decode(line)
            return position
        except (msgspec.DecodeError, RecursionError):
            continue
    return 0


def _after_object(data: bytes) -> bytes:
    """What follows the object whose array has just ended: skips its later members."""
    position = 0
    while found := KEY.match(data, position):
        end = _end(data, found.end())
        if end is None:
            return b""
        position = end
    position = _skip(data, position)
    return data[position + 1 :] if data[position : position + 1] == b"}" else data[position:]
