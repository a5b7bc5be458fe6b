"""Lines of the Common Event Format."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RecordError
from es_loader.cef import cef
from es_loader.fetch import Stream
from es_loader.log_type import Read
from es_loader.read import frame
from tests.es_loader.test_read import Pieces

texts = st.text(st.sampled_from("ab |=\\\té."), max_size=12).map(str.strip)
keys = st.sampled_from(["src", "msg", "cs1", "filePath", "Trend.X_y", "a[0]"])


def escaped(text: str, signs: str) -> str:
    return re.sub(f"([{re.escape(signs)}])", r"\\\1", text)


@given(st.lists(texts, min_size=6, max_size=6), st.dictionaries(keys, texts))
def test_what_is_escaped_is_read_as_it_was(header: list[str], extension: dict[str, str]) -> None:
    line = "|".join(["CEF:0", *(escaped(text, "|\\") for text in header), ""])
    line += " ".join(key + "=" + escaped(value, "=\\") for key, value in extension.items())
    found = cef(line)
    assert list(found.values())[:7] == ["0", *header]
    assert found["extension"] == extension


def test_a_label_names_the_value_that_it_belongs_to() -> None:
    found = cef(
        "CEF:0|a|b|1|2|c|3|cn1=7 cn1Label=Host ID cs2=x | y cs2Label=Container cs3Label=none"
    )
    assert found["labels"] == {"Host ID": "7", "Container": "x | y"}


def test_the_backslashes_of_a_path_are_kept_and_a_message_has_its_breaks() -> None:
    found = cef(r"CEF:0|a|b|1|2|c|3|filePath=C:\new\readme.txt msg=one\ntwo dst=192.0.2.1")
    assert found["extension"]["filePath"] == r"C:\new\readme.txt"
    assert found["extension"]["msg"] == "one\ntwo"


def test_equals_signs_in_a_value_begin_no_key_but_those_behind_any_space_do() -> None:
    found = cef("CEF:0|a|b|1|2|c|3|request=http://192.0.2.1/?a=b&c\\=d\tact=x  msg==y= src=")
    expected = {"request": "http://192.0.2.1/?a=b&c=d", "act": "x", "msg": "=y=", "src": ""}
    assert found["extension"] == expected


def test_any_number_of_different_keys_is_read() -> None:
    for line in range(3):
        pairs = {f"k{line}-{number}": str(number) for number in range(3000)}
        text = " ".join(f"{key}={value}" for key, value in pairs.items())
        assert cef(f"CEF:0|a|b|1|2|c|3|{text}")["extension"] == pairs


@pytest.mark.parametrize(
    ("head", "syslog"),
    [
        ("", {"priority": None, "time": None, "host": None}),
        (
            "<134>Nov 24 19:00:00 web-1 ",
            {"priority": "134", "time": "Nov 24 19:00:00", "host": "web-1"},
        ),
        (
            "relay-1: <134>Nov 24 19:00:00 web-1 ",
            {"priority": "134", "time": "Nov 24 19:00:00", "host": "web-1"},
        ),
        (
            "<190>1 2026-11-24T19:00:00-07:00 192.0.2.7 dsa 1 - - ",
            {"priority": "190", "time": "2026-11-24T19:00:00-07:00", "host": "192.0.2.7"},
        ),
    ],
)
def test_a_syslog_header_is_read_where_there_is_one(head: str, syslog: dict[str, str]) -> None:
    assert cef(f"{head}CEF:0|a|b|1|2|c|3|src=192.0.2.1")["syslog"] == syslog


@pytest.mark.parametrize("line", ["", "CEF:", "CEF:0|a|b|1|2|c", "LEEF:1.0|a|b|1|2|", "text"])
def test_another_line_is_refused(line: str) -> None:
    with pytest.raises(RecordError, match="no line of the Common Event Format"):
        cef(line)


@pytest.mark.parametrize(
    "tail", ["a" * 65536, "a=" * 32768, " " * 65536, "\\" * 65536, "|" * 65536]
)
def test_a_hostile_line_costs_no_more_than_its_length(tail: str) -> None:
    assert cef(f"CEF:0|a|b|1|2|c|3|{tail}")["name"] == "c"
    with pytest.raises(RecordError):
        cef(f"CEF:0|a|b{tail.replace('|', '')}")


@given(st.integers(1, 50), st.integers(1, 30))
def test_one_line_is_one_record(number: int, chunk: int) -> None:
    lines = [f"CEF:0|a|b|1|{each}|c|3|" for each in range(number)]
    data = "\n".join(lines).encode()
    found = frame(Stream(Pieces(data, chunk)), Read(format="cef"))
    assert [raw for batch in found for raw in batch] == lines
