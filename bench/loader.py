"""The loader as it is measured: the bytes of an object in, bulk bodies out.

It does what `pipeline.load` does between S3 and the cluster, without sending, and without the
compression of the bodies, which the floor lacks too.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from es_loader import decode
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.documents import ACTION_END, CREATE, Documents, action
from es_loader.enrich.geoip import GeoIp
from es_loader.fetch import Stream
from es_loader.identity import object_hash
from es_loader.normalize import Normalizer, Refused

BUCKET = "aes-siem-111122223333-log"
MODIFIED = 1_795_551_900_000  # 2026-11-24T20:25:00Z
INGESTED = "2026-11-24T20:30:00.000Z"
WINDOW = 128 * 1024  # as in bulk.py


def normalizer(log_types: LogTypes, geoip: Path | None) -> Normalizer:
    """A normalizer with empty caches, with the databases in a folder; None: without any."""
    return Normalizer(log_types, GeoIp(geoip).locate if geoip else None)


def context(key: str, bucket: str = BUCKET) -> Context:
    """The context of an object under this key."""
    return Context(
        bucket=bucket,
        key=key,
        object_hash=object_hash(bucket, key, ""),
        modified=MODIFIED,
        ingested=INGESTED,
        account=decode.account_of(key),
        region=decode.region_of(key),
    )


def bodies(
    normalizer: Normalizer,
    body: BinaryIO,
    own: Context,
    refused: Callable[[Refused], None] = lambda record: None,
) -> Iterator[tuple[int, bytes]]:
    """Pieces of bulk bodies, of a few MiB at most, each with the number of its documents; `refused`
    takes the other records."""
    by_key = normalizer.log_types.of_key(own.key)
    lines: list[bytes] = []
    room = WINDOW
    for _, made in normalizer.batches(Stream(body), own, by_key):
        if isinstance(made, Documents):
            yield len(made.items), made.body
            made = made.left()
        for record in made:
            if not isinstance(record, tuple):
                refused(record)
                continue
            _, _, _, index, id, document = record
            head = f"{action(CREATE, index)}{id}{ACTION_END}".encode()
            size = len(head) + len(document) + 2
            if size > room:
                yield len(lines) // 2, b"\n".join([*lines, b""])
                lines.clear()
                room = max(size, WINDOW)
            room -= size
            lines.append(head)
            lines.append(document)
    if lines:
        yield len(lines) // 2, b"\n".join([*lines, b""])
