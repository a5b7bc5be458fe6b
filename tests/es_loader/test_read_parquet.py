"""Parquet files: rows as JSON, and as lines of log types that have columns."""

import io
import json
from typing import Any

import pytest
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet
from hypothesis import given
from hypothesis import strategies as st

from es_loader.fetch import Stream
from es_loader.log_type import Read
from es_loader.read import Broken, Header, frame
from tests.es_loader.test_read import Pieces
from tests.log_types.documents import documents

FLOWS = Read(format="delimited", columns=("version", "account-id"), header=True)
ROW = st.tuples(
    st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    st.one_of(st.none(), st.text(max_size=9)),
)


def packed(rows: list[tuple[Any, Any]], names: tuple[str, str] = ("number", "a_text")) -> bytes:
    numbers, texts = ([row[each] for row in rows] for each in (0, 1))
    arrays: dict[str, Any] = {
        names[0]: Array(numbers, DataType.int64()),
        names[1]: Array(texts, DataType.string()),
    }
    file = io.BytesIO()
    write_parquet(Table.from_pydict(arrays), file, max_row_group_size=700)
    return file.getvalue()


def framed(data: bytes, read: Read, chunk: int = 1000) -> list[Any]:
    return [raw for batch in frame(Stream(Pieces(data, chunk)), read) for raw in batch]


@given(st.lists(ROW, min_size=1, max_size=30), st.integers(1, 300))
def test_every_row_is_a_record(rows: list[tuple[Any, Any]], chunk: int) -> None:
    found = [json.loads(raw) for raw in framed(packed(rows), Read(format="json"), chunk)]
    assert [(row.get("number"), row.get("a_text")) for row in found] == rows


def test_row_groups_follow_each_other() -> None:
    found = framed(packed([(number, "x") for number in range(2000)]), Read(format="json"))
    assert [json.loads(raw)["number"] for raw in found] == list(range(2000))


def test_rows_of_a_log_type_of_columns_are_lines_behind_their_header() -> None:
    data = packed([(2, "111122223333"), (None, "a b"), (5, "")], ("version", "account_id"))
    assert framed(data, FLOWS) == [
        Header(("version", "account-id")),
        "2 111122223333",
        "- a_b",
        "5 -",
    ]


@pytest.mark.parametrize("size", [4, 11, 50, -1])
def test_a_file_that_ends_before_its_index_is_one_cut_piece(size: int) -> None:
    (piece,) = framed(packed([(1, "x")])[:size], Read(format="json"))
    assert isinstance(piece, Broken) and piece.reason == "cut"


def test_damaged_metadata_is_one_broken_piece() -> None:
    data = bytearray(packed([(1, "x")] * 10))
    length = int.from_bytes(data[-8:-4], "little")
    data[-8 - length : -8] = b"\xff" * length
    (piece,) = framed(bytes(data), Read(format="json"))
    assert isinstance(piece, Broken) and piece.reason == "malformed"


def test_damaged_pages_are_one_broken_piece() -> None:
    data = packed([(1, "x")] * 10)
    damaged = data[:4] + b"\xff" * 60 + data[64:]
    *_, piece = framed(damaged, Read(format="json"))
    assert isinstance(piece, Broken) and piece.reason == "malformed"


def test_parquet_of_a_log_type_of_another_form_is_told() -> None:
    (piece,) = framed(packed([(1, "x")]), Read(format="xml", event="Event"))
    assert isinstance(piece, Broken) and "xml" in piece.error


def test_a_vpc_flow_log_in_parquet_is_what_it_is_in_text() -> None:
    columns = (
        ("version", 5),
        ("account_id", "111122223333"),
        ("srcaddr", "10.0.1.13"),
        ("dstaddr", "198.51.100.66"),
        ("srcport", 49617),
        ("dstport", 443),
        ("protocol", 6),
        ("bytes", 1019),
        ("start", 1795546800),
        ("end", 1795546860),
        ("action", "ACCEPT"),
        ("pkt_srcaddr", None),
    )
    arrays: dict[str, Any] = {
        name: Array([value], DataType.int64() if type(value) is int else DataType.string())
        for name, value in columns
    }
    file = io.BytesIO()
    write_parquet(Table.from_pydict(arrays), file)
    names = " ".join(name.replace("_", "-") for name, _ in columns)
    values = " ".join("-" if value is None else str(value) for _, value in columns)
    assert documents("vpc_flow", file.getvalue()) == documents(
        "vpc_flow", f"{names}\n{values}\n".encode()
    )
