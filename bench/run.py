"""Measures the loader against its floor: records/s, peak memory, and the ratio (make bench).

The corpora are the records of the demo, repeated to the size and given distinct addresses, so the
caches do not meet the same values again and again. Each log type runs in a process of its own.
"""

import gzip
import io
import os
import random
import re
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.floor import json_floor, line_floor
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.fetch import Stream
from es_loader.log_type import load_all
from es_loader.normalize import Normalizer
from local.demo_data import generate

TYPES = ("cloudtrail", "vpc_flow", "waf", "alb", "guardduty", "s3_access")
RECORDS = {"guardduty": 20_000}
REPEATS = 5
ADDRESS = re.compile(rb"203\.0\.113\.\d{1,3}")
NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)


def corpus(name: str, records: int) -> bytes:
    """A gzip object of that many records of a log type; 20,000 external addresses among them."""
    types = LogTypes(load_all())
    objects = generate("111122223333", "us-east-1", NOW)
    found = next(made for made in objects if made.log_type == name)
    body = found.body
    data = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    chance = random.Random(7)
    pool = [
        b"%d.%d.%d.%d" % (chance.choice((3, 18, 52, 91)), *(chance.randrange(1, 255) for _ in "abc"))
        for _ in range(20_000)
    ]
    key = types.by_name[name].read.records if name == "cloudtrail" else ()
    inside = data[data.index(b"[") + 1 : data.rindex(b"]")] if key else data.rstrip(b"\n")
    lines = re.split(rb"(?<=\}),(?=\{\"eventVersion)", inside) if key else inside.split(b"\n")
    head = [lines.pop(0)] if types.by_name[name].read.header else []
    made = [
        ADDRESS.sub(lambda _: chance.choice(pool), lines[number % len(lines)])
        for number in range(records)
    ]
    whole = b'{"Records":[' + b",".join(made) + b"]}" if key else b"\n".join([*head, *made]) + b"\n"
    return gzip.compress(whole, 6, mtime=0)


def measure(name: str) -> str:
    """One line for a log type: the minimum of the repeats, caches empty at the start of each."""
    packed = corpus(name, RECORDS.get(name, 100_000))
    log_type = load_all()[name]
    key = next(iter(log_type.read.records), "") if name == "cloudtrail" else ""
    context = Context("bucket", "key", "hash", 1_795_550_400_000, "2026-11-24T20:00:00.000Z")
    floors, ours = [], []
    count = 0
    for _ in range(REPEATS):
        started = time.process_time()
        if log_type.read.format == "json":
            count = json_floor(packed, key)
        else:
            count = line_floor(packed)
        floors.append(time.process_time() - started)
        normalizer = Normalizer(LogTypes({name: log_type}))
        started = time.process_time()
        bodies = 0
        for record in normalizer.run(Stream(io.BytesIO(packed)), context, log_type, forced=True):
            if isinstance(record, tuple):
                bodies += len(record[5].encode())
        ours.append(time.process_time() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ratio = min(ours) / min(floors)
    return f"{name} {count / min(ours):,.0f} records/s, peak {memory} MB, {ratio:.2f} x floor"


def main() -> None:
    """Run the log types that TYPES names, each in its own process."""
    if len(sys.argv) > 1:
        print(measure(sys.argv[1]), flush=True)
        return
    for name in filter(None, os.environ.get("TYPES", ",".join(TYPES)).split(",")):
        subprocess.run([sys.executable, "-m", "bench.run", name], check=True, cwd=Path.cwd())


if __name__ == "__main__":
    main()
