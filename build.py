"""Builds dist/<arch>/<function>.zip for every function: the same input gives the same bytes.

A zip mirrors functions/, with the packages of requirements/<function>.txt beside it. The
architecture `local` is this machine and interpreter, for the tests.
"""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath

from common.errors import SiemError
from configure_domain import dashboards as dashboard_files
from configure_domain import index_patterns, saved_objects
from es_loader import exclude, log_type_file
from es_loader.log_type import LogType
from local import native

ROOT = Path(__file__).resolve().parent
FUNCTIONS = ROOT / "functions"
REQUIREMENTS = ROOT / "requirements"
DIST = ROOT / "dist"

# What Lambda's python3.13 runtime is: Amazon Linux 2023, glibc 2.34.
PYTHON = "3.13"
PLATFORMS = {"arm64": "aarch64-manylinux_2_34", "x86_64": "x86_64-manylinux_2_34"}
TARGETS = {"arm64": "aarch64-linux-gnu", "x86_64": "x86_64-linux-gnu"}  # as Zig names them
LOCAL = "local"
LIMIT = 250 * 1024 * 1024  # bytes of an unzipped function

# Never shipped: what tests, docs and dashboards are made from, and the `siem` command, whose
# packages the loader lacks.
LEFT_OUT = (
    "__pycache__",
    "*.zig",
    "samples",
    "configure_domain/dashboards",
    "dashboard.yaml",
    "README.md",
    "es_loader/cli.py",
    "es_loader/commands",
)
# What configure_domain makes templates of.
MODEL = (
    "__init__",
    "checked",
    "cluster",
    "identity",
    "ledger",
    "log_type",
    "log_type_file",
    "log_type_read",
    "origin",
)
BORROWED = tuple(f"es_loader/{name}.py" for name in MODEL)
# The scripts and tests of packages, and uv's lock.
LEFT_OUT_OF_PACKAGES = ("bin", "tests", ".lock")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can name


class BuildError(SiemError):
    """A function cannot be built; the message names it."""


@dataclass(frozen=True, slots=True)
class Built:
    """A zip that was written; sizes in bytes."""

    path: Path
    zipped: int
    unzipped: int


def main() -> None:
    """Build what the command line names and print a line for each zip."""
    parser = argparse.ArgumentParser(description="Build dist/<arch>/<function>.zip for Lambda.")
    parser.add_argument("--arch", choices=[*PLATFORMS, LOCAL, "all"], default="all")
    parser.add_argument("--function", choices=functions(), help="build this one only")
    parser.add_argument(
        "--log-types", type=Path, metavar="DIR", help="a folder of your own log types"
    )
    parser.add_argument(
        "--exclude", type=Path, metavar="FILE", help="your rules that say what is not indexed"
    )
    chosen = parser.parse_args()
    try:
        DIST.mkdir(exist_ok=True)
        (DIST / "dashboards.ndjson").write_text(dashboards(chosen.log_types), encoding="utf-8")
    except SiemError as error:
        sys.exit(f"build: {error}")
    for function in [chosen.function] if chosen.function else functions():
        for arch in PLATFORMS if chosen.arch == "all" else [chosen.arch]:
            try:
                built = build(function, arch, DIST, chosen.log_types, chosen.exclude)
            except SiemError as error:
                sys.exit(f"build: {error}")
            print(
                f"{built.path.relative_to(ROOT)}: {built.zipped / 2**20:.1f} MB, "
                f"unzipped {built.unzipped / 2**20:.1f} MB",
                flush=True,
            )


def functions() -> list[str]:
    """Return the names of the functions: the folders that have a handler."""
    return sorted(handler.parent.name for handler in FUNCTIONS.glob("*/handler.py"))


def build(
    function: str,
    arch: str,
    dist: Path,
    own_log_types: Path | None = None,
    rules: Path | None = None,
) -> Built:
    """Write `dist`/<arch>/<function>.zip, with the user's own log types beside the project's.

    rules   the user's file of rules that say what is not indexed
    Raises LogTypeError for a log type that is wrong or there twice, ExcludeError for a wrong rule,
    BuildError for the rest.
    """
    files = shipped(FUNCTIONS / "common", "common") | shipped(FUNCTIONS / function, function)
    if function in ("es_loader", "configure_domain"):
        files |= log_type_files(own_log_types)
    path = dist / arch / f"{function}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as packages:
        if function == "configure_domain":
            files |= {name: FUNCTIONS / name for name in BORROWED}
            saved = Path(made, saved_objects.CARRIED.name)
            saved.write_text(dashboards(own_log_types), encoding="utf-8")
            files[f"{function}/{saved.name}"] = saved
        if function == "es_loader":
            files["es_loader/native/native.so"] = library(arch)
            files |= rule_files(rules, own_log_types)
        install(function, arch, packages)
        files |= shipped(Path(packages), "", LEFT_OUT_OF_PACKAGES)
        unzipped = sum(file.stat().st_size for file in files.values())
        if unzipped > LIMIT:
            raise BuildError(f"{function} is over Lambda's limit of {LIMIT} bytes: {unzipped}")
        write(path, files)
    return Built(path, path.stat().st_size, unzipped)


def library(arch: str) -> Path:
    """Return es_loader's native library for the architecture."""
    try:
        return native.library(TARGETS.get(arch) or native.this_machine())
    except native.NativeBuildError as error:
        raise BuildError(str(error)) from None


def dashboards(own: Path | None) -> str:
    """Return all saved objects of OpenSearch Dashboards as NDJSON, to be imported.

    Raises LogTypeError and DashboardError, which name the file.
    """
    log_types = all_log_types(own)
    patterns = index_patterns.objects(log_types)
    return index_patterns.ndjson([*patterns, *dashboard_files.objects(log_types)])


def all_log_types(own: Path | None) -> dict[str, LogType]:
    """Return our log types and those of the user's folder."""
    return log_type_file.load_all([log_type_file.HERE, own] if own else [log_type_file.HERE])


def log_type_files(own: Path | None) -> dict[str, Path]:
    """Return the files of all log types by their path in a zip, after checking each type."""
    files: dict[str, Path] = {}
    for found in all_log_types(own).values():
        files |= shipped(found.folder, f"log_types/{found.name}")
    return files


def rule_files(rules: Path | None, own: Path | None) -> dict[str, Path]:
    """Return the user's file of rules by its path in a zip, after checking each rule."""
    if rules is None:
        return {}
    exclude.load(rules, all_log_types(own))
    return {f"es_loader/{exclude.FILE.name}": rules}


def shipped(folder: Path, place: str, left_out: tuple[str, ...] = LEFT_OUT) -> dict[str, Path]:
    """Return the files under a folder by their path in a zip, where the folder is at `place`."""
    return {
        inside.as_posix(): file
        for file in folder.rglob("*")
        for inside in [PurePath(place, file.relative_to(folder))]
        if file.is_file() and not is_left_out(inside, left_out)
    }


def is_left_out(inside: PurePath, left_out: tuple[str, ...]) -> bool:
    """Return whether a path in a zip, or a folder that it lies in, is to be left out."""
    return any(each.match(pattern) for each in (inside, *inside.parents) for pattern in left_out)


def install(function: str, arch: str, target: str) -> None:
    """Install the function's pinned packages, as wheels for the architecture, into a folder."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", target]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"]
    command += ["--no-installer-metadata", "--no-compile-bytecode"]
    if arch == LOCAL:
        command += ["--python", sys.executable]
    else:
        command += ["--python-version", PYTHON, "--python-platform", PLATFORMS[arch]]
    command += ["--requirements", str(REQUIREMENTS / f"{function}.txt")]
    if subprocess.run(command).returncode:
        raise BuildError(f"the packages of {function} cannot be installed for: {arch}")


def write(path: Path, files: dict[str, Path]) -> None:
    """Write a zip whose bytes depend on nothing but the files' names and content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for inside, file in sorted(files.items()):
            entry = zipfile.ZipInfo(inside, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    main()
