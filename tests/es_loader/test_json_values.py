"""JSON that is damaged, or of records longer than memory: what can be told apart is given."""

import json
import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from es_loader import json_values, record
from es_loader.fetch import Stream
from es_loader.json_scan import Skip
from es_loader.log_type import Read
from es_loader.read import frame
from es_loader.record import Broken

MIB = 1024 * 1024
RECORDS = Read(format="json", records=("Records", "Others"))
LINES = Read(format="lines")
XML = Read(format="xml", event="Event")


class Pieces:
    """A body of many pieces, which need never be all in memory."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def read(self, size: int = -1, /) -> bytes:
        return next(self.pieces, b"")


def framed(data: bytes, read: Read = RECORDS, size: int = 100_000) -> list[Any]:
    """All records of an object that comes in pieces of so many bytes."""
    pieces = iter([data[at : at + size] for at in range(0, len(data), size)])
    return [raw for batch in frame(Stream(Pieces(pieces)), read) for raw in batch]


def told(pieces: list[Any]) -> list[Any]:
    """The values of records, and the reason of what is none."""
    values = []
    for piece in pieces:
        try:
            values.append(piece.reason if isinstance(piece, Broken) else json.loads(piece))
        except ValueError:
            values.append("malformed")
    return values


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ('{"Records":[{"a":1}],"Others":[{"a":2}]}', [{"a": 1}, {"a": 2}]),
        ('{"Records":[],"x":[9],"Others":[{"a":2}]}{"a":3}', [{"a": 2}, {"a": 3}]),
        ('{"x":[{"Records":[1]}],"Records":[{"a":1}],"y":{"Others":[2]}}', [{"a": 1}]),
        ('[{"a":1}][{"a":2}]', [{"a": 1}, {"a": 2}]),
        ('[{"a":1}]\n[{"a":2}]\n', [{"a": 1}, {"a": 2}]),
        ('[{"a":1}],[{"a":2}]', [{"a": 1}, {"a": 2}]),
        ('[[{"a":1},{"a":2}],[],[[3]]]', [[{"a": 1}, {"a": 2}], [], [[3]]]),
        ("[[[]]]", [[[]]]),
        ('{"Records":{"Records":[1]}}', [{"Records": {"Records": [1]}}]),
        ('{"a":1}\n\n \n\t\r\n{"a":2}\r\n', [{"a": 1}, {"a": 2}]),
        ('\x1e{"a":1}\n\x1e{"a":2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a":1},\n{"a":2},\n', [{"a": 1}, {"a": 2}]),
        ('{"a":1}', [{"a": 1}]),
        (" 7 ", [7]),
        ('"a"\n"b"\nnull\ntrue', ["a", "b", None, True]),
    ],
)
def test_arrays_objects_and_what_is_between_them(data: str, found: list[Any]) -> None:
    assert told(framed(data.encode())) == found


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ('{"a":1,} {"b":2} {"c":3}', ["malformed", {"b": 2}, {"c": 3}]),
        ('{"a":1,}{"b":2}{"c":3}', ["malformed", {"b": 2}, {"c": 3}]),
        ('{"a":"x"y"}{"b":2}\n{"c":3}', ["malformed", {"c": 3}]),
        ('{"a":\n{"b":\n{"c":3}\n{"d":4}', ["malformed", "malformed", {"c": 3}, {"d": 4}]),
        ('{\n "a":1,,\n}\n{\n "b":2\n}', ["malformed", {"b": 2}]),
        ('[{"a":1},{"a":2,},{"a":3}]', [{"a": 1}, "malformed", {"a": 3}]),
        ('[{"a":{,},{"b":1},{"c":2}]', ["malformed", {"b": 1}, {"c": 2}]),
        ('[{"a":1},{"a":"2},{"a":3},{"a":4}]', [{"a": 1}, "malformed", {"a": 3}, {"a": 4}]),
        ('{"a":1}\n{"a":"}{"b', [{"a": 1}, "malformed", "cut"]),
        ('{"a":1}\n{"a":"}{', [{"a": 1}, "cut"]),
        ('[{"a":1},{"a":"},{', [{"a": 1}, "cut"]),
        ('[{"a":1},{"a":2]}', [{"a": 1}, "malformed"]),
    ],
)
def test_row_11_a_broken_value_takes_as_little_as_can_be_told_with_it(
    data: str, found: list[Any]
) -> None:
    assert told(framed(data.encode())) == found


def pieces_of(found: list[Any]) -> list[Any]:
    """The pieces, whether they were seen to be broken or will be by whoever parses them."""
    return [piece.raw if isinstance(piece, Broken) else piece for piece in found]


DAMAGE = [b"", b'"', b"}", b"{", b",", b"\n", b"]"]


def damaged(random: Random) -> bytes:
    """Records in some framing, with a few bytes of them changed."""
    values: list[Any] = ['},{"', "}{", "]}", "\\", '"', 1, [{"a": 1}]]
    texts = [
        json.dumps({random.choice("abc{"): random.choice(values)}, indent=random.choice([None, 1]))
        for _ in range(random.randrange(1, 9))
    ]
    between = random.choice(["\n", ", ", "", " "])
    data = bytearray(between.join(texts).encode())
    if between == ", ":
        data = bytearray(random.choice([b"[%b]", b'{"Records":[%b]}']) % data)
    for _ in range(random.randrange(3)):
        at = random.randrange(len(data))
        data[at : at + random.randrange(3)] = random.choice(DAMAGE)
    return bytes(data)


@given(seed=st.integers(0, 2**32), size=st.sampled_from([16, 64, 96 * 1024]))
def test_damaged_records_are_told_apart_alike_whatever_pieces_they_come_in(
    seed: int, size: int
) -> None:
    data = damaged(Random(seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_values, "WINDOW", size)
        patch.setattr(json_values, "MOST_WINDOW", 8 * size)
        once = pieces_of(framed(data, size=1))
        for length in (7, 50, len(data) + 1):
            assert pieces_of(framed(data, size=length)) == once


LONG = b"x" * (3 * MIB)
NESTED = b'{"n":[1,"]}\\"{["]},' * (3 * MIB // 19)


@pytest.mark.parametrize(
    ("read", "start", "long", "end"),
    [
        (RECORDS, b'{"Records":[{"n":0},', b'{"n":"%b"}' % LONG, b',{"n":1}]}'),
        (RECORDS, b'[{"n":0},', b'{"n":[%b0]}' % NESTED, b',{"n":1}]'),
        (RECORDS, b'{"n":0}\n', b'{"n":"%b"}' % LONG, b'\n{"n":1}\n'),
        (RECORDS, b'{"n":0}\n', b'{"n":"%b' % LONG, b'\n{"n":1}\n'),
        (RECORDS, b'{"n":0}', b'{"n":[%b0]}' % NESTED, b'{"n":1}'),
        (RECORDS, b'{"n":0}\n', LONG, b'\n{"n":1}\n'),
        (LINES, b"0\n", LONG, b"\n1\n"),
        (XML, b"<Event>0</Event>", b"<Event>%b</Event>" % LONG, b"<Event>1</Event>"),
        (XML, b"<Event>0</Event>", b"<Event>%b" % LONG, b"<Event>1</Event>"),
    ],
    ids=["element", "nested", "line", "broken", "value", "no-json", "text", "xml", "broken-xml"],
)
def test_a_record_that_is_too_long_is_one_broken_piece_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, read: Read, start: bytes, long: bytes, end: bytes
) -> None:
    monkeypatch.setattr(record, "LONGEST", 2 * MIB)
    first, broken, last = framed(start + long + end, read)
    assert (broken.reason, len(broken.raw)) == ("too_long", MIB)
    assert long.startswith(broken.raw)
    assert ("0" in str(first), "1" in str(last)) == (True, True)


def test_a_record_of_less_than_64_mib_is_a_record() -> None:
    long = b'{"n":"%b"}' % (b"x" * (63 * MIB))
    assert framed(b'[{"n":0},%b,{"n":1}]' % long) == [b'{"n":0}', long, b'{"n":1}']


def test_a_record_of_70_mib_is_too_long() -> None:
    long = b'{"n":"%b"}' % (b"x" * (70 * MIB))
    found = framed(b'[{"n":0},%b,{"n":1}]' % long)
    assert told(found) == [{"n": 0}, "too_long", {"n": 1}]
    assert found[1].error == "a record of more than 64 MiB"


@pytest.mark.parametrize(
    ("read", "start", "unit"),
    [
        (RECORDS, b"", b"x"),
        (RECORDS, b'{"a":"', b"x"),
        (RECORDS, b'{"a":"', b"\\"),
        (RECORDS, b'{"Records":[{"a":"', b"x"),
        (RECORDS, b'{"Records":[{"a":"', b'{"a":['),
        (RECORDS, b'{"Records":[],"a":"', b"x"),
        (RECORDS, b"[", b"["),
        (RECORDS, b"", b'{"a":['),
        (RECORDS, b"", b'"'),
        (LINES, b"", b"x"),
        (XML, b"", b"x"),
        (XML, b"<Event>", b"x"),
        (XML, b"", b"<Event>"),
    ],
)
def test_an_endless_record_needs_no_more_memory_than_the_longest(
    monkeypatch: pytest.MonkeyPatch, read: Read, start: bytes, unit: bytes
) -> None:
    monkeypatch.setattr(record, "LONGEST", MIB)
    monkeypatch.setattr(json_values, "MOST_WINDOW", MIB // 4)
    piece = unit * (MIB // 8 // len(unit))
    tracemalloc.start()
    try:
        pieces = chain([start or piece], repeat(piece, 8 * 12))
        for batch in frame(Stream(Pieces(pieces)), read):
            assert batch
        assert tracemalloc.get_traced_memory()[1] < 12 * MIB
    finally:
        tracemalloc.stop()


@given(
    value=st.recursive(
        st.text(max_size=9) | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=9,
    ).filter(lambda value: isinstance(value, dict | list | str)),
    size=st.integers(1, 9),
)
def test_the_end_of_a_skipped_value_is_found_whatever_pieces_it_comes_in(
    value: Any, size: int
) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    length = len(data)
    data += b',{"a":1}]'
    skip = Skip()
    ends = (
        (at, end) for at in range(0, len(data), size) if (end := skip.feed(data[at : at + size]))
    )
    assert sum(next(ends)) == length
