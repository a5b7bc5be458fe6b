"""Values that all logs of web requests have, each log in its own words.

The results are shared by all records that have the same value: they are not to be changed.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

MOST, LONGEST = 1024, 512  # values that are remembered, and characters of one
TWICE = re.compile(r"%25(?=[0-9A-Fa-f]{2})").sub


@lru_cache(MOST)
def host_and_port(text: str) -> tuple[str, str]:
    """(name or address, port or "") of `example.com:443`, `[2001:db8::1]:80`, `192.0.2.1`."""
    if text[:1] == "[":
        host, _, rest = text[1:].partition("]")
        return host, rest[1:] if rest[:1] == ":" and rest[1:].isdecimal() else ""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or ":" in host:
        return text, ""
    return host, port


def forwarded_addresses(text: str) -> tuple[str, ...]:
    """The addresses of an X-Forwarded-For header, in its order, without their ports."""
    return _known_addresses(text) if len(text) <= LONGEST else _addresses(text)


def _addresses(text: str) -> tuple[str, ...]:
    parts = (unquote(text) if "%" in text else text).split(",")
    hosts = (host_and_port(part.strip())[0] for part in parts)
    return tuple(host for host in hosts if host and host != "-")


_known_addresses = lru_cache(MOST)(_addresses)


def as_sent(url: str) -> str:
    """A URL, or a part of it, in which the log has encoded the percent signs once more."""
    return TWICE("%", url) if "%25" in url else url
