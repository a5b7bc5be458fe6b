"""Cuts JSON into records, whatever stands between them: the framing of the format `json`.

Windows of the stream are cut apart at places that look like the end of a value, and the pieces are
checked. Only where that fails are brackets counted, value by value.
"""

import re
from collections.abc import Iterator

import msgspec

from es_loader import record
from es_loader.fetch import Stream
from es_loader.json_scan import KEY, UNFINISHED, WRONG, Skip, end_of, restart, skip_space
from es_loader.native.lines import CLOSE, JOINT, OPEN, object_lines
from es_loader.record import Batch, Broken, too_long

WINDOW = 96 * 1024
MOST_WINDOW = 8 * WINDOW  # how far to look for an element's end before brackets are counted

_raw = msgspec.json.Decoder(msgspec.Raw)
_raws = msgspec.json.Decoder(list[msgspec.Raw])

BOUNDARY = re.compile(rb"(?<=\})\s*(?=\{)")
LINE_WITH_ARRAY = re.compile(rb"\n[^\S\n]*+\[")
FIRST_KEY = re.compile(rb'\{\s*("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*:')
REST = re.compile(rb'(?:\s*+,\s*+"[^"\\]*+"\s*+:\s*+(?:"[^"\\]*+"|[\w.+-]++))*+\s*+\}?\s*+')
LINE_END = re.compile(rb"\n")
NEW_LINE = re.compile(rb"\n(?=\{)")
NEW_VALUE = re.compile(rb"\}\s*(?=\{)")
NEW_ELEMENT = re.compile(rb"\}\s*,\s*(?=\{)")
CLOSED = re.compile(rb"\]\s*+\}?\s*+$")
COMMA = 44
MARK = 4096  # more than a mark between two records is long
WRONG_SIGNS = "brackets or quotes do not match"


def json_records(stream: Stream, keys: tuple[str, ...] = ()) -> Iterator[Batch]:
    """JSON values in any framing: one a line, pretty-printed, one right after the other, a bare
    array, or an object some of whose `keys` hold arrays."""
    return _Json(stream, keys).batches()


class _Json:
    """A window over the stream, and where in the grammar it stands."""

    def __init__(self, stream: Stream, keys: tuple[str, ...]) -> None:
        self.stream, self.chunks = stream, iter(stream)
        self.keys = {key.encode() for key in keys}
        self.buffer = b""
        self.ended = False
        self.stuck = UNFINISHED  # why the value that the window begins with has no end: or WRONG

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
        """Reads about as much again as the window holds, up to the longest record."""
        self.fill(min(2 * len(self.buffer) + WINDOW, record.LONGEST))

    def batches(self) -> Iterator[Batch]:
        while True:
            self.fill(WINDOW)
            self.buffer = self.buffer[skip_space(self.buffer, 0) :]
            if not self.buffer:
                if self.ended:
                    return
            elif self.buffer.startswith(b"["):
                yield from self.array(1)
            elif start := self.array_inside(self.buffer, 0):
                while start:
                    yield from self.array(start)
                    start = self.leave_object()
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
            position = end_of(data, value)
            if position <= 0:
                return 0
        return 0

    def array(self, start: int) -> Iterator[Batch]:
        """The elements of the array that begins at `start`; leaves what follows its `]`."""
        self.buffer = self.buffer[start:]
        self.fill(WINDOW)
        first = FIRST_KEY.match(self.buffer, skip_space(self.buffer, 0))
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
                    batch = self.more(_before(delimiter))
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
            before = end - 1
            while before > 0 and self.buffer[before] in b" \t\r\n":
                before -= 1
            if self.buffer[before] == COMMA:
                return before
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
            position = skip_space(self.buffer, position)
            if self.buffer[position : position + 1] == b"]":
                self.buffer = self.buffer[position + 1 :]
                return batch, True
            end = end_of(self.buffer, position)
            if end > 0 and (end < len(self.buffer) or self.ended):
                batch.append(self.buffer[position:end])
                position = end
                continue
            self.stuck = end
            wrong = self.is_broken(end, position)
            if wrong and (following := self.next_element(position, delimiter)):
                broken = self.buffer[position:following].rstrip(b", \r\n\t")
                batch.append(Broken(broken, "malformed", WRONG_SIGNS))
                position = following
                continue
            self.buffer = self.buffer[position:]
            if not self.ended:
                return batch, False
            rest, self.buffer = self.buffer, b""
            if wrong:
                batch.append(Broken(rest, "malformed", WRONG_SIGNS))
            else:
                cause = self.stream.cut or "the object ends inside an array"
                batch.append(Broken(rest, "cut", cause))
            return batch, True

    def is_broken(self, end: int, position: int) -> bool:
        """Whether an element without an end has a mistake in it, rather than is cut off."""
        if end == WRONG:
            return True
        tail = self.buffer[max(position, len(self.buffer) - 100) :]
        return self.ended and not self.stream.cut and CLOSED.search(tail) is not None

    def next_element(self, position: int, delimiter: bytes) -> int:
        """Start of the next element behind a broken one, 0 if there is none: one that begins like
        the first, else any object."""
        for ahead in self.ahead(position):
            found = _before(delimiter).search(ahead, 1)
            following = found.end() if found else restart(ahead, NEW_ELEMENT)
            if following:
                return position + following
        return 0

    def leave_object(self) -> int:
        """Skips the members after the array, and the end of the object that they are in; but stops
        at another array of records: position after its `[`, else 0."""
        position = 0
        while True:
            position = skip_space(self.buffer, position)
            found = KEY.match(self.buffer, position)
            if found and found[1] in self.keys and self.buffer.startswith(b"[", found.end()):
                return found.end() + 1
            end = end_of(self.buffer, found.end()) if found else UNFINISHED
            if 0 < end < len(self.buffer):
                position = end
            elif self.buffer[position : position + 1] not in (b"", b'"') or end == WRONG:
                break
            elif self.ended:
                position = len(self.buffer)
                break
            elif len(self.buffer) >= record.LONGEST:  # then the rest is one broken value
                break
            else:
                self.buffer, position = self.buffer[position:], 0
                self.grow()
        self.buffer = self.buffer[position:].removeprefix(b"}")
        return 0

    # Values one after the other

    def values(self) -> Iterator[Batch]:
        """Values up to one that is an array, or an object with an array in it."""
        while True:
            self.fill(WINDOW)
            if self.starts_array(self.buffer, 0):
                return
            cut = len(self.buffer) if self.ended else self.last_boundary()
            if cut <= 0 and not self.ended and len(self.buffer) < MOST_WINDOW:
                self.grow()
                continue
            window = self.buffer[:cut] if cut > 0 else b""
            batch: Batch | None = None
            if window and not any(b'"%b"' % key in window for key in self.keys):
                batch = _by_line(window) or _by_boundary(window)
            if batch is not None:
                self.buffer = self.buffer[cut:]
            else:
                batch = self.one_by_one(cut if cut > 0 else len(self.buffer))
            if not batch and self.buffer:
                batch = self.more(self.next_mark())
            if batch:
                yield batch
            if self.ended and not self.buffer:
                return

    def starts_array(self, data: bytes, position: int) -> bool:
        """Whether an array, or an object with one of the keys' arrays, is at `position`."""
        return data[position : position + 1] == b"[" or self.array_inside(data, position) > 0

    def next_mark(self) -> re.Pattern[bytes]:
        """Where a value starts if the first one in the window is broken."""
        return NEW_LINE if self.buffer.startswith(b"{") else LINE_END

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

    def one_by_one(self, cut: int) -> Batch:
        """The values that begin before `cut`, by counting brackets, as far as can be told before
        more is read."""
        batch: Batch = []
        position = 0
        while (position := skip_space(self.buffer, position)) < cut:
            if self.starts_array(self.buffer, position):
                break
            if self.buffer[position] != OPEN or self.is_line(position):
                # What is no JSON, or looks like all of a value, goes to the end of its line.
                end = self.buffer.find(b"\n", position)
                end = len(self.buffer) if end < 0 and self.ended else end
                if end < 0:
                    self.stuck = WRONG
                    break
            else:
                end = end_of(self.buffer, position)
            if end > 0:
                batch.append(self.buffer[position:end].rstrip())
                position = end
                continue
            self.stuck = end
            if end == UNFINISHED and not self.ended:
                break
            # At the end of the object a value without an end is cut, if no other line follows.
            following = self.next_value(position, end == WRONG)
            if not following and not self.ended:
                break
            if following:
                broken = self.buffer[position:following].rstrip()
                batch.append(Broken(broken, "malformed", WRONG_SIGNS))
                position = following
            else:
                cause = self.stream.cut or "the object ends inside a record"
                batch.append(Broken(self.buffer[position:], "cut", cause))
                position = len(self.buffer)
        self.buffer = self.buffer[position:]
        return batch

    def is_line(self, position: int) -> bool:
        """Whether a line that begins there is one that `_by_line` takes for a value unseen."""
        end = self.buffer.find(b"\n", position)
        if end < 0 or self.buffer[end - 1] != CLOSE or JOINT.search(self.buffer, position, end):
            return False
        return self.buffer[end : end + 99].lstrip(b"\n")[:1] == b"{"

    def next_value(self, position: int, wrong: bool) -> int:
        """Start of the next value behind one that does not end, 0 if there is none: on a line of
        its own; where the other is surely wrong, else wherever one begins."""
        for ahead in self.ahead(position):
            if wrong:
                found = NEW_LINE.search(ahead, 1)
                following = found.end() if found else restart(ahead, NEW_VALUE)
            else:
                following = restart(ahead, NEW_LINE)
            if following:
                return position + following
        return 0

    def ahead(self, position: int) -> Iterator[bytes]:
        """What follows a position, more and more of it; where it ends does not depend on how much
        the window holds, so that the same is found whatever pieces the stream comes in."""
        reach = MOST_WINDOW
        while reach < record.LONGEST:
            self.fill(position + reach)
            yield self.buffer[position : position + reach]
            if self.ended and len(self.buffer) <= position + reach:
                return
            reach *= 2

    # Values that do not end

    def more(self, mark: re.Pattern[bytes]) -> Batch:
        """Makes the window larger, for a value that does not end in it; skips one that is too long.

        mark   where the next value starts if this one is broken
        """
        if len(self.buffer) < record.LONGEST:
            self.grow()
            return []
        piece = too_long(self.buffer)
        end = self.skip() if self.stuck == UNFINISHED else WRONG
        if end == UNFINISHED and self.stream.cut:
            piece = Broken(piece.raw, "cut", self.stream.cut)
        if end == WRONG:
            while not (found := mark.search(self.buffer)) and not self.ended:
                self.buffer = self.buffer[-MARK:]
                self.fill(MARK + WINDOW)
            end = found.end() if found else len(self.buffer)
        self.buffer = self.buffer[end:] if end > 0 else b""
        return [piece]

    def skip(self) -> int:
        """Reads on to where the value ends: its position in the window then; WRONG where it cannot
        end, UNFINISHED where the object ends before it."""
        skip = Skip()
        while (end := skip.feed(self.buffer)) == UNFINISHED and not self.ended:
            self.buffer = b""
            self.fill(WINDOW)
        return end


def _before(delimiter: bytes) -> re.Pattern[bytes]:
    """What stands before an element that begins with the delimiter."""
    return re.compile(rb",\s*(?=%b)" % re.escape(delimiter))


def _by_line(window: bytes) -> Batch | None:
    """One value a line, or None where that is not so. The last line may be cut."""
    lines = object_lines(window)
    if lines and _values(list(lines[-1:])):
        return list(lines)
    if LINE_WITH_ARRAY.search(window):
        return None
    return _values([line for each in window.split(b"\n") if (line := each.strip())])


def _by_boundary(window: bytes) -> Batch | None:
    """Values between `}` and `{`, or None where one of the pieces is no value."""
    return _values([piece for each in BOUNDARY.split(window) if (piece := each.strip())])


def _values(pieces: Batch) -> Batch | None:
    """The pieces, or None where one of them is no value."""
    try:
        for piece in pieces:
            _raw.decode(piece)  # type: ignore[arg-type]
    except (msgspec.DecodeError, RecursionError):
        return None
    return pieces
