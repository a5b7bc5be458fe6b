"""One run of one log type in a fresh process: python -m bench.measure NAME OBJECT DATABASES.

Prints {"floor": CPU seconds, "ours": CPU seconds, "records", "bytes": unpacked}.
"""

import gc
import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from bench import floor, loader
from bench.corpora import CORPORA, Corpus
from es_loader.decode import LogTypes
from es_loader.log_type import load_all
from es_loader.normalize import Refused


def main() -> None:
    """Measure both ways once; the caller repeats it."""
    name, file, databases = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    corpus, packed = CORPORA[name], file.read_bytes()
    log_types = LogTypes(load_all())
    context = loader.context(corpus.key)
    records = 0
    last: Refused | None = None

    def ours() -> None:
        normalizer = loader.normalizer(log_types, databases)
        for body in loader.bodies(normalizer, io.BytesIO(packed), context, refused):
            nonlocal records
            records += body.count(b"\n")

    def refused(record: Refused) -> None:
        nonlocal last
        last = record

    taken = {"floor": cpu(lambda: least(corpus, packed)), "ours": cpu(ours)}
    if last:
        sys.exit(f"{name}: {last.outcome}, {last.reason}: {last.error}")
    print(orjson.dumps(taken | {"records": records // 2}).decode())


def least(corpus: Corpus, packed: bytes) -> int:
    """The floor of a corpus."""
    if corpus.head.startswith(b"{"):
        return floor.array_floor(packed, b'},{"eventVersion"')
    return floor.json_floor(packed) if corpus.floor == "json" else floor.line_floor(packed)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
