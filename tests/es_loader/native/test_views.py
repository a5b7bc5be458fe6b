"""What a view shows of a value, which the library and Python do alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import LogTypeError
from es_loader.log_type import VIEWS, LogType
from es_loader.log_type_file import load
from es_loader.views import SHOWN, view
from tests.es_loader.native.comparison import Direct

TABLE = """
description = "Views"
vendor = "example"
index = "monthly"
[match]
key = "x"
examples = ["x"]
[read]
format = "json"
[time]
[ecs]
source.ip = "host|host"
related.ip = { all = ["host|host", "b"] }
[fields]
""" + "\n".join(
    f'example.{name} = {{ {kind} = "{name}|{name}" }}'
    for name in VIEWS
    for kind in ["long" if name in ("hex", "s", "ms", "us", "port") else "keyword"]
)
USUAL = {
    "host": "10.0.0.1:80",
    "class": 204,
    "last": "a/b",
    "word": "GET x",
    "hex": "0x1cc",
    "s": 9,
    "ms": "7",
    "us": 7,
}


def log_type(folder: Path, text: str) -> LogType:
    """A log type with this table."""
    (folder / "views").mkdir(exist_ok=True)
    (folder / "views" / "log_type.toml").write_text(text)
    return load(folder / "views")


def test_each_view_that_a_table_may_name_is_there() -> None:
    assert set(SHOWN) == set(VIEWS)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("host", "192.0.2.1:443", "192.0.2.1"),
        ("port", "192.0.2.1:443", "443"),
        ("host", "[2001:db8::1]:443", "2001:db8::1"),
        ("host", "2001:db8::1:443", "2001:db8::1:443"),
        ("port", "2001:db8:0:0:0:0:0:1:443", "443"),
        ("host", "example.com", "example.com"),
        ("port", "example.com", ""),
        ("host", "443", "443"),
        ("file", "C:\\Windows\\cmd.exe", "cmd.exe"),
        ("file", "C:\\Windows\\", ""),
        ("file", "System", "System"),
        ("file", 'C:\\a "b"\nc', 'a "b"\nc'),
        ("address", "::ffff:192.0.2.1", "192.0.2.1"),
        ("address", "::ffff:c000:201", "::ffff:c000:201"),
        ("address", "2001:db8::1", "2001:db8::1"),
        ("hex", "0x1cc", 460),
        ("hex", "0x1CC", 460),
        ("hex", "0x1cg", None),
        ("hex", "0x", None),
        ("hex", "460", "460"),
        ("hex", 460, "460"),
        ("class", 204, "2"),
        ("class", "2040", None),
        ("last", "arn:aws:iam::111122223333:user/dev/alice", "alice"),
        ("last", "HTTP/1.1", "1.1"),
        ("last", "alice", "alice"),
        ("region", "a1.execute-api.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("region", "a1.execute-api.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("region", "bucket.s3.amazonaws.com", None),
        ("word", "HGETALL cart:1", "hgetall"),
        ("word", "x" * 70, "x" * 64),
        ("ms", "29", 29_000_000),
        ("us", 0, 0),
        ("us", -5, None),
        ("us", "1.5", 1500),
        ("s", "0.154", 154_000_000),
        ("s", 0.154, 154_000_000),
        ("ms", "245.1800009", 245_180_000),
        ("s", "1.", None),
        ("s", float("inf"), None),
        ("ms", "-", None),
        ("ms", [1], None),
        ("host", True, None),
    ],
)
def test_a_view_shows_a_part_or_another_unit(name: str, value: Any, expected: Any) -> None:
    assert view(name)(value) == expected


TEXTS = [
    *("", "-", ":", "a:", ":80", "192.0.2.1:80", "2001:db8::1:80", "[::1]:80", "unix", "0", "000"),
    *("0.154", "12.5", "00.00", "1.", ".5", "1.1234567891", "999999999.9", "9999999999.9"),
    *("7", "204", "2040", "1" * 12, "1" * 13, "a/b", "/", "a/", "GET x", " x", "É x", "x" * 80),
    *("x" * 63 + "é", "a1.execute-api.us-east-1.amazonaws.com", "a.us-east-1.amazonaws.com.cn"),
    *(".us-east-1.amazonaws.com", "us-east-1.amazonaws.com", "a.us--1.amazonaws.com"),
    *("0x1cc", "0x", "0xFF", "0xfg", "0x" + "f" * 15, "0x" + "f" * 16, "0x1_0", "::ffff:192.0.2.1"),
    *("::ffff:c000:201", "C:\\a\\b c.exe", "C:\\a\\", "\\", "a\\\n", 'a\\"b', "a\\é"),
    *("a.us-east-12.amazonaws.com", "a.usa-east-1.amazonaws.com", 'SET "a"', '"a" b', "a\\ b"),
]
values: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(TEXTS),
    st.text(':/- \\"0aé', max_size=9),
    st.integers(-1000, 10**19),
    st.sampled_from([True, False, None, 1.5, 0.154, 1e-9, [], ["7"], {"a": 1}]),
)


@given(st.lists(st.dictionaries(st.sampled_from([*VIEWS, "b"]), values, max_size=3), min_size=1))
@settings(max_examples=200, deadline=None)
def test_the_library_sees_what_python_sees(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any]
) -> None:
    direct = Direct(log_type(tmp_path_factory.getbasetemp(), TABLE), None)
    raw = [json.dumps(record).encode() for record in [USUAL] * 40 + records]
    assert direct.difference(raw) == ""
    assert direct.engine.made >= 40


def test_a_view_that_there_is_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(LogTypeError, match=r"unknown view 'hosts', did you mean 'host'\?"):
        log_type(tmp_path, TABLE.replace("host|host", "host|hosts"))
