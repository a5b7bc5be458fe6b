"""Cuts a window of JSON objects, one a line, and one of XML elements, without reading either.

To parse a record only to find its end would be half of the loader's work; split() and count() look
at one byte after the other.
"""

import re
from array import array

from es_loader.native import library
from es_loader.native.words import NONE

JOINT = re.compile(rb"\}[ \t\r]*\{")
OPEN, CLOSE = b"{}"
SHORT = 8  # bytes of a line for each number that there is room for; each line has two
MOST = 1024  # elements that one call finds
_LIBRARY = library.load()


def object_lines(window: bytes) -> list[bytes] | None:
    """The lines that are not empty; None where one does not begin and end as an object does, where
    another object could begin in it, and where there are more than SHORT says."""
    if _LIBRARY is None:
        return _object_lines(window)
    ends = array("I", bytes(4 * (len(window) // SHORT + 2)))
    count = _LIBRARY.native_lines(window, len(window), ends.buffer_info()[0], len(ends))
    if count == NONE:
        return None
    places = iter(ends[: 2 * count])
    return [window[start:end] for start, end in zip(places, places, strict=True)]


def _object_lines(window: bytes) -> list[bytes] | None:
    lines = [line for line in window.split(b"\n") if line]
    if any(line[0] != OPEN or line[-1] != CLOSE for line in lines) or JOINT.search(window):
        return None
    return lines


def elements(window: bytes, name: bytes) -> list[tuple[int, int]]:
    """Start and end of the first elements of a name, at most MOST, up to a tag of that name that is
    unusual: a start tag without an end tag, or an end tag without start tag."""
    if _LIBRARY is None:
        return []
    ends = array("I", bytes(8 * MOST))
    place, room = ends.buffer_info()
    count = _LIBRARY.native_elements(window, len(window), name, len(name), place, room)
    places = iter(ends[: 2 * count])
    return [*zip(places, places, strict=True)]
