"""The library writes a line of the Common Event Format as `cef` reads it, or leaves it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import RecordError
from es_loader.cef import cef
from es_loader.native.engine import Engine
from es_loader.native.library import load

PLAIN = "<134>Nov 24 19:00:00 web-1 CEF:0|a|b|1|2|c|3|src=192.0.2.1"
PIECES = [
    "CEF:0|a|b|1|2|c|3|", "CEF: 1.02|a \\| b|||\\\\|\\c|é|", "CEF:", "C", "|", "\\", "\\\\", "\\|",
    "\\=", "\\n", "\\r", "==", " ", "  ", "\t", "\x1f", "\x85", "\xa0", "\u2028", "\u3000", "。",
    "=", "é", "😀", "\x00", "a", "ab c", "'\"{", "src=", " src=", " msg=x\\ny", " reason=",
    " cs1=x", " cs1Label=", " cs1Label=Host ID", " cs2Label=Host ID", " cs2=y", " Label=z", "a[0]=",
    " request=http://192.0.2.1/?a=b&c\\=d", " filePath=C:\\new\\r.txt", "k" * 119 + "=", "k" * 120,
    "<134>", "<1", "<1234>", "<٣>", "1 ", "Nov 24 19:00:00", "Nov  4 19:00:00 ", " web-1 ", "٣",
    "2026-11-24T19:00:00", "2026-11-24T19:00:00.123456789", "Z ", "-07:00 ", "+0900", "h" * 254,
    "".join(f" k{number}={number}" for number in range(70)), "x" * 40_000 + "\\=",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
lines = texts | st.builds("{}CEF:0|a|b|1|2|c|3|{}".format, texts, texts)


@pytest.fixture(scope="module")
def engine() -> Engine:
    library = load()
    assert library, "the library is missing, run `make setup`"
    return Engine(library, None)


def read(line: str) -> object:
    try:
        return cef(line)
    except RecordError:
        return None


@given(st.lists(lines, min_size=1, max_size=20))
@settings(max_examples=300, deadline=None)
def test_a_line_is_written_as_it_is_read_or_left(engine: Engine, given: list[str]) -> None:
    found = engine.json_of("cef", given)
    assert len(found) == len(given)
    for line, made in zip(given, found, strict=True):
        if made:
            # The order of members counts where the id is made of the content.
            assert json.dumps(json.loads(made)) == json.dumps(read(line))


@pytest.mark.parametrize(
    "line",
    [
        PLAIN,
        "relay: <190>1 2026-11-24T19:00:00-07:00 192.0.2.7 dsa - CEF: 0.1|a\\|b|c|1|2|\\\\|3|",
        "CEF:0|a|b|1|2|警告|3|msg=one\\ntwo。 cs1=x \t cs1Label=Host \\= ID act=",
        "CEF:0|a|b|1|2|c|3|request=http://192.0.2.1/?a=b&c\\=d filePath=C:\\new\\é",
        f"CEF:0|a|b|1|2|c|3|{'k' * 120}=x {'k' * 121}=y=z",
    ],
)
def test_a_usual_line_is_not_left(engine: Engine, line: str) -> None:
    (made,) = engine.json_of("cef", [line])
    assert json.dumps(json.loads(made)) == json.dumps(read(line))


@pytest.mark.parametrize(
    "line",
    [
        "CEF:0|a|b|1|2|c|3",
        "CEF:x|a|b|1|2|c|3|",
        f"{PLAIN} src=192.0.2.2",
        f"{PLAIN} cs1=x cs1Label=a cs2=y cs2Label=a",
        f"{PLAIN}\u3000 dst=192.0.2.2",
        f"{PLAIN}\u2028dst=192.0.2.2",
        f"{PLAIN} a[0]=1",
        f"<٣>{PLAIN[5:]}",
        PLAIN + "".join(f" k{number}=" for number in range(200)),
    ],
)
def test_an_unusual_line_is_left(engine: Engine, line: str) -> None:
    assert engine.json_of("cef", [PLAIN, line, PLAIN])[1] == b""


def test_half_a_surrogate_pair_leaves_all_lines(engine: Engine) -> None:
    assert engine.json_of("cef", [PLAIN, f"{PLAIN}\ud800"]) == [b"", b""]


def test_lines_that_do_not_fit_the_buffer_at_once_are_written_by_several_calls(
    engine: Engine,
) -> None:
    given = [f"{PLAIN} msg={'x' * size}" for size in range(0, 60_000, 500)] * 2
    assert [json.loads(made) for made in engine.json_of("cef", given)] == list(map(read, given))


@pytest.mark.parametrize(
    "tail", ["a" * 65536, "a=" * 32768, " " * 65536, "\\" * 65536, "C" * 65536]
)
def test_a_hostile_line_does_not_stop_the_library(engine: Engine, tail: str) -> None:
    for line in (f"{PLAIN}{tail}", f"{tail}{PLAIN}", f"CEF:0|{tail}"):
        (made,) = engine.json_of("cef", [line])
        assert not made or json.loads(made) == read(line)
