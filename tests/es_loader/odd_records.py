"""Records of a log type with values in them that nobody expects there."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from es_loader.log_type import LogType, Path_, view_of
from es_loader.parse import column_names

TEXTS = [
    "", "-", " ", "0", "-1", "1.5", " 12 ", "1e3", "1e400", "NaN", "Infinity", "-inf", "0x1F",
    "1_000", "\u0663", "\uff11\uff12", "\u00b2", "9223372036854775807", "9223372036854775808",
    "-9223372036854775809", "2147483648", "99999999999999999999999", "true", "TRUE", "False", "yes",
    "null", "None", "192.0.2.1", "192.0.2.1/24", "192.0.2", "256.1.1.1", "192.000.002.001",
    "\u0661.\u0661.\u0661.\u0661", "192.0.2.1:80", "2001:db8::1", "2001:DB8::1", "fe80::1%eth0",
    "::ffff:192.0.2.1", "::", "2001:db8::1::2", "[::1]", "2026-11-24T20:00:00Z",
    "2026-11-24T20:00:00.123456789Z", "2026-11-24T20:00:00.1234567891Z", "2026-11-24 20:00:00",
    "2026-11-24T20:00:00+09:00", "2026-11-24T20:00:00+0900", "2026-11-24T20:00:00+99:99",
    "2026-11-24T20:00:00.Z", "2026-11-24T20:00Z", "2026-11-24T20Z", "2026-11-24", "2026-11", "2026",
    "2026-02-30T00:00:00Z", "2026-11-24T24:00:00Z", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00", "+292278994-08-17T07:12:55Z",
    "\uff12\uff10\uff12\uff16-11-24T20:00:00Z", "1764014400", "1764014400.5", "1764014400000",
    "-1764014400000", "1764014400000000000", "1e12", "-1e17", "253402300800",
    "01/Aug/2019:00:24:41 +0000", "Feb 30 21:54:44", '"', "\\", "},{", "\x00", "\x1b[0m", "\x7f",
    "\u2028", "\ufeff", "\ufffe", "é" * 20_000, "x" * 40_000, "a b " * 10_000, "😀" * 9_000, "%00",
    "http://[", "https://example.com:99999/a?b#c", "//", "e\u0301",
    "arn:aws:iam::111122223333:user/a", "arn:", ":::::", "[]", "{}", '{"a":1}', "a=b&c", "a, b, c",
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 6, 443, 65_536, 2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, 2**63, 2**64,
    -(2**63) - 1, 10**30, -0.0, 1.5, 1e16, 1e308, -1e308, 5e-324, 3.5e38, 1_764_014_400,
    1_764_014_400_000, 1_764_014_400.25, 253_402_300_800_000, -62_135_596_800_001, 10**17, 10**19,
]  # fmt: skip
HALF_PAIR = "\ud800 half a pair \udc00"


def value(random: Random, depth: int = 0) -> Any:
    """Anything that JSON can hold."""
    kind = random.randrange(12)
    if kind < 5:
        return random.choice(TEXTS)
    if kind < 7:
        return random.choice(NUMBERS)
    if kind == 7:
        return random.choice([None, True, False, float("nan"), float("inf"), HALF_PAIR])
    if kind == 8:
        return "".join(chr(random.choice((65, 233, 0x2028, 0x1F600, 1))) for _ in range(9))
    if depth > 3:
        return []
    if kind == 9:
        return {random.choice(["a", "", ".", "a.b", *TEXTS[:9]]): value(random, depth + 1)}
    return [value(random, depth + 1) for _ in range(random.choice([0, 1, 1, 2, 5]))]


def paths(log_type: LogType) -> list[Path_]:
    """Every source path that the log type reads."""
    sources = [*log_type.mapping.values(), *(rule.source for rule in log_type.lookups.values())]
    own = [path for path in log_type.id_fields if not isinstance(path, str)]
    found = {path for source in sources for path in source.paths} | {*log_type.time["paths"], *own}
    return sorted({path[:-1] if view_of(path) else path for path in found}, key=str)


def record(log_type: LogType, random: Random) -> Any:
    """An object that has something under many of the paths of the log type."""
    if random.random() < 0.05:
        return value(random)
    odd: dict[str, Any] = {}
    for path in paths(log_type):
        if random.random() < 0.6:
            put(odd, path, random)
    for name in list(odd):
        if random.random() < 0.05:
            odd[name] = value(random)
    return odd


def cef_lines(log_type: LogType, random: Random, number: int) -> bytes:
    """Lines of the Common Event Format with odd values, in the header too."""
    keys = [str(path[1]) for path in paths(log_type) if path[0] == "extension" and len(path) > 1]
    lines = []
    for _ in range(number):
        texts = [random.choice(TEXTS).replace("|", "") for _ in range(6)]
        pairs = [f"{key}={random.choice(TEXTS)}" for key in keys if random.random() < 0.6]
        pairs += [f"cs1={random.choice(TEXTS)} cs1Label={random.choice(('Host ID', 'TCP Flags'))}"]
        lines.append("|".join(["CEF:0", *texts, " ".join(pairs)]))
    return "\n".join(lines).encode("utf-8", "replace")


def json_lines(log_type: LogType, random: Random, number: int) -> bytes:
    """Odd objects, one a line."""
    return b"\n".join(
        json.dumps(record(log_type, random), ensure_ascii=random.random() < 0.5).encode(
            "utf-8", "surrogatepass"
        )
        for _ in range(number)
    )


def columns(log_type: LogType, random: Random) -> Iterator[str]:
    """One odd text for each column of a log type whose records are columns."""
    for _ in column_names(log_type.read) or ():
        text = random.choice(TEXTS)
        # What delimits columns and lines cannot be in one.
        yield "".join(text.split()).replace(log_type.read.delimiter, "").replace('"', "") or "-"


def put(odd: dict[str, Any], path: Path_, random: Random) -> None:
    place: Any = odd
    for key, following in zip(path, [*path[1:], None], strict=True):
        inner = value(random) if following is None else [] if _is_index(following) else {}
        if isinstance(place, list):
            position = 0 if key == "*" else int(key)
            place += [None] * (position + 1 - len(place))
            if type(place[position]) is not type(inner) or following is None:
                place[position] = inner
            place = place[position]
        elif isinstance(place, dict):
            if following is None or type(place.get(str(key))) is not type(inner):
                place[str(key)] = inner
            place = place[str(key)]


def _is_index(key: str | int) -> bool:
    return key == "*" or type(key) is int
