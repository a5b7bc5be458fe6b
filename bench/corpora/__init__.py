"""Log objects to measure with: a seeded generator for each log type.

A log type is added by one entry of CORPORA and a generator of its records.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from bench.corpora import cloudtrail, findings, flow, web
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
              at spaces
    boundary  what stands where one record of an array follows another
    count     records that are measured
    head, between, tail   what stands around the records
    """

    key: str
    generate: Callable[[Pools, int], Iterator[bytes]]
    floor: Literal["array", "json", "lines"]
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


CORPORA = {
    "cloudtrail": Corpus(
        key=f"{LOGS}/CloudTrail/{DAY}/{ACCOUNT}_CloudTrail_{REGION}_20261124T2015Z_AbCdEfGhIjKlMnOp.json.gz",
        generate=cloudtrail.records,
        floor="array",
        head=b'{"Records":[',
        between=b",",
        tail=b"]}",
        boundary=b'},{"eventVersion"',
    ),
    "vpc_flow": Corpus(
        key=f"{LOGS}/vpcflowlogs/{DAY}/{ACCOUNT}_vpcflowlogs_{REGION}_fl-0123456789abcdef0_20261124T2010Z_1a2b3c4d.log.gz",
        generate=flow.records,
        floor="lines",
        head=flow.HEADER + b"\n",
    ),
    "waf": Corpus(
        key=f"{LOGS}/WAFLogs/{REGION}/prod-acl/2026/11/24/20/05/{ACCOUNT}_waflogs_{REGION}_prod-acl_20261124T2005Z_1a2b3c4d.log.gz",
        generate=web.waf,
        floor="json",
    ),
    "alb": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/{ACCOUNT}_elasticloadbalancing_{REGION}_app.prod-web.50dc6c495c0c9188_20261124T2005Z_192.0.2.10_20sg8hgm.log.gz",
        generate=web.alb,
        floor="lines",
    ),
    "guardduty": Corpus(
        key=f"{LOGS}/GuardDuty/{DAY}/3c1f0b7e-5d2a-4c68-9a51-0d4e8f7b6a90.jsonl.gz",
        generate=findings.guardduty,
        floor="json",
    ),
    "s3_access": Corpus(
        key="s3accesslogs/prod/2026-11-24-20-05-11-ABCDEF0123456789",
        generate=web.s3_access,
        floor="lines",
    ),
}
