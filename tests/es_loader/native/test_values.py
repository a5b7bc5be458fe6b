"""What a table says of values (no value, durations, sums, times) is the same in the library."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest

from es_loader.log_type import LogType
from es_loader.log_type_file import load
from es_loader.normalize import Refused
from tests.es_loader.native.comparison import Direct

TABLE = """
description = "Doors"
vendor = "acme"
index = "monthly"

[match]
log_group = 'doors'

[read]
{read}

[time]
field = "at"
timezone = "{zone}"

[ecs]
event.duration = "taken|ms"
event.start = "start"
network.bytes = {{ sum = ["in", "out"] }}
related.user = {{ all = ["who", "{others}"] }}
user.name = ["who", "owner"]
"""
JSON = 'format = "json"\nnone = ["NA", "n/a"]'
LINES = """format = "lines"
none = ["NA", "n/a"]
pattern = '''
(?P<at>[^|]*)[|](?P<start>[^|]*)[|](?P<taken>[^|]*)[|](?P<in>[^|]*)[|](?P<out>[^|]*)[|](?P<who>.*)
'''"""
AT = "2026-11-24T20:00:00Z"
NUMBERS = [
    *("5", "007", "0.25", "1.123456", "1.1234567", "5.", ".5", "-1", "1e3", " 5", "abc", "nan"),
    *("Infinity", "999999999999", "9999999999999", "123456789012345678", "1234567890123456789"),
    *(
        "",
        "-",
        "NA",
        "n/a",
        "\u0661",
        5,
        0,
        0.25,
        1.1234567,
        1e-07,
        1e30,
        -1,
        True,
        None,
        [5],
        {"a": 5},
    ),
    *(10**17, 10**18, 2**63 - 1, 2**64 - 1, ["NA", 7]),
]
TIMES = [
    f"{day}{between}20:00:0{second}{zone}"
    for day in ("2026-11-24", "2026-02-29", "2024-02-29", "2026-13-01")
    for between in ("T", " ", "  ")
    for second in ("1", "2.5", "3,5", "4.1234567891")
    for zone in ("", "Z", " UTC", " GMT", "+00:00", " +0000", "+01:00", " ")
]


def doors(folder: Path, read: str = JSON, zone: str = "UTC") -> LogType:
    """A log type of the tables above."""
    place = folder / "doors"
    place.mkdir()
    others = "others.*.name" if read == JSON else "others"
    text = TABLE.format(read=read, zone=zone, others=others)
    (place / "log_type.toml").write_text(text, encoding="utf-8")
    return load(place)


def made(direct: Direct, records: list[Any]) -> list[Any]:
    """Documents of the library, None for those that it leaves; the same as the compiled ones."""
    assert direct.difference(records) == ""
    found = chain.from_iterable(direct._bound.documents(records, 0, _left))
    return [None if isinstance(each, Refused) else orjson.loads(each[5]) for each in found]


def _left(raw: Any, position: int) -> Refused:
    return Refused(position, raw, "", "left", "")


def lines(values: list[dict[str, Any]]) -> list[Any]:
    """Records as they are delivered."""
    return [json.dumps({"at": AT} | value).encode() for value in values]


def test_durations_are_nanoseconds_and_sums_are_of_what_is_there(tmp_path: Path) -> None:
    direct = Direct(doors(tmp_path), None)
    made(direct, lines([{"taken": n, "in": n, "out": o} for n in NUMBERS for o in ("7", n)]))
    usual, half, nothing = made(
        direct,
        lines(
            [
                {"taken": "25", "in": 5, "out": "7"},
                {"taken": 12, "in": 5},
                {"taken": "NA", "in": "n/a", "out": 3},
            ]
        ),
    )
    assert (usual["event"]["duration"], usual["network"]["bytes"]) == (25_000_000, 12)
    assert half["event"]["duration"] == 12_000_000
    assert "network" not in half and "network" not in nothing
    assert "duration" not in nothing["event"]


def test_texts_that_stand_for_no_value_are_none(tmp_path: Path) -> None:
    direct = Direct(doors(tmp_path), None)
    names = [
        ["NA", "ann"],
        "NA",
        "n/a",
        "NAN",
        ["n/a"],
        "a\\b",
        "a/b",
        'a"NA',
        [],
        "",
        "-",
        None,
        7,
    ]
    others = [None, [], [{"name": "NA"}, {"name": "bob"}], [{"name": name} for name in names]]
    records = lines(
        [{"who": n, "owner": o, "others": e} for n in names for o in names for e in others]
    )
    hidden = [
        b'{"at": "%b", "who": "%b", "owner": "o"}' % (AT.encode(), text)
        for text in (b"n\\/a", b"\\u004eA")
    ]
    made(direct, records + hidden)
    (found,) = made(direct, lines([{"who": "NA", "owner": "ann", "others": others[2]}]))
    assert found["user"]["name"] == "ann"
    assert found["related"]["user"] == ["bob"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_times_without_zone_or_with_a_blank_are_the_same_times(tmp_path: Path, zone: str) -> None:
    direct = Direct(doors(tmp_path, zone=zone), None)
    found = made(direct, lines([{"at": time, "start": time} for time in TIMES]) * 3)
    assert sum(each is not None for each in found) > len(TIMES) / 2
    (usual,) = made(direct, lines([{"at": "2026-11-24 20:00:01", "start": "2026-11-24 20:00:01"}]))
    assert usual["event"]["start"] == "2026-11-24T20:00:01Z"
    assert usual["@timestamp"][11:13] == ("20" if zone == "UTC" else "11")


def test_columns_have_the_same_values(tmp_path: Path) -> None:
    direct = Direct(doors(tmp_path, LINES), None)
    texts = [str(number) for number in NUMBERS]
    records = [f"{AT}|{time}|{n}|{n}|7|{n}" for n in texts for time in TIMES[:40:3]]
    found = made(direct, records)
    assert sum(each is not None for each in found) > len(records) / 5
