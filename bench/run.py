"""Measures the loader against its floor: make bench, or make bench TYPES=a,b.

Each figure is taken in processes of its own, so that all caches are empty. stdout has one line a
measurement; stderr says what is going on, and with VERBOSE=1 which imports are dear.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.corpora import CORPORA

ROOT = Path(__file__).parent.parent
REPEATS = 5
LONG, LONG_RECORDS = "cloudtrail_300mb", 177_000
COLD_START = "cold_start"
NAMES = (*CORPORA, LONG, COLD_START)
OTHERS = sorted(
    file.parent.name
    for file in (ROOT / "functions").glob("*/handler.py")
    if file.parent.name != "es_loader"
)
DEAREST = 12


class Bench:
    """A scratch folder with the GeoIP databases in it."""

    def __init__(self, scratch: Path) -> None:
        tell("making the GeoIP databases")
        self.scratch, self.databases = scratch, str(scratch / "geoip")
        Path(self.databases).mkdir()
        python("-m", "bench.geoip", self.databases)

    def line(self, name: str) -> str:
        """Take a measurement; return its line."""
        if name == COLD_START:
            return self.cold_start()
        if name == LONG:
            return self.long_object()
        return self.throughput(name)

    def throughput(self, name: str) -> str:
        """A log type against its floor."""
        file, size = self.written(name)
        runs = []
        for number in range(REPEATS):
            tell(f"{name}: run {number + 1} of {REPEATS}")
            runs.append(json.loads(python("-m", "bench.measure", name, file, self.databases)))
        return described(name, size, self.peak(name, file), runs)

    def long_object(self) -> str:
        """One object of 300 MB in one line."""
        file, size = self.written("cloudtrail", LONG_RECORDS)
        tell(f"{LONG}: run 1 of 1")
        peak = self.peak("cloudtrail", file)
        return f"{LONG:<16} {size / 1e6:,.0f} MB in one line  peak {peak:.0f} MB"

    def cold_start(self) -> str:
        """The start of each function, a line each: the minimum of the repeats."""
        file, _ = self.written("cloudtrail", 1)
        command = ("-m", "bench.cold_start", CORPORA["cloudtrail"].key, file, self.databases)
        tell(f"{COLD_START}: {REPEATS} runs")
        runs = [json.loads(python(*command)) for _ in range(REPEATS)]
        if os.environ.get("VERBOSE"):
            tell(dearest_imports())
        imports, document = (min(run[which] for run in runs) for which in ("imports", "document"))
        loader = f"{document:.2f} s CPU to the first document, imports {imports:.2f} s"
        return "\n".join([f"{COLD_START:<16} {loader}", *map(imported, OTHERS)])

    def written(self, name: str, count: int = 0) -> tuple[str, int]:
        """Write an object, of as many records as are measured or of `count`; return its file and
        its unpacked size."""
        tell(f"{name}: making the object")
        file, count = str(self.scratch / "object.gz"), count or CORPORA[name].count
        return file, int(python("-m", "bench.corpora", name, file, str(count)))

    def peak(self, name: str, file: str) -> float:
        """Most memory that the loader has while it loads the object, in MB."""
        return int(python("-m", "bench.memory", name, file, self.databases)) / 2**20


def main() -> int:
    """Take the measurements that TYPES names, or all; return the exit status."""
    names = [name for name in os.environ.get("TYPES", "").split(",") if name] or NAMES
    if unknown := [name for name in names if name not in NAMES]:
        tell(f"bench: TYPES must be some of {', '.join(NAMES)}, got: {', '.join(unknown)}")
        return 2
    with tempfile.TemporaryDirectory(prefix="siem-bench-") as scratch:
        try:
            bench = Bench(Path(scratch))
            for name in names:
                print(bench.line(name), flush=True)
        except subprocess.CalledProcessError as error:
            tell(f"bench: this ended with status {error.returncode}: {' '.join(error.cmd)}")
            return 1
    return 0


def described(name: str, size: int, peak: float, runs: Sequence[Mapping[str, Any]]) -> str:
    """The line of a log type: the least that both took in any run."""
    floor, ours = (min(run[which] for run in runs) for which in ("floor", "ours"))
    records = runs[0]["records"]
    return (
        f"{name:<16} {records / ours:>9,.0f} records/s  {size / records:>5,.0f} B/record"
        f"  peak {peak:>4.0f} MB  {ours / floor:.2f} x floor"
    )


def imported(function: str) -> str:
    """The line of a function that is only imported: CPU from the start of the interpreter."""
    code = f"import {function}.handler, time; print(time.process_time())"
    least = min(float(python("-c", code)) for _ in range(REPEATS))
    return f"{COLD_START:<16} {least:.2f} s CPU to import {function}"


def python(*arguments: str) -> str:
    """What a Python process prints."""
    command = [sys.executable, *arguments]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return run.stdout


def dearest_imports() -> str:
    """The packages that take longest to import, with all that is theirs alone."""
    command = [sys.executable, "-X", "importtime", "-c", "import es_loader.handler"]
    told = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    spent: Counter[str] = Counter()
    for line in told.splitlines()[1:]:
        own, _, name = line.removeprefix("import time:").split("|")
        spent[name.strip().partition(".")[0]] += int(own)
    return "\n".join(f"{us / 1000:8.1f} ms  {name}" for name, us in spent.most_common(DEAREST))


def tell(what: str) -> None:
    """Say what is going on."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
