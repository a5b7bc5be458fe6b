"""Measures the loader against its floor: make bench, or make bench TYPES=a,b.

Each figure is taken in processes of its own. stdout has one line a measurement, stderr says what
is going on.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.corpora import CORPORA

REPEATS = 5


def main() -> int:
    """Run the measurements that TYPES names; return the exit status."""
    names = [name for name in os.environ.get("TYPES", "").split(",") if name] or [*CORPORA]
    if unknown := [name for name in names if name not in CORPORA]:
        known = ", ".join(CORPORA)
        print(f"bench: TYPES must be some of {known}, got: {unknown[0]}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="siem-bench-") as scratch:
        tell("making the GeoIP databases")
        databases = Path(scratch) / "geoip"
        databases.mkdir()
        child("geoip", str(databases))
        for name in names:
            print(throughput(name, Path(scratch), databases), flush=True)
    return 0


def throughput(name: str, scratch: Path, databases: Path) -> str:
    """The line of a log type: the minimum of the repeats, caches empty at the start of each."""
    tell(f"{name}: making the object")
    file = scratch / f"{name}.gz"
    size = int(child("corpora", name, str(file)))
    runs: list[dict[str, Any]] = []
    for number in range(REPEATS):
        tell(f"{name}: run {number + 1} of {REPEATS}")
        runs.append(json.loads(child("measure", name, str(file), str(databases))))
    peak = int(child("memory", name, str(file), str(databases)))
    file.unlink()
    least, ours = (min(run[which] for run in runs) for which in ("floor", "ours"))
    records = runs[0]["records"]
    return (
        f"{name:<12} {records / ours:>9,.0f} records/s  {size / records:>6,.0f} B/record"
        f"  peak {peak / 2**20:>4.0f} MB  {ours / least:.2f} x floor"
    )


def child(module: str, *arguments: str) -> str:
    """What a module of this package prints."""
    command = [sys.executable, "-m", f"bench.{module}", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def tell(what: str) -> None:
    """Say what is going on."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
