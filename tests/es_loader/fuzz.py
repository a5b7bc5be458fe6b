"""Gives changed samples to the loader: python -m tests.es_loader.fuzz SEED CASES.

A case is an object: a sample of a log type that is cut, whose lines are shuffled, doubled or
dropped, whose JSON members are renamed, retyped, doubled or gone, or whose bytes are broken. It
must become documents and refused records with nothing raised and no record number missing, the
same with the native library and without it. Each document is an object that names its record.
A process of its own, since a mistake in the library ends it.
"""

import io
import json
import sys
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import orjson

from common.errors import ObjectSkipped
from common.settings import networks
from es_loader.enrich.forwarded import Trusted
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.fetch import Stream
from es_loader.normalize import Refused
from tests.es_loader.native import changed_records
from tests.es_loader.native.comparison import LOG_TYPES, Both, context, samples

LISTED, TRUSTED = "198.51.100.0/24,2001:db8::/33", "203.0.113.0/24,192.0.2.0/25,10.0.0.0/8"
LONGEST = 40_000  # bytes of a sample that is changed; a longer one gives its beginning


def main() -> None:
    """Run the cases; print how many of each outcome there were."""
    seed, cases = int(sys.argv[1]), int(sys.argv[2])
    random, usual, enriched = Random(seed), Both.of(), _enriched()
    names = list(LOG_TYPES.by_name)
    outcomes: Counter[str] = Counter()
    for number in range(cases):
        name = names[number % len(names)]
        data = random.choice(CHANGES)(random.choice(texts(name)), random)
        both = random.choice((usual, enriched))
        if difference := check(both, name, data, outcomes):
            sys.exit(f"seed {seed}, case {number}, {name}: {difference}\n{data!r}")
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"{cases:,} cases of {len(names)} log types: {told}; raised 0, lost 0")


def check(both: Both, name: str, data: bytes, outcomes: Counter[str]) -> str:
    """What is wrong with what becomes of an object; "" where nothing is."""
    log_type, own = LOG_TYPES.by_name[name], context()
    try:
        made = list(both.native.run(Stream(io.BytesIO(data)), own, log_type, forced=True))
    except ObjectSkipped:
        outcomes["objects skipped as empty"] += 1
        return "" if not data.strip() else "skipped"
    positions = [each.position if isinstance(each, Refused) else each[0] for each in made]
    if positions != list(range(len(made))):
        return f"record numbers {positions}"
    for each in made:
        outcomes[each.outcome if isinstance(each, Refused) else "indexed"] += 1
        if isinstance(each, tuple):
            document = orjson.loads(each[5])
            if document["log"]["offset"] != each[0] or "@timestamp" not in document:
                return f"document {document}"
    return both.difference(data, log_type, own)


def _enriched() -> Both:
    """Both, with lists of bad addresses and trusted proxies that the samples meet."""
    lists = ThreatLists()
    for network in networks(LISTED):
        lists.add(network, "addresses")
    for domain in ("example.com", "example.net"):
        lists.add(domain, "domains")
    return Both.of(None, lists, Trusted(networks(TRUSTED)))


@cache
def texts(name: str) -> list[bytes]:
    """The samples of a log type."""
    return [sample.read_bytes()[:LONGEST] for sample in samples(name)]


def _bytes(data: bytes, random: Random) -> bytes:
    return changed_records.broken(data, random)


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _lines(data: bytes, random: Random) -> bytes:
    """Lines shuffled, doubled, dropped, or joined without the newline between them."""
    lines = data.split(b"\n")
    change = random.randrange(4)
    if change == 0:
        random.shuffle(lines)
    elif change == 1:
        lines += random.choices(lines, k=random.randrange(1, 5))
    elif change == 2:
        lines = [line for line in lines if random.random() < 0.7]
    return (b" " if change == 3 else b"\n").join(lines)


def _columns(data: bytes, random: Random) -> bytes:
    """In each line words exchanged, doubled, dropped, or replaced by an odd value."""
    lines = data.split(b"\n")
    for number, line in enumerate(lines):
        words = line.split(b" ")
        at = random.randrange(len(words))
        value = random.choice(changed_records.VALUES)
        words[at : at + 1] = random.choice(
            ([], [words[at]] * 2, [str(value).encode("utf-8", "replace")], [words[-1 - at]])
        )
        lines[number] = b" ".join(words)
    return b"\n".join(lines)


def _members(data: bytes, random: Random) -> bytes:
    """Members of JSON renamed, retyped, moved or gone; other formats: as `_columns`."""
    found: list[Any] = []
    try:
        found.append(json.loads(data))
    except ValueError:
        for line in data.split(b"\n"):
            try:
                found.append(json.loads(line))
            except ValueError:
                return _columns(data, random)
    for value in found:
        for _ in range(random.choice((1, 1, 2, 5))):
            _change(value, random)
    return b"\n".join(json.dumps(value).encode("utf-8", "replace") for value in found)


def _change(value: Any, random: Random) -> None:
    while isinstance(value, (dict, list)) and value:
        keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = random.choice(keys)
        inner = value[key]
        if isinstance(inner, (dict, list)) and inner and random.random() < 0.8:
            value = inner
            continue
        change = random.randrange(5)
        if change == 0:
            del value[key]
        elif change == 1 and isinstance(value, dict):
            value[random.choice((key.upper(), key[:-1], f"{key} ", key + "X"))] = value.pop(key)
        elif change == 2:
            value[key] = deepcopy(random.choice(changed_records.VALUES))
        elif change == 3:
            wrapped: list[Any] = [[inner], [inner, inner], {"value": inner}, json.dumps(inner)]
            value[key] = random.choice(wrapped)
        else:
            value[key] = deepcopy(value[random.choice(keys)])
        return


CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_bytes, _cut, _lines, _columns),
    *(_members,) * 4,
)


if __name__ == "__main__":
    main()
