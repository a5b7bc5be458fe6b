"""Framing: every way to write records down gives the same records, and says where it breaks off."""

import bz2
import io
import json
import random
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from isal import igzip

from es_loader import json_values
from es_loader.fetch import Stream
from es_loader.log_type import Read
from es_loader.read import Broken, Header, Repaired, frame

RECORDS = Read(format="json", records=("Records",))
VALUES = Read(format="json")

# Texts that look like the places where records are cut apart.
traps = st.sampled_from(
    [
        '},{"',
        "}{",
        '}\n{"a":1}\n',
        '"',
        "\\",
        '\\"',
        "]}",
        "[",
        "{",
        '{"Records":[',
        "\u2028",
        "é\0",
    ]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), traps, st.text(max_size=8))
keys = st.sampled_from(["a", "b", 'k"', "Records", "{"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
# "Records" is a record's own key only below its top: there it would be the array of records.
objects = st.dictionaries(st.sampled_from(["a", "b", "c}", "{"]), values, max_size=4)
spaces = st.sampled_from(["", " ", "\n", "\r\n", "\t \n "])


class Pieces:
    """A reader that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self.file, self.size = io.BytesIO(data), size

    def read(self, size: int = -1, /) -> bytes:
        return self.file.read(self.size if size < 0 else min(size, self.size))


@contextmanager
def window(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_values, "WINDOW", size)
        patch.setattr(json_values, "MOST_WINDOW", 8 * size)
        yield


def framed(data: bytes, kind: Read = RECORDS, chunk: int = 200, size: int = 64) -> list[Any]:
    with window(size):
        return [raw for batch in frame(Stream(Pieces(data, chunk)), kind) for raw in batch]


def parsed(pieces: Sequence[Any]) -> list[Any]:
    return [piece if isinstance(piece, Broken) else json.loads(piece) for piece in pieces]


def reasons(pieces: Sequence[Any]) -> list[str]:
    return [piece.reason for piece in pieces if isinstance(piece, Broken)]


def packed(data: bytes, how: str) -> bytes:
    if how == "gzip":
        return igzip.compress(data)
    if how == "gzip members":
        half = len(data) // 2
        return igzip.compress(data[:half]) + igzip.compress(data[half:]) + bytes(512)
    if how == "bzip2":
        return bz2.compress(data)
    if how == "zstd":
        return zstandard.compress(data)
    if how == "zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("log.json", data)
        return file.getvalue()
    return data


def text(value: Any, space: str, ascii_only: bool = False) -> str:
    if space.strip(" "):
        return json.dumps(value, indent=1, ensure_ascii=ascii_only)
    between = (f",{space}", f":{space}")
    return json.dumps(value, separators=between, ensure_ascii=ascii_only)


def wrapped(records: list[Any], space: str, members: dict[str, Any]) -> str:
    """An object with the array of records, and other members before and after it."""
    inner = f",{space}".join(text(record, space) for record in records)
    before = "".join(f'"{k}0"{space}:{text(v, space)},{space}' for k, v in members.items())
    after = "".join(f",{space}{json.dumps(k + '1')}:{text(v, space)}" for k, v in members.items())
    return f'{{{space}{before}"Records":{space}[{space}{inner}{space}]{after}{space}}}'


FRAMINGS = ("lines", "crlf", "pretty", "concatenated", "array", "wrapped", "several wrapped")
PACKINGS = ("plain", "gzip", "gzip members", "bzip2", "zstd", "zip")
members = st.dictionaries(st.sampled_from(["x", "y"]), values, max_size=2)


def written(records: list[Any], framing: str, space: str, more: dict[str, Any]) -> str:
    if framing == "lines":
        return "\n".join(text(r, "") for r in records)
    if framing == "crlf":
        return "".join(text(r, "") + "\r\n" for r in records)
    if framing == "pretty":
        return space.join(text(r, "\n") for r in records)
    if framing == "concatenated":
        return space.join(text(r, "") for r in records)
    if framing == "array":
        return f"[{space}" + f",{space}".join(text(r, space) for r in records) + f"{space}]{space}"
    if framing == "wrapped":
        return wrapped(records, space, more)
    third = len(records) // 3
    parts = (records[:third], records[third : 2 * third], records[2 * third :])
    return space.join(wrapped(part, space, more) for part in parts)


@given(
    records=st.lists(objects, max_size=12),
    framing=st.sampled_from(FRAMINGS),
    packing=st.sampled_from(PACKINGS),
    space=spaces,
    more=members,
    chunk=st.integers(1, 200),
    size=st.sampled_from([16, 64, 300, 96 * 1024]),
)
def test_every_framing_gives_the_same_records(
    records: list[Any],
    framing: str,
    packing: str,
    space: str,
    more: dict[str, Any],
    chunk: int,
    size: int,
) -> None:
    data = packed(written(records, framing, space, more).encode(), packing)
    assert parsed(framed(data, chunk=chunk, size=size)) == records


@given(
    records=st.lists(objects, max_size=9),
    framings=st.lists(st.sampled_from(FRAMINGS), min_size=2, max_size=3),
    chunk=st.integers(1, 200),
    size=st.sampled_from([16, 64, 300, 96 * 1024]),
)
def test_framings_one_after_the_other_give_the_same_records(
    records: list[Any], framings: list[str], chunk: int, size: int
) -> None:
    data = "\n".join(written(records, framing, "", {}) for framing in framings).encode()
    assert parsed(framed(data, chunk=chunk, size=size)) == records * len(framings)


@given(
    records=st.lists(objects.filter(bool), min_size=1, max_size=12),
    framing=st.sampled_from(FRAMINGS),
    space=spaces,
    where=st.floats(0, 1, exclude_max=True),
    size=st.sampled_from([16, 64, 96 * 1024]),
)
def test_a_cut_object_gives_all_records_before_the_cut_and_one_broken_piece(
    records: list[Any], framing: str, space: str, where: float, size: int
) -> None:
    whole = written(records, framing, space, {})
    packing = igzip.compress(whole.encode(), 0)  # stored: all that is before the cut is given
    cut = packing[: max(2, int(len(packing) * where))]
    there = len(b"".join(Stream(io.BytesIO(cut))))
    ends, position = [], 0
    compact = {"lines": "", "crlf": "", "concatenated": "", "pretty": "\n"}
    for record in records:
        written_record = text(record, compact.get(framing, space))
        position = whole.index(written_record, position) + len(written_record)
        ends.append(len(whole[:position].encode()))
    number = sum(end <= there for end in ends)

    pieces = framed(cut, size=size)
    assert reasons(pieces) == ["cut"]
    assert parsed(pieces[:-1]) == records[:number]
    assert isinstance(pieces[-1], Broken)


@pytest.mark.parametrize("size", [16, 64, 96 * 1024])
@pytest.mark.parametrize(
    "broken",
    [
        '{"a":1,"b":',
        '{"a":"no end}',
        '{"a":1',
        '{"a":{"b":1}',
        '{"a":[1,2}',
        '{"a" 1 "b"}',
        '{"a":xyz","b":1}',
        '{"a":1]}',
        '{"a":1,,}',
    ],
)
@pytest.mark.parametrize("framing", ["lines", "array", "wrapped"])
def test_one_broken_record_among_many(framing: str, broken: str, size: int) -> None:
    good = [{"a": number, "b": [{"a": 1}, {"c": "}{"}]} for number in range(40)]
    texts = [text(record, "") for record in good]
    texts.insert(17, broken)
    separator = "\n" if framing == "lines" else ","
    data = separator.join(texts)
    if framing != "lines":
        data = f"[{data}]" if framing == "array" else f'{{"Records":[{data}]}}'
    pieces = framed(data.encode(), size=size)
    told = []
    for piece in pieces:
        try:
            told.append(orjson.loads(piece) if not isinstance(piece, Broken) else None)
        except orjson.JSONDecodeError:
            told.append(None)
    assert told == [*good[:17], None, *good[17:]]


@pytest.mark.parametrize("depth", [500, 5000])
@pytest.mark.parametrize("framing", FRAMINGS[:2] + FRAMINGS[3:])
def test_a_deep_record_is_one_record(framing: str, depth: int) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    marked = [{"n": 1}, {"n": "DEEP"}, {"n": 2}]
    data = written(marked, framing, "", {}).replace('{"n":"DEEP"}', deep)
    pieces = framed(data.encode(), size=96 * 1024)
    assert pieces == [b'{"n":1}', deep.encode(), b'{"n":2}']


def test_an_element_much_larger_than_the_window_is_one_record() -> None:
    large = {"a": [{"a": number} for number in range(5000)]}
    records = [{"a": 1}, large, {"a": 2}, {"b": 3}]
    for framing in FRAMINGS:
        assert parsed(framed(written(records, framing, "", {}).encode(), chunk=9999)) == records


def test_elements_that_begin_unlike_the_first_are_not_all_kept_in_memory() -> None:
    records = [{"first": 0}, *({f"k{n}": [{"first": n}, {"first": n}]} for n in range(2000))]
    with window(256):
        batches = list(frame(Stream(io.BytesIO(text(records, "").encode())), VALUES))
        stream = Stream(Pieces(text(records, "").encode(), 300))
        longest = max(len(batch) for batch in frame(stream, VALUES))
    assert parsed([raw for batch in batches for raw in batch]) == records
    assert longest < 500


@pytest.mark.parametrize("data", [b"", b" \n", b"[]", b'{"Records":[]}', b'{"Records": [ ] }\n'])
def test_an_object_without_records_gives_none(data: bytes) -> None:
    assert framed(data) == []


def test_text_where_json_is_expected_is_given_line_by_line() -> None:
    pieces = framed(b"no json at all\nneither is this\n" * 100, size=64)
    assert pieces == [b"no json at all", b"neither is this"] * 100


@given(seed=st.integers(0, 2**32), size=st.sampled_from([16, 96 * 1024]))
def test_no_bytes_are_too_odd_to_be_read(seed: int, size: int) -> None:
    rng = random.Random(seed)
    alphabet = b'{}[]",:\\\n 01aR\xff\0'
    data = bytes(rng.choice(alphabet) for _ in range(rng.randrange(400)))
    for kind in (RECORDS, VALUES):
        once = framed(data, kind, chunk=7, size=size)
        assert framed(data, kind, chunk=199, size=size) == once


# Lines


LINES = Read(format="lines")
COLUMNS = Read(format="delimited", columns=("version", "account-id"), header=True)


@given(
    lines=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30)),
    ending=st.sampled_from(["\n", "\r\n"]),
    chunk=st.integers(1, 200),
)
def test_lines_are_split_at_newlines_only(lines: list[str], ending: str, chunk: int) -> None:
    data = ending.join(lines).encode()
    wanted = [line.removeprefix("\ufeff") if n == 0 else line for n, line in enumerate(lines)]
    given_lines = framed(data, LINES, chunk)
    assert given_lines == [line for line in wanted if line and not line.isspace()]


def test_a_header_names_the_columns_and_does_not_count() -> None:
    pieces = framed(b"version account-id x\n2 1 a\nversion account-id x\n2 1 b\n", COLUMNS)
    assert pieces == [Header(("version", "account-id", "x")), "2 1 a", "2 1 b"]


def test_without_a_header_the_first_line_is_a_record() -> None:
    assert framed(b"2 1\n2 2\n", COLUMNS) == ["2 1", "2 2"]


FIELDS = Read(format="delimited", delimiter="\t", columns=("date", "c-ip"), header=True)
DIRECTED = (
    "#Version: 1.0\n#Fields: c-ip date cs(Host)\n192.0.2.1\t2026-11-24\t#a\n# no directive\n\n"
    "#Date: 2026-11-24\n#Fields: date\n#Fields:\tdate c-ip\n2026-11-25\t192.0.2.2\nx#\ty"
)


@pytest.mark.parametrize("size", [1, 7, 31, 4096])
def test_lines_of_fields_name_the_columns_of_those_that_follow(size: int) -> None:
    assert framed(DIRECTED.encode(), FIELDS, size) == [
        *(Header(("c-ip", "date", "cs(Host)")), "192.0.2.1\t2026-11-24\t#a", "# no directive"),
        *(Header(("date",)), Header(("date", "c-ip")), "2026-11-25\t192.0.2.2", "x#\ty"),
    ]


def test_a_line_of_fields_is_a_record_where_no_line_names_columns() -> None:
    assert framed(b"#Fields: a b\n", LINES) == ["#Fields: a b"]


def test_a_line_that_the_object_ends_in_is_cut_only_if_the_object_is() -> None:
    whole = b"one\ntwo\nthree"
    assert framed(whole, LINES) == ["one", "two", "three"]
    pieces = framed(igzip.compress(whole, 0)[:-12], LINES)
    assert pieces[:2] == ["one", "two"]
    assert [pieces[2].reason, pieces[2].raw] == ["cut", b"thr"[: len(pieces[2].raw)]]


def test_invalid_utf_8_is_replaced_and_told() -> None:
    good, bad = framed(b"fine\nb\xffd\n", LINES)
    assert (good, bad) == ("fine", "b\ufffdd")
    assert isinstance(bad, Repaired) and not isinstance(good, Repaired)


# XML


def xml(data: bytes, chunk: int = 50) -> list[Any]:
    return framed(data, Read(format="xml", event="Event"), chunk)


@given(number=st.integers(0, 20), chunk=st.integers(1, 100), space=spaces)
def test_xml_events_are_found_whatever_is_around_them(number: int, chunk: int, space: str) -> None:
    events = [f"<Event xmlns='x'><Id>{n}</Id></Event>" for n in range(number)]
    data = f"<?xml version='1.0'?><Events>{space.join(events)}</Events>"
    assert [p for p in xml(data.encode(), chunk) if not isinstance(p, Broken)] == events


def test_an_xml_event_without_end_tag_does_not_take_the_next_one_with_it() -> None:
    events = ["<Event><Id>1</Id></Event>", "<Event><Id>2</Id>", "<Event><Id>3</Id></Event>"]
    first, broken, third = xml("\n".join(events).encode())
    assert (first, third) == (events[0], events[2])
    assert (broken.reason, broken.raw) == ("malformed", events[1].encode())


def test_a_cut_xml_event_is_one_broken_piece() -> None:
    pieces = xml(b"<Event>1</Event><Event>2</Ev")
    assert pieces[0] == "<Event>1</Event>"
    assert [pieces[1].reason, pieces[1].raw] == ["cut", b"<Event>2</Ev"]


def test_an_object_without_an_xml_event_is_one_broken_piece() -> None:
    assert reasons(xml(b"this is no XML")) == ["malformed"]
    assert xml(b"  \n") == []
