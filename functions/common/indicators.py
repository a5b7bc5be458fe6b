"""What a line of a list of bad addresses and domains names.

A list is plain text with one address, network or domain a line (Tor:
https://check.torproject.org/torbulkexitlist), CSV (abuse.ch: https://feodotracker.abuse.ch/blocklist/),
a hosts file (https://github.com/StevenBlack/hosts), or lines that name one among other words.
"""

import re
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import NamedTuple

WORDS = re.compile(r"[^\s,;|\"']+")
MOST_WORDS = 32  # of a line that are looked at
DOMAIN_WORDS = 4  # of them those that may be a domain: what follows is often a remark
COMMENT = tuple("#;!<")  # `!`: ad blockers' lists; `<`: a web page where a list was expected
NAME = re.compile(r"[a-z0-9_.-]{4,253}")
TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
# Names of a network's own, and of the reverse of addresses: they say nothing of the Internet.
OWN_TOPS = frozenset({"arpa", "home", "internal", "lan", "local", "localdomain", "localhost"})
BITS = {4: 32, 6: 128}
# A list that names half of the Internet is a mistake of its maker.
WIDEST = {4: 8, 6: 19}


class Network(NamedTuple):
    """Addresses with the first `prefix` bits of `number`; one address has all bits of its version
    (4 or 6)."""

    version: int
    number: int
    prefix: int

    def __str__(self) -> str:
        packed = self.number.to_bytes(BITS[self.version] // 8, "big")
        text = inet_ntop(AF_INET if self.version == 4 else AF_INET6, packed)
        return text if self.prefix == BITS[self.version] else f"{text}/{self.prefix}"


Indicator = Network | str  # a text is a domain


def of_line(line: str) -> tuple[Indicator, ...]:
    """What a line names: the first address, network or domain in it; of a line of a hosts file all
    domains. Nothing for comments, headers, and whatever else a line may be.

    A network that is too wide, or not of the Internet, is among them: see `is_usable`.
    """
    words = WORDS.findall(line)
    if not words or line.lstrip()[0] in COMMENT:
        return ()
    hosts: list[str] | None = None
    for number, word in enumerate(words[:MOST_WORDS]):
        if word[0] == "#":
            break
        if "." not in word and ":" not in word:
            continue
        if hosts is None and (found := network(word)):
            if number or found not in NOWHERE or len(words) == 1:
                return (found,)
            hosts = []
        elif (number < DOMAIN_WORDS or hosts is not None) and (name := domain(word)):
            if hosts is None:
                return (name,)
            hosts.append(name)
    return tuple(hosts or ())


def network(word: str) -> Network | None:
    """The address or network that a word is: `192.0.2.1`, `192.0.2.1:443`, `2001:db8::/32`."""
    if "[.]" in word:
        word = word.replace("[.]", ".")
    address, slash, prefix = word.partition("/")
    if not slash and "." in address and address.count(":") == 1:
        address = address.partition(":")[0]
    version = 6 if ":" in address else 4
    try:
        packed = inet_pton(AF_INET6 if version == 6 else AF_INET, address)
    except (OSError, ValueError):  # ValueError: a NUL, or a character that is not ASCII
        return None
    number, most = int.from_bytes(packed, "big"), BITS[version]
    if not slash:
        return Network(version, number, most)
    if not (prefix.isascii() and prefix.isdecimal() and len(prefix) <= 3 and int(prefix) <= most):
        return None
    rest = most - int(prefix)
    return Network(version, number >> rest << rest, int(prefix))


def unmapped(address: Network) -> Network:
    """The IPv4 address that an IPv6 address stands for, ::ffff:192.0.2.1; else the address."""
    version, number, _ = address
    if version == 6 and number >> 32 == 0xFFFF:
        return Network(4, number & 0xFFFFFFFF, 32)
    return address


def domain(word: str) -> str | None:
    """The domain that a word is, in lower case and without a final dot; None for a name of one
    label, and one of the own network. `*.example.org` and `||example.org^` are example.org."""
    name = word.replace("[.]", ".").strip("^").removeprefix("*").strip(".").lower()
    if not NAME.fullmatch(name):
        return None
    *labels, top = name.split(".")
    if not labels or not TOP.fullmatch(top) or top in OWN_TOPS:
        return None
    return name if all(0 < len(label) < 64 for label in labels) else None


def is_usable(found: Network) -> bool:
    """Whether a network is one of the Internet, and no wider than a list may name."""
    version, number, prefix = found
    if prefix < WIDEST[version]:
        return False
    if number >> BITS[version] - 8 not in LOCAL_BYTES[version]:
        return True
    return not any(_overlap(found, local) for local in LOCAL[version])


def _overlap(one: Network, other: Network) -> bool:
    rest = BITS[one.version] - min(one.prefix, other.prefix)
    return one.number >> rest == other.number >> rest


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(found for word in text.split() if (found := network(word)))


NOWHERE = _networks("0.0.0.0 127.0.0.1 :: ::1")  # what a hosts file sends a domain to
# https://www.iana.org/assignments/iana-ipv4-special-registry, without the ranges for documentation
LOCAL = {
    4: _networks(
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12"
        " 192.168.0.0/16 224.0.0.0/3"
    ),
    6: _networks("::/96 ::ffff:0:0/96 fc00::/7 fe80::/10 ff00::/8"),
}
# The first bytes of these; no usable network has several.
LOCAL_BYTES = {
    version: {
        byte
        for byte in range(256)
        for local in every
        if _overlap(Network(version, byte << BITS[version] - 8, 8), local)
    }
    for version, every in LOCAL.items()
}
