"""Whatever is done to a sample: nothing is raised and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CASES = int(os.environ.get("FUZZ_CASES", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))


def test_changed_samples_raise_nothing_and_lose_nothing() -> None:
    command = [sys.executable, "-m", "tests.es_loader.fuzz", str(SEED), str(CASES)]
    path = os.pathsep.join((str(ROOT), str(ROOT / "functions")))
    environment = os.environ | {"PYTHONPATH": path}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr or f"ended by signal {-run.returncode}"
    assert run.stdout.endswith("raised 0, lost 0\n")
