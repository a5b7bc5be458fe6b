"""Whatever bytes a record is made of: the library neither crashes nor makes a wrong document."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SECONDS = 300  # after which the library hangs
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "15"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))


def test_broken_records_neither_crash_the_library_nor_become_wrong_documents() -> None:
    command = [sys.executable, "-m", "tests.es_loader.native.fuzz", str(SEED), str(ROUNDS)]
    path = os.pathsep.join((str(ROOT), str(ROOT / "functions")))
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert run.returncode == 0, run.stderr or f"ended by signal {-run.returncode}"
    made, left = map(int, run.stdout.split())
    assert made > 100
    assert left > 100
