"""Lines that belong to the record before them."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from es_loader import record
from es_loader.decode import LogTypes, parts
from es_loader.fetch import Stream
from es_loader.log_type import LogType, Read
from es_loader.log_type_file import load
from es_loader.read import Broken, Repaired, frame
from tests.es_loader.test_read import Pieces

ERRORS = Read(format="lines", start=re.compile(r"\d\d:\d\d "), skip=re.compile("mysqld, Version"))
QUERIES = Read(format="lines", start=re.compile("# (?:Time|User@Host): "), block=True)

beginnings = st.builds(
    "{:02d}:{:02d} {}".format, st.integers(0, 23), st.integers(0, 59), st.just("a")
)
others = st.sampled_from(["", "  at x.y", "STATEMENT: select 1", "0:00 ", "é\u2028", "#", "\t"])
bodies = st.lists(others, max_size=4)


def framed(data: bytes, read: Read = ERRORS, chunk: int = 1000) -> list[Any]:
    return [raw for batch in frame(Stream(Pieces(data, chunk)), read) for raw in batch]


@given(
    st.lists(st.tuples(beginnings, bodies), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.integers(1, 40),
)
def test_a_record_is_a_line_that_begins_one_and_all_that_follow(
    records: list[tuple[str, list[str]]], ending: str, last: bool, chunk: int
) -> None:
    text = ending.join(line for begin, body in records for line in (begin, *body))
    data = (text + ending * last).encode()
    assert framed(data, chunk=chunk) == ["\n".join([b, *body]).rstrip() for b, body in records]


@given(st.text(st.sampled_from("0:1 a\n\r#"), max_size=60), st.integers(1, 9), st.integers(1, 9))
def test_the_records_do_not_depend_on_the_pieces_that_an_object_comes_in(
    text: str, one: int, other: int
) -> None:
    assert framed(text.encode(), chunk=one) == framed(text.encode(), chunk=other)


@given(st.text(st.sampled_from("0:1 a\n"), max_size=60))
def test_no_character_but_blank_ones_is_lost(text: str) -> None:
    found = "".join(framed(text.encode()))
    assert re.sub(r"\s", "", found) == re.sub(r"\s", "", text)


def test_lines_before_the_first_beginning_are_records_of_their_own() -> None:
    assert framed(b"STATEMENT: select\n\n  1\n10:00 a\nb\n") == [
        "STATEMENT: select",
        "  1",
        "10:00 a\nb",
    ]


def test_beginnings_in_a_row_are_one_in_a_block() -> None:
    data = b"# Time: 1\n# User@Host: a\nselect 1\n# a comment\n+ 1;\n# User@Host: b\nselect 2;\n"
    assert framed(data, QUERIES) == [
        "# Time: 1\n# User@Host: a\nselect 1\n# a comment\n+ 1;",
        "# User@Host: b\nselect 2;",
    ]


def test_a_banner_does_not_belong_to_the_record_before_it() -> None:
    assert framed(b"10:00 a\nmysqld, Version: 8\nb\n") == ["10:00 a\nb"]


def test_invalid_utf_8_in_any_line_of_a_record_is_told() -> None:
    found = framed(b"10:00 a\n\xff\n10:01 b\n10:02 \xff\n10:03 \xff\n10:04 c\n")
    assert found == ["10:00 a\n\ufffd", "10:01 b", "10:02 \ufffd", "10:03 \ufffd", "10:04 c"]
    assert [isinstance(each, Repaired) for each in found] == [True, False, True, True, False]


class Breaking(Pieces):
    """A reader whose bytes break off."""

    def read(self, size: int = -1, /) -> bytes:
        if found := super().read(size):
            return found
        raise EOFError("it ends")


def test_a_record_before_the_cut_is_given_and_the_cut_is_one_more() -> None:
    stream = Stream(Breaking(b"10:00 a\nb\n10:01 c\nd\n10:0", 7))
    pieces = [raw for batch in frame(stream, ERRORS) for raw in batch]
    assert pieces == ["10:00 a\nb", "10:01 c\nd", Broken(b"10:0", "cut", "EOFError: it ends")]


def test_a_record_that_does_not_end_is_too_long_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(record, "LONGEST", 1000)
    data = b"10:00 a\n" + b"line of text\n" * 500 + b"10:01 b\nc\n"
    first, second = framed(data, chunk=100)
    assert isinstance(first, Broken) and first.reason == "too_long"
    assert first.raw.startswith(b"10:00 a\nline of text\n") and len(first.raw) <= 1000
    assert second == "10:01 b\nc"


LOG_TYPE = """
description = "an error log"
vendor = "test"
index = "monthly"
[match]
log_group = "^/errors$"
[read]
format = "lines"
pattern = '(?P<message>.*)'
start = '\\d\\d:\\d\\d '
skip = 'banner'
[time]
field = []
[ecs]
message = "message"
"""


@pytest.fixture
def errors(tmp_path: Any) -> LogType:
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors" / "log_type.toml").write_text(LOG_TYPE)
    return load(tmp_path / "errors")


def test_messages_of_one_envelope_are_joined_and_those_of_two_are_not(errors: LogType) -> None:
    def envelope(*messages: str) -> str:
        events = [{"id": "1", "timestamp": 1, "message": message} for message in messages]
        return json.dumps(
            {"messageType": "DATA_MESSAGE", "logGroup": "/errors", "logEvents": events}
        )

    text = envelope("  x", "10:00 a", "b\n", "banner", "c\n10:01 d\ne") + envelope("f", "10:02 g")
    found = parts(Stream(Pieces(text.encode(), 50)), LogTypes({"errors": errors}), None)
    assert [part.records for part in found] == [
        ["  x", "10:00 a\nb\nc", "10:01 d\ne"],
        ["f", "10:02 g"],
    ]
