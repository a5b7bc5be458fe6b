"""The library finds the same lines, and the same elements of XML, as Python does."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from es_loader import read
from es_loader.fetch import Stream
from es_loader.native import lines

PIECES = st.sampled_from([b"{", b"}", b"\n", b" ", b"\t", b"\r", b'"', b"x" * 15, b'{"a":1}\n'])
TAGS = st.sampled_from(
    [
        *(
            b"<Event>",
            b"<Event ",
            b"<Event/",
            b"<EventData>",
            b"</EventData>",
            b"</Event>",
            b"</Event",
        ),
        *(
            b">",
            b"<",
            b"\n",
            b" ",
            b"x" * 15,
            b"\xc3\xa4",
            b"\xff",
            b"<Event a='1'><Data/></Event>\n",
        ),
    ]
)
windows = st.lists(PIECES, max_size=60).map(b"".join)


@given(windows)
def test_the_library_finds_the_lines_that_python_finds(window: bytes) -> None:
    found = lines.object_lines(window)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_LIBRARY", None)
        expected = lines.object_lines(window)
    assert found == expected or (found is None and _are_short(expected, window))


def _are_short(found: list[bytes] | None, window: bytes) -> bool:
    return len(found or ()) * 2 > len(window) // lines.SHORT


@pytest.mark.parametrize("size", [15, 16, 17, 31, 32, 33, 100])
def test_lines_of_all_lengths_are_found(size: int) -> None:
    line = b"{" + b"x" * (size - 1) + b"}"
    assert lines.object_lines(b"\n".join([line] * 20) + b"\n") == [line] * 20


def test_lines_that_are_too_short_for_the_room_are_left_to_be_parsed() -> None:
    assert lines.object_lines(b"{}\n" * 1_000) is None


@given(st.lists(TAGS, max_size=60).map(b"".join))
def test_the_library_finds_the_elements_that_python_finds(window: bytes) -> None:
    found = list(read.xml_records(Stream(io.BytesIO(window)), "Event"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_LIBRARY", None)
        expected = list(read.xml_records(Stream(io.BytesIO(window)), "Event"))
    assert found == expected


def test_more_elements_than_a_call_finds_are_all_found() -> None:
    data = b"<Event>x</Event>" * (lines.MOST * 2 + 5)
    (batch,) = read.xml_records(Stream(io.BytesIO(data)), "Event")
    assert batch == ["<Event>x</Event>"] * (lines.MOST * 2 + 5)
