"""What a corpus is: a seeded generator of records, and the object that they make."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from bench.corpora.pools import ACCOUNT, REGION, Pools

SEED = 7
LOGS = f"AWSLogs/{ACCOUNT}"
DAY = f"{REGION}/2026/11/24"
JOINED = 1_000  # records that are compressed at once


@dataclass(frozen=True, slots=True)
class Corpus:
    """One log type's object.

    key       S3 key, as AWS writes it
    generate  gives so many records, as bytes
    floor     what its floor does: "array" and "json" (lines) parse each record, "lines" splits it
    separator where "lines" splits a line: at what stands between the values of the format
    boundary  what stands where one record of an array follows another
    count     records that are measured: so many that what is learnt once in a container (the
              patterns of user agents, places of addresses) does not decide
    head, between, tail   what stands around the records
    """

    key: str
    generate: Callable[[Pools, int], Iterator[bytes]]
    floor: Literal["array", "json", "lines"]
    separator: str = " "
    count: int = 100_000
    head: bytes = b""
    between: bytes = b"\n"
    tail: bytes = b"\n"
    boundary: bytes = b""

    def text(self, count: int, seed: int = SEED) -> Iterator[bytes]:
        """The unpacked object of so many records, in pieces."""
        yield self.head
        waiting: list[bytes] = []
        first = True
        for record in self.generate(Pools(seed), count):
            waiting.append(record)
            if len(waiting) == JOINED:
                yield (b"" if first else self.between) + self.between.join(waiting)
                waiting.clear()
                first = False
        if waiting:
            yield (b"" if first else self.between) + self.between.join(waiting)
        yield self.tail

    def pack(self, count: int, out: BinaryIO) -> int:
        """Write the object, compressed by gzip as AWS delivers it; return its unpacked size."""
        size = 0
        with gzip.GzipFile("", "wb", 6, out, mtime=0) as packed:
            for piece in self.text(count):
                packed.write(piece)
                size += len(piece)
        return size


def firehose(stream: str) -> str:
    """The name that a Firehose stream gives an object."""
    return f"{DAY}/20/{stream}-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz"
