"""Cuts a stream of bytes into records: the framing of each format, and nothing of its meaning.

A framing yields lists of raw records: bytes for JSON, text for lines. Two other things can stand in
such a list: `Broken`, a piece that is no record but counts as one, and `Header`, which names the
columns from there on and does not count. Memory is that of one window, or of the longest record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from es_loader.fetch import Stream
from es_loader.log_type import Read

WINDOW = 96 * 1024
MOST_WINDOW = (
    8 * WINDOW
)  # where no element is seen to end, how far to look before going byte by byte
LONGEST = 64 * 1024 * 1024  # a value that has not ended by then is taken as broken
TAIL = 1024 * 1024  # of a cut record, what quarantine keeps

_raw = msgspec.json.Decoder(msgspec.Raw)
_raws = msgspec.json.Decoder(list[msgspec.Raw])

SPACE = re.compile(rb"[\s,\x1e]*")
BOUNDARY = re.compile(rb"(?<=\})\s*(?=\{)")
LINE_WITH_ARRAY = re.compile(rb"\n\s*\[")
FIRST_KEY = re.compile(rb'\{\s*("(?:[^"\\]|\\.)*")\s*:')
KEY = re.compile(rb'[\s,]*"((?:[^"\\]|\\.)*)"\s*:\s*')
TOKEN = re.compile(rb'"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[{}\[\],:"]|[^\s{}\[\],:"]+')
REST = re.compile(rb'(?:\s*,\s*"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[\w.+-]+))*\s*\}?\s*')
SCALAR = re.compile(rb'"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[^\s,\]}"{\[]+')
NEW_LINE = re.compile(rb"\n(?=\{)")
NEW_VALUE = re.compile(rb"\}(?=\{)")
CLOSED = re.compile(rb"\]\s*\}?\s*$")
UNFINISHED, WRONG = 0, -1  # instead of the position after a value


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
    parts: list[bytes] = []
    for chunk in stream:
        end = chunk.rfind(b"\n") + 1
        if not end:
            parts.append(chunk)
            continue
        window = b"".join([*parts, chunk[:end]])
        parts = [chunk[end:]]
        yield _text_lines(window)
    rest = b"".join(parts)
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
    buffer, nothing = b"", True
    for chunk in stream:
        buffer += chunk
        batch: Batch = []
        done = 0
        while (end := buffer.find(closing, done)) >= 0:
            end += len(closing)
            batch += _elements(buffer[done:end], opening)
            done = end
        buffer = buffer[done:]
        if batch:
            nothing = False
            yield batch
    start = opening.search(buffer)
    if start:
        cut = stream.cut or f"the object ends inside <{element}>"
        yield [Broken(buffer[start.start() :][:TAIL], "cut", cut)]
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

    def grow(self) -> None:
        """Reads about as much again as the window holds."""
        self.fill(2 * len(self.buffer) + WINDOW)

    def batches(self) -> Iterator[Batch]:
        while True:
            self.fill(WINDOW)
            self.buffer = self.buffer[_skip(self.buffer, 0) :]
            if not self.buffer:
                if self.ended:
                    return
            elif self.buffer.startswith(b"["):
                yield from self.array(1)
            elif start := self.array_inside(self.buffer, 0):
                yield from self.array(start)
                self.leave_object()
            else:
                yield from self.values()

    # An array

    def array_inside(self, data: bytes, position: int) -> int:
        """Position after the `[` of the array in the object at `position`; 0: none that is seen."""
        if not self.keys or data[position : position + 1] != b"{":
            return 0
        if not any(data.find(b'"%b"' % key, position) > 0 for key in self.keys):
            return 0
        position += 1
        while found := KEY.match(data, position):
            value = found.end()
            if found[1] in self.keys and data[value : value + 1] == b"[":
                return value + 1
            position = _end(data, value)
            if position <= 0:
                return 0
        return 0

    def array(self, start: int) -> Iterator[Batch]:
        """The elements of the array that begins at `start`; leaves what follows its `]`."""
        self.buffer = self.buffer[start:]
        self.fill(WINDOW)
        first = FIRST_KEY.match(self.buffer, _skip(self.buffer, 0))
        delimiter = self.buffer[first.start() : first.end(1)] if first else b"{"
        while True:
            self.fill(WINDOW)
            cut = self.last_comma(delimiter)
            if cut < 0 and not self.ended and len(self.buffer) < MOST_WINDOW:
                self.grow()  # one element is larger than the window
                continue
            batch = self.decoded(cut) if cut >= 0 else None
            closed = self.ended
            if batch is None:
                batch, closed = self.elements(delimiter)
                if not batch and not closed:
                    self.grow()
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

    def decoded(self, cut: int) -> Batch | None:
        """The elements up to `cut`, all at once, or None where one of them is no JSON."""
        try:
            found = _raws.decode(b"[%b]" % self.buffer[:cut])
        except (msgspec.DecodeError, RecursionError):
            return None
        self.buffer = b"" if self.ended else self.buffer[cut + 1 :]
        return [bytes(raw) for raw in found]

    def elements(self, delimiter: bytes) -> tuple[Batch, bool]:
        """Elements one by one, by counting brackets: (batch, whether the array ended)."""
        batch: Batch = []
        position = 0
        while True:
            position = _skip(self.buffer, position)
            if self.buffer[position : position + 1] == b"]":
                self.buffer = self.buffer[position + 1 :]
                return batch, True
            end = _end(self.buffer, position)
            if end > 0 and (end < len(self.buffer) or self.ended):
                batch.append(self.buffer[position:end])
                position = end
                continue
            rest = self.buffer[position:]
            if self.is_broken(end, rest):
                mark = re.compile(rb",\s*(?=%b)" % re.escape(delimiter))
                following = _restart(self.buffer, position, mark, self.ended)
                if following > 0:
                    broken = self.buffer[position:following].rstrip(b", \r\n\t")
                    batch.append(Broken(broken, "malformed", "brackets or quotes do not match"))
                    position = following
                    continue
            self.buffer = rest
            if not self.ended:
                return batch, False
            self.buffer = b""
            if end == WRONG:
                batch.append(Broken(rest[:TAIL], "malformed", "brackets or quotes do not match"))
            else:
                cut = self.stream.cut or "the object ends inside an array"
                batch.append(Broken(rest[:TAIL], "cut", cut))
            return batch, True

    def is_broken(self, end: int, rest: bytes) -> bool:
        """Whether an element without an end has a mistake in it, rather than is cut off."""
        if end == WRONG or len(rest) > LONGEST:
            return True
        return self.ended and not self.stream.cut and CLOSED.search(rest[-100:]) is not None

    def leave_object(self) -> None:
        """Skips the members after the array, and the end of the object that they are in."""
        position = 0
        while True:
            position = _skip(self.buffer, position)
            found = KEY.match(self.buffer, position)
            end = _end(self.buffer, found.end()) if found else UNFINISHED
            if 0 < end < len(self.buffer):
                position = end
            elif self.buffer[position : position + 1] not in (b"", b'"') or end == WRONG:
                break
            elif self.ended:
                position = len(self.buffer)
                break
            else:
                self.buffer, position = self.buffer[position:], 0
                self.grow()
        self.buffer = self.buffer[position:].removeprefix(b"}")

    # Values one after the other

    def values(self) -> Iterator[Batch]:
        """Values up to one that is an array, or an object with an array in it."""
        while True:
            self.fill(WINDOW)
            if self.starts_array(self.buffer, 0):
                return
            cut = len(self.buffer) if self.ended else self.last_boundary()
            if cut <= 0 and not self.ended:
                self.grow()
                continue
            window, rest = self.buffer[:cut], self.buffer[cut:]
            batch = None
            if not any(b'"%b"' % key in window for key in self.keys):
                batch = _by_line(window) or _by_boundary(window)
            if batch is None:
                batch, left = self.one_by_one(window)
                rest = left + rest
            self.buffer = rest
            if batch:
                yield batch
            elif rest:
                self.grow()
            if self.ended and not self.buffer:
                return

    def starts_array(self, data: bytes, position: int) -> bool:
        """Whether an array, or an object with one of the keys' arrays, is at `position`."""
        return data[position : position + 1] == b"[" or self.array_inside(data, position) > 0

    def last_boundary(self) -> int:
        """Position after the last value that surely ended, 0 if that cannot be told."""
        for mark in (b"}\n{", b"}{", b"}\r\n{"):
            if (found := self.buffer.rfind(mark)) > 0:
                return found + len(mark) - 1
        if not self.buffer.startswith(b"{"):  # no JSON, or scalars: one a line
            return self.buffer.rfind(b"\n") + 1
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
            if self.starts_array(window, position):
                return batch, window[position:]
            if window[position : position + 1] != b"{":  # no JSON: the rest of the line
                end = window.find(b"\n", position)
                if end < 0 and not last:
                    return batch, window[position:]
                end = end if end >= 0 else len(window)
            else:
                end = _end(window, position)
            if end > 0:
                batch.append(window[position:end].rstrip())
                position = end
                continue
            rest = window[position:]
            if end == WRONG or last or len(rest) > LONGEST:
                mark = NEW_LINE if b"\n" in rest else NEW_VALUE
                following = _restart(window, position, mark, last)
                if following > 0:
                    broken = window[position:following].rstrip()
                    batch.append(Broken(broken, "malformed", "brackets or quotes do not match"))
                    position = following
                    continue
            if not last:
                return batch, rest
            cut = self.stream.cut or "the object ends inside a record"
            batch.append(Broken(rest[:TAIL], "cut", cut))
            break
        return batch, b""


def _skip(data: bytes, position: int) -> int:
    found = SPACE.match(data, position)
    return found.end() if found else position


def _by_line(window: bytes) -> Batch | None:
    """One value a line, or None where that is not so."""
    if LINE_WITH_ARRAY.search(window):
        return None
    found = [line for line in window.split(b"\n") if line and not line.isspace()]
    try:
        for line in found:
            _raw.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    spaced = b"\r" in window or b" \n" in window or b"\n " in window
    return [line.strip() for line in found] if spaced else list(found)


def _by_boundary(window: bytes) -> Batch | None:
    """Values between `}` and `{`, or None where one of the pieces is no value."""
    found = [piece for piece in BOUNDARY.split(window) if piece and not piece.isspace()]
    try:
        for piece in found:
            _raw.decode(piece)
    except (msgspec.DecodeError, RecursionError):
        return None
    return [piece.strip() for piece in found]


def _end(data: bytes, position: int) -> int:
    """Position after the value that starts at `position`; UNFINISHED where `data` ends before it,
    WRONG where its brackets, quotes or separators cannot belong to one value."""
    if data[position : position + 1] not in (b"{", b"["):
        found = SCALAR.match(data, position)
        if found:
            return found.end()
        open_text = data[position : position + 1] == b'"' and data.find(b"\n", position) < 0
        return UNFINISHED if open_text or position >= len(data) else WRONG
    inside: list[bytes] = []
    before = b":"  # the token before, b"" for a value
    for token in TOKEN.finditer(data, position):
        sign = token[0]
        if sign == b"," or sign == b":":
            before = sign
        elif sign == b"{" or sign == b"[":
            if not before or (before != b":" and inside[-1] == b"{"):
                return WRONG
            inside.append(sign)
            before = sign
        elif sign == b"}" or sign == b"]":
            if inside.pop() != (b"{" if sign == b"}" else b"["):
                return WRONG
            if not inside:
                return token.end()
            before = b""
        elif sign == b'"':  # a text that does not end on its line
            return UNFINISHED if data.find(b"\n", token.start()) < 0 else WRONG
        elif not before:
            return WRONG
        else:
            before = b""
    return UNFINISHED


def _restart(data: bytes, position: int, mark: re.Pattern[bytes], last: bool) -> int:
    """Start of the next value behind a broken one: the first after a mark that is one by its
    brackets. 0: none, or more has to be read to tell."""
    for found in mark.finditer(data, position + 1):
        end = _end(data, found.end())
        if end > 0 or (end == UNFINISHED and last):
            return found.end()
        if end == UNFINISHED:
            return 0
    return 0
