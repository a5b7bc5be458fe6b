"""What follows from the two ends of a flow: its community ID and its network type.

The community ID is one text for both directions, the same in every tool.

Source: https://github.com/corelight/community-id-spec (version 1, seed 0).
"""

from binascii import b2a_base64
from hashlib import sha1
from socket import AF_INET, AF_INET6, inet_pton
from struct import Struct, error
from typing import Any

MOST = 24_576
# Protocols whose ports are part of the ID, as text and as number -> their byte and padding.
WITH_PORTS = {p: bytes((int(p), 0)) for n in (6, 17, 132) for p in (n, str(n))}
# ICMP has types where TCP has ports; an answer's type stands for its question's.
ICMP = {8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17, 10: 9, 9: 10}
ICMP6 = {128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135, 130: 131, 131: 130}

_ports = Struct(">HH").pack


class _Packed(dict[str, bytes]):
    def __missing__(self, address: str) -> bytes:
        if len(self) >= MOST:
            self.clear()
        packed = inet_pton(AF_INET6 if ":" in address else AF_INET, address)
        self[address] = packed
        return packed


PACKED = _Packed()


def of(
    source: Any, destination: Any, source_port: Any, destination_port: Any, protocol: Any
) -> tuple[str | None, str | None]:
    """(network type, community ID) of a flow, each None where the values do not tell it.

    Addresses are texts, ports numbers, the IANA protocol number a number or its text.
    """
    kind = None
    try:
        low, high = PACKED[source], PACKED[destination]
        kind = "ipv4" if len(low) == 4 else "ipv6"
        if protocol in WITH_PORTS:
            first, second = source_port, destination_port
            if low > high or (low == high and first > second):
                low, high, first, second = high, low, second, first
            data = low + high + WITH_PORTS[protocol] + _ports(first, second)
        else:
            data = _without_ports(low, high, int(protocol), source_port, destination_port)
    except (ValueError, TypeError, OverflowError, OSError, error):
        return kind, None
    return kind, "1:" + str(b2a_base64(sha1(b"\0\0" + data).digest(), newline=False), "ascii")


def _without_ports(low: bytes, high: bytes, number: int, kind: Any, code: Any) -> bytes:
    protocol = bytes((number, 0))
    if number not in (1, 58):
        return (low + high if low <= high else high + low) + protocol
    answers = ICMP if number == 1 else ICMP6
    first, second = int(kind), int(code)
    if first in answers:
        second = answers[first]
        if low > high or (low == high and first > second):
            low, high, first, second = high, low, second, first
    return low + high + protocol + _ports(first, second)
