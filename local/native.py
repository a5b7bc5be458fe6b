"""Builds es_loader's native library with Zig, for this machine and for Lambda's architectures.

It runs on the machine's own Python, so it needs nothing but the standard library; the compiler is
the package ziglang (requirements/native.txt), which is in .venv.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "functions" / "es_loader" / "native"
REQUIREMENTS = ROOT / "requirements" / "native.txt"
PYTHON = ROOT / ".venv" / "bin" / "python"
LIBRARY = SOURCES / "native.so"  # of this machine
CACHE = ROOT / ".cache" / "native"

MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}
SYSTEMS = {"linux": "linux-gnu", "darwin": "macos"}
# Checks of bounds and overflows stay in: what is logged is not to be trusted.
OPTIONS = ("-dynamic", "-O", "ReleaseSafe", "-fstrip", "--name", "native")


class NativeBuildError(Exception):
    """The library cannot be built; the message says for what."""


def this_machine() -> str:
    """Return Zig's name of this machine and system."""
    machine = platform.machine().lower()
    system = SYSTEMS.get(sys.platform, sys.platform)
    return f"{MACHINES.get(machine, machine)}-{system}"


def library(target: str) -> Path:
    """Return the library for a target, built if no library of the same sources is in the cache.

    target   as Zig names it: aarch64-linux-gnu
    """
    files = sorted([*SOURCES.glob("*.zig"), REQUIREMENTS, Path(__file__)])
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]
    path = CACHE / f"{target}-{digest}.so"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{target}-*.so"):
            old.unlink()
        build(target, path, CACHE / "zig")
    return path


def build(target: str, path: Path, cache: Path) -> None:
    """Build the library for a target into a file; `cache` keeps what Zig compiles on the way."""
    command: list[str | Path] = [PYTHON, "-m", "ziglang", "build-lib", *OPTIONS, "-target", target]
    command += ["--cache-dir", cache, "--global-cache-dir", cache]
    with tempfile.TemporaryDirectory() as made:
        out = Path(made, "native.so")
        run = subprocess.run([*command, f"-femit-bin={out}", "run.zig"], cwd=SOURCES)
        if run.returncode:
            raise NativeBuildError(f"the native library cannot be built for: {target}")
        shutil.copyfile(out, path)


def put_in_place() -> None:
    """Put the library of this machine where es_loader looks for it.

    Raises NativeBuildError; es_loader runs without it, only slower.
    """
    found = library(this_machine())
    if not LIBRARY.exists() or LIBRARY.read_bytes() != found.read_bytes():
        partial = LIBRARY.with_suffix(".part")
        shutil.copyfile(found, partial)
        partial.rename(LIBRARY)  # who has the old one open goes on with it
