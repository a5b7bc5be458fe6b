"""What a source path can end in, `ClientAddress|host`: a part of a text, a number in another unit.

The library does the same with usual values (view.zig) and leaves all others to these.
"""

import re
from collections.abc import Callable
from typing import Any

from common.web import host_and_port
from es_loader.guard import NO_VALUE, fits, is_ip

LONGEST_WORD = 64  # characters
MAPPED = "::ffff:"  # before an IPv4 address that is written as an IPv6 one
DURATION = re.compile(r"(\d{1,12})(?:\.(\d+))?", re.ASCII).fullmatch
REGION = re.compile(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?\Z")

View = Callable[[Any], Any]


def _host_and_port(text: str) -> tuple[str, str]:
    host, colon, port = text.rpartition(":")
    if not colon or ":" in host or not port.isdecimal():
        host, port = host_and_port(text)
        if not is_ip(host) and is_ip(text.rpartition(":")[0]):  # IPv6 without brackets
            host, _, port = text.rpartition(":")
    return host, port


def _word(text: str) -> str:
    return text[:LONGEST_WORD].partition(" ")[0].lower()


def _address(text: str) -> str:
    return text.removeprefix(MAPPED) if "." in text else text


def _hex(text: str) -> int | str | None:
    if not text.startswith("0x"):
        return text
    try:
        return int(text, 16)
    except ValueError:
        return None


def _region(text: str) -> str | None:
    found = REGION.search(text)
    return found[1] if found else None


def _class(text: str) -> str | None:
    return text[0] if len(text) == 3 and text.isascii() and text.isdecimal() else None


def _nanoseconds(digits: int) -> Callable[[str], int | None]:
    """Nanoseconds of a duration in a unit that has so many digits behind its dot."""

    def made(text: str) -> int | None:
        found = DURATION(text)
        return int(found[1] + (found[2] or "")[:digits].ljust(digits, "0")) if found else None

    return made


UNITS = {"s": 9, "ms": 6, "us": 3}  # of durations, which become nanoseconds: digits of these
SHOWN: dict[str, Callable[[str], Any]] = {
    "host": lambda text: _host_and_port(text)[0],  # of an address, or a name, with a port
    "port": lambda text: _host_and_port(text)[1],
    "class": _class,  # of a status: 2 of 204
    "last": lambda text: text.rpartition("/")[2],  # what is behind the last slash
    "region": _region,  # in the name of an AWS host
    "file": lambda text: text.rpartition("\\")[2],  # of a path of Windows
    "address": _address,  # an IPv4 one that is written as IPv6, as IPv4
    "hex": _hex,  # a number in hexadecimal, `0x1cc`, or decimal
    "word": _word,  # the first one, in small letters
    **{unit: _nanoseconds(digits) for unit, digits in UNITS.items()},
}


def view(name: str) -> View:
    """What a view shows of a value, None where it is no text and no whole number. A duration may be
    any number."""
    shown = SHOWN[name]

    def of(value: Any) -> Any:
        if type(value) is int and fits(value):
            value = str(value)
        elif type(value) is float and name in UNITS:
            value = f"{value:.9f}"
        return shown(value) if type(value) is str and value not in NO_VALUE else None

    return of
