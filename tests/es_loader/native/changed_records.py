"""Records as they are delivered, with something changed in them: a value, a key, or a few bytes."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

from bench.corpora import CORPORA
from es_loader.log_type import LogType
from es_loader.log_type_file import HERE
from tests.es_loader import odd_records

VALUES: list[Any] = [
    "", "-", "a", '"', "\\", "\\u0041", "é", "😀", "\x00", "\x1f", "\x7f", "0", "00", "-0", "007",
    "123456789012345678", "1234567890123456789", "2147483647", "2147483648", "999999999", "1.50",
    "-1.5", ".5", "5.", "true", "FALSE", "No", "6", "17", "1", "58", "06", "255", "256", "65535",
    "65536", "10.0.0.1", "8.8.8.8", "1.1.1", "1.1.1.01", "1.1.1.256", "1.1.1.1.1", "2a00:1450::1",
    "::ffff:8.8.8.8", "2026-11-24T20:00:00Z", "2026-11-24T20:00:00.000000001Z",
    "2026-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-24T24:00:00Z",
    "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "2026-11-25T20:30:00Z", "1795551900",
    "1795551900123", "0795551900", "9999999999", "111122223333", "444455556666", "Success",
    "ConsoleLogin", "x" * 600, None, True, False, 0, -0.0, 7, -7, 1.5, 1e300, 2**63, 10**18,
    10**17, 1_795_551_900, 1_795_551_900_123, [], {}, ["a"], ["a", "a"], [None, "-", ""], [["a"]],
    [{"a": 1}], {"a": {"b": [1, 2]}},
]  # fmt: skip


@cache
def usual(name: str) -> list[bytes]:
    """Records of a log type: those of the benchmark, and those in its samples that are lines."""
    found: list[bytes] = []
    if name in CORPORA:
        corpus = CORPORA[name]
        text = b"".join(corpus.text(60))
        if corpus.floor == "array":
            found += [json.dumps(record).encode() for record in json.loads(text)["Records"]]
        else:
            found += text.splitlines()
    for sample in sorted(HERE.glob(f"{name}/samples/*")):
        if not sample.name.endswith(".expected.json"):
            found += _pieces(sample.read_bytes())
    return found


def _pieces(data: bytes) -> list[bytes]:
    try:
        value = json.loads(data)
    except ValueError:
        return [line for line in data.splitlines() if line.strip()]
    records = value.get("Records", [value]) if isinstance(value, dict) else value
    return [json.dumps(record, ensure_ascii=False).encode() for record in records]


def record(log_type: LogType, random: Random) -> bytes:
    """A record of the log type with a few values changed."""
    raw = random.choice(usual(log_type.name))
    if log_type.read.format not in ("json", "named"):
        columns = raw.split(log_type.read.delimiter.encode())
        for _ in range(random.choice((0, 1, 1, 2))):
            value = random.choice([*VALUES, *odd_records.TEXTS])
            if isinstance(value, str):
                columns[random.randrange(len(columns))] = value.encode()
        return log_type.read.delimiter.encode().join(columns).replace(b"\n", b"")
    try:
        found = json.loads(raw)
    except ValueError:
        return raw
    for _ in range(random.choice((0, 1, 1, 2))):
        odd_paths = odd_records.paths(log_type)
        if odd_paths and random.random() < 0.5 and isinstance(found, dict):
            odd_records.put(found, random.choice(odd_paths), random)
        else:
            _exchange(found, random)
    spaces: Any = random.choice([(",", ":"), (", ", ": ")])
    indent = random.choice((None, None, None, 1))
    ascii_only = random.random() < 0.5
    text = json.dumps(found, separators=spaces, indent=indent, ensure_ascii=ascii_only)
    return text.encode("utf-8", "surrogatepass")


def _exchange(found: Any, random: Random) -> None:
    """Puts one of VALUES in the place of something inside an object or list."""
    while isinstance(found, (dict, list)) and found:
        key: Any = random.choice(list(found) if isinstance(found, dict) else range(len(found)))
        inner = found[key]
        if not (isinstance(inner, (dict, list)) and inner and random.random() < 0.8):
            found[key] = deepcopy(random.choice(VALUES))
            return
        found = inner


def broken(raw: bytes, random: Random) -> bytes:
    """A record with a few bytes cut, changed, put in, or doubled."""
    changes: list[Callable[[bytearray, int], None]] = [
        lambda data, at: data.__delitem__(slice(at, None)),
        lambda data, at: data.__delitem__(slice(at, at + random.randrange(1, 9))),
        lambda data, at: data.__setitem__(slice(at, at + 1), bytes([random.randrange(256)])),
        lambda data, at: data.__setitem__(
            slice(at, at + 1), bytes([data[at] ^ 1 << random.randrange(8)])
        ),
        lambda data, at: data.__setitem__(slice(at, at), random.choice(PIECES)),
        lambda data, at: data.__setitem__(slice(at, at), data[at : at + random.randrange(200)]),
    ]
    data = bytearray(raw)
    for _ in range(random.choice((1, 1, 2, 5))):
        if data:
            random.choice(changes)(data, random.randrange(len(data)))
    return bytes(data)


PIECES = [
    b'"', b"\\", b"\\u", b"\\ud800", b"\\u0000", b"{", b"}", b"[", b"]", b",", b":", b"null", b"-",
    b"1e5", b"0", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"\0", b"\n", b" ", b"\t", b"[" * 70,
    b'{"a":' * 70, b'"eventName":1,', b'"eventTime":"2026-11-24T20:00:00Z",', b"9" * 45, b"." * 3,
]  # fmt: skip
