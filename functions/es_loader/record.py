"""What a framing yields: raw records, and what can stand in their place."""

from dataclasses import dataclass

LONGEST = 64 * 1024 * 1024  # bytes; a record that has not ended by then is not read to its end
TAIL = 1024 * 1024  # of a record that is not whole, what quarantine keeps


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece that is not a record but counts as one.

    reason   `malformed`; `cut` where the object breaks off; `too_long` for more than LONGEST bytes.
             Of the last two `raw` is the beginning, at most TAIL bytes.
    """

    raw: bytes
    reason: str
    error: str


@dataclass(frozen=True, slots=True)
class Header:
    """Names of the columns of the records that follow. It does not count."""

    columns: tuple[str, ...]


class Repaired(str):
    """A line in which bytes that are no UTF-8 were replaced by U+FFFD."""

    __slots__ = ()


Batch = list[bytes | str | Broken | Header]


def too_long(beginning: bytes) -> Broken:
    """The piece for a record that is longer than LONGEST, whose rest is skipped."""
    return Broken(beginning[:TAIL], "too_long", f"a record of more than {LONGEST >> 20} MiB")
