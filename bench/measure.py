"""One run of one log type in a fresh process: python -m bench.measure NAME OBJECT DATABASES.

Prints {"floor", "ours", "records"}: CPU seconds of both, and the number of records.
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
from es_loader.log_type_file import load_all
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
        nonlocal records
        for count, _ in loader.bodies(normalizer, io.BytesIO(packed), context, refused):
            records += count

    def refused(record: Refused) -> None:
        nonlocal last
        last = record

    taken = {"floor": cpu(lambda: least(corpus, packed)), "ours": cpu(ours)}
    if last:
        sys.exit(f"{name}: {last.outcome}, {last.reason}: {last.error}")
    if records != corpus.count:
        sys.exit(f"{name}: of {corpus.count} records became documents: {records}")
    print(orjson.dumps(taken | {"records": records}).decode())


def least(corpus: Corpus, packed: bytes) -> int:
    """The floor of a corpus: reads and writes its object, and returns the number of records."""
    if corpus.floor == "array":
        return floor.array_floor(packed, corpus.boundary)
    if corpus.floor == "json":
        return floor.json_floor(packed)
    return floor.line_floor(packed, corpus.separator)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
