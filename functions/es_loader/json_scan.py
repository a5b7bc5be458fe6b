"""Tells where a JSON value ends, without building it: by its brackets, quotes and separators."""

import re

UNFINISHED, WRONG = 0, -1  # instead of the position after a value

SPACE = re.compile(rb"[\s,\x1e]*+")
# Possessive where they can be: what could be given back is kept in memory for each repetition.
KEY = re.compile(rb'[\s,]*+"([^"\\]*+(?:\\.[^"\\]*+)*+)"\s*+:\s*+')
TOKEN = re.compile(rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|[{}\[\],:"]|[^\s{}\[\],:"]++')
SCALAR = re.compile(rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|[^\s,\]}"{\[]++')
# For values that are skipped: only what decides where they end.
BRACKET = re.compile(rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|[{}\[\]"]')
TEXT = re.compile(rb'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+')
DEEPEST = 100_000
CLOSING = {b"{": b"}", b"[": b"]"}


def skip_space(data: bytes, position: int) -> int:
    """Position of the first byte that is no white space, comma or record separator (RFC 7464)."""
    found = SPACE.match(data, position)
    return found.end() if found else position


def end_of(data: bytes, position: int) -> int:
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


def restart(data: bytes, mark: re.Pattern[bytes]) -> int:
    """Start of the next value behind a broken one that `data` begins with: the first after a mark
    that is one by its brackets, as far as `data` goes. 0: none."""
    for found in mark.finditer(data, 1):
        if end_of(data, found.end()) != WRONG:
            return found.end()
    return 0


class Skip:
    """The way to the end of a value that is too long to be kept, piece by piece."""

    def __init__(self) -> None:
        self._inside: list[bytes] = []
        self._text = False
        self._escaped = False

    def feed(self, data: bytes) -> int:
        """Position in `data` after the value; UNFINISHED where more has to be read, WRONG where it
        cannot end."""
        position = 0
        while position < len(data):
            if self._text:
                end = self._end_of_text(data, position)
                if end <= 0:
                    return end
                position = end
                if not self._inside:
                    return position
            for token in BRACKET.finditer(data, position):
                sign = token[0]
                position = token.end()
                if sign in CLOSING:
                    self._inside.append(CLOSING[sign])
                    if len(self._inside) > DEEPEST:
                        return WRONG
                elif sign == b'"':
                    self._text = True
                    break
                elif len(sign) == 1 and (not self._inside or self._inside.pop() != sign):
                    return WRONG
                if not self._inside:
                    return position
            else:
                return UNFINISHED
        return UNFINISHED

    def _end_of_text(self, data: bytes, position: int) -> int:
        if self._escaped:
            position, self._escaped = position + 1, False
        found = TEXT.match(data, position)
        position = found.end() if found else position
        following = data[position : position + 1]
        self._escaped = following == b"\\"
        if following == b'"':
            self._text = False
            return position + 1
        return WRONG if following == b"\n" else UNFINISHED
