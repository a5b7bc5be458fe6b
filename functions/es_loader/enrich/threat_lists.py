"""Which addresses and domains are on a list of bad ones, and what a document tells of that."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from common.indicators import BITS, Indicator, Network, network, unmapped
from es_loader import guard
from es_loader.log_type import THREAT

LONGEST = 254  # bytes of a domain, with a final dot
NOT_LISTED = (None,) * len(THREAT)


@dataclass(frozen=True, slots=True)
class Listed:
    """An address or domain (`text`) that is listed.

    kind    as ECS names types of indicators: ipv4-addr, ipv6-addr, domain-name
    names   what the lists have: the address or domain itself, a network around it, a domain above
    lists   names of the lists
    """

    text: str
    kind: str
    names: tuple[str, ...]
    lists: tuple[str, ...]


class ThreatLists:
    """The entries of all lists. Each is kept once, with the lists that have it."""

    def __init__(self) -> None:
        self._networks: dict[int, dict[int, dict[int, tuple[str, ...]]]] = {4: {}, 6: {}}
        self._domains: dict[bytes, tuple[str, ...]] = {}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}  # each combination once
        self.entries = 0

    def add(self, entry: Indicator, name: str) -> None:
        """Adds what the list of this name has."""
        known: dict[Any, tuple[str, ...]]
        key: Any
        if isinstance(entry, str):
            known, key = self._domains, entry.encode()
        else:
            known, key = self._networks[entry.version].setdefault(entry.prefix, {}), entry.number
        before = known.get(key, ())
        self.entries += not before
        if name not in before:
            lists = (*before, name)
            known[key] = self._lists.setdefault(lists, lists)

    def has(self, entry: Indicator) -> bool:
        """Whether a list has this entry."""
        if isinstance(entry, str):
            return entry.encode() in self._domains
        return entry.number in self._networks[entry.version].get(entry.prefix, ())

    @property
    def has_domains(self) -> bool:
        """Whether a list names a domain."""
        return bool(self._domains)

    def find(self, text: str) -> Listed | None:
        """What is listed of an address or a domain, as records have them."""
        return self._address(text) if guard.is_ip(text) else self._domain(text)

    def find_addresses(self, value: Any) -> tuple[Listed, ...] | None:
        """What is listed of an address, or of a list of them, as a field has them."""
        return _all(self._address, value)

    def find_domains(self, value: Any) -> tuple[Listed, ...] | None:
        """What is listed of a domain, or of a list of them, as a field has them."""
        return _all(self._domain, value)

    def _address(self, text: str) -> Listed | None:
        found = network(text)
        assert found, "only addresses are looked up here"
        version, number, _ = unmapped(found)
        bits = BITS[version]
        names: list[str] = []
        lists: list[str] = []
        for prefix, numbers in self._networks[version].items():
            start = number >> (bits - prefix) << (bits - prefix)
            if start in numbers:
                names.append(str(Network(version, start, prefix)))
                lists += numbers[start]
        return _listed(text, f"ipv{version}-addr", names, lists)

    def _domain(self, text: str) -> Listed | None:
        name = text.encode("utf-8", "replace").lower()
        if len(name) > LONGEST:
            return None
        name = name.removesuffix(b".")
        names: list[str] = []
        lists: list[str] = []
        for above in _with_parents(name):
            if above in self._domains:
                names.append(str(above, "ascii"))
                lists += self._domains[above]
        return _listed(str(name, "utf-8"), "domain-name", names, lists)

    # What the native library is told

    def ranges(self) -> "array[int]":
        """First and last number of each range of listed IPv4 addresses, in order."""
        ranges = array("I")
        networks = self._networks[4].items()
        for each in sorted(start << 6 | prefix for prefix, all in networks for start in all):
            first = each >> 6
            last = first + (1 << 32 - (each & 63)) - 1
            if ranges and first <= ranges[-1]:
                ranges[-1] = max(last, ranges[-1])
            else:
                ranges.extend((first, last))
        return ranges

    def domains(self) -> bytes:
        """The domains, each with a line feed after it."""
        return b"".join(each for name in self._domains for each in (name, b"\n"))


def enrichments(
    fields: Sequence[str], found: Sequence[tuple[Listed, ...] | None]
) -> tuple[list[str] | None, ...]:
    """The values of THREAT, for what was found in these fields of a document."""
    pairs = [(field, each) for field, all in zip(fields, found, strict=True) for each in all or ()]
    values: list[list[str]] = [[] for _ in THREAT]
    for field, each in pairs:
        for own, more in zip(values, (*_indicator(each), (field,)), strict=True):
            own += more
    return tuple(list(dict.fromkeys(own)) or None for own in values)


def indicator_json(listed: Listed) -> bytes:
    """The member `indicator` of threat.enrichments, for one that is listed."""
    ip, name, provider, kind, domain = _indicator(listed)
    members: dict[str, Any] = {"name": name, "provider": provider, "type": kind}
    members |= {"ip": ip} if ip else {"url": {"domain": domain}}
    return b'"indicator":%b,' % orjson.dumps(members)


def both(own: Any, more: list[str] | None) -> Any:
    """The values that a log type gives a field of threat.enrichments, and those of the lists."""
    if not more:
        return own
    before = own if type(own) is list else [own] if own else []
    return list(dict.fromkeys([*before, *more]))


def _indicator(listed: Listed) -> tuple[tuple[str, ...], ...]:
    domain = listed.kind == "domain-name"
    ip, url = ((), (listed.text,)) if domain else ((listed.text,), ())
    return ip, listed.names, listed.lists, (listed.kind,), url


def _all(find: Callable[[str], Listed | None], value: Any) -> tuple[Listed, ...] | None:
    texts = value if type(value) is list else [value]
    every = (find(text) for text in texts if type(text) is str and text)
    return tuple(found for found in every if found) or None


def _listed(text: str, kind: str, names: list[str], lists: list[str]) -> Listed | None:
    return Listed(text, kind, tuple(names), tuple(dict.fromkeys(lists))) if names else None


def _with_parents(name: bytes) -> Iterator[bytes]:
    """The domain, and those above it that have a dot."""
    while b"." in name:
        yield name
        name = name[name.index(b".") + 1 :]
