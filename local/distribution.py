"""Lays out OpenSearch 3.4.0 like a distribution, from the parts that Maven Central serves."""

import fcntl
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.java import Java
from local.process import LocalStackError, say

VERSION = "3.4.0"
FOLDER = Path(__file__).resolve().parent.parent / ".cache" / f"opensearch-{VERSION}"
POM = Path(__file__).with_name("opensearch-pom.xml")

# Module: the prefix of its own jar, then the prefixes of the jars that it carries.
MODULES = {
    "aggs-matrix-stats": ["aggs-matrix-stats-client-"],
    "analysis-common": ["analysis-common-"],
    "geo": ["geo-"],
    "ingest-common": [
        "ingest-common-",
        "opensearch-grok-",
        "opensearch-dissect-",
        "jcodings-",
        "joni-",
    ],
    "ingest-user-agent": ["ingest-user-agent-"],
    "lang-expression": ["lang-expression-", "lucene-expressions-", "antlr4-runtime-", "asm-"],
    "lang-mustache": ["lang-mustache-client-", "compiler-"],
    "lang-painless": [
        "lang-painless-",
        "opensearch-scripting-painless-spi-",
        "antlr4-runtime-",
        "asm-",
    ],
    "mapper-extras": ["mapper-extras-client-"],
    "parent-join": ["parent-join-client-"],
    "percolator": ["percolator-client-"],
    "rank-eval": ["rank-eval-client-"],
    "reindex": [
        "reindex-client-",
        "httpclient5-",
        "httpcore5-",
        "commons-codec-",
        "commons-logging-",
        "opensearch-rest-client-",
        "opensearch-ssl-config-",
        "slf4j-api-",
    ],
    "repository-url": [
        "repository-url-",
        "httpclient5-",
        "httpcore5-",
        "commons-codec-",
        "commons-logging-",
        "slf4j-api-",
    ],
    "transport-netty4": ["transport-netty4-client-", "netty-"],
}
PAINLESS_EXTENSION = "META-INF/services/org.opensearch.painless.spi.PainlessExtension"


def is_built() -> bool:
    """Return whether `build` has nothing left to do."""
    return FOLDER.exists()


def build(java: Java) -> Path:
    """Return the folder of the distribution, made once.

    It holds lib/, modules/, plugins-available/, and locale/ for a Java without Thai.

    Raises LocalStackError where Maven is missing or cannot resolve the parts.
    """
    if is_built():
        return FOLDER
    FOLDER.parent.mkdir(exist_ok=True)
    with _lock(FOLDER.with_name(f"{FOLDER.name}.lock")):
        if is_built():
            return FOLDER
        if not shutil.which("mvn"):
            raise LocalStackError("OpenSearch comes from Maven Central: install Maven (`mvn`)")
        unfinished = FOLDER.with_name(f"{FOLDER.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        parts = unfinished / "parts"
        _download(parts, java)
        shutil.move(parts / "lib", unfinished / "lib")
        jars = sorted((parts / "jars").iterdir())
        for name, prefixes in MODULES.items():
            _lay_out_module(unfinished / "modules" / name, prefixes, jars)
        _copy(jars, ["icu4j-"], unfinished / "locale")
        _lay_out_security(unfinished / "plugins-available", parts / "plugins", jars)
        shutil.rmtree(parts)
        unfinished.rename(FOLDER)
    say(f"OpenSearch {VERSION}: built in {FOLDER}")
    return FOLDER


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _download(parts: Path, java: Java) -> None:
    say(f"OpenSearch {VERSION}: collecting its parts from Maven Central (about 120 MB, once)")
    command = ["mvn", "--batch-mode", "--file", str(POM), "generate-resources", f"-Dout={parts}"]
    downloaded = 0
    output: list[str] = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "JAVA_HOME": str(java.home)},
    ) as maven:
        assert maven.stdout is not None
        for line in maven.stdout:
            output.append(line.rstrip())
            if "Downloaded from" in line and ".pom" not in line:
                downloaded += 1
                if downloaded % 25 == 0:
                    say(f"OpenSearch {VERSION}: {downloaded} parts downloaded")
    if maven.returncode:
        errors = [line for line in output if "ERROR" in line] or output
        raise LocalStackError("Maven could not collect OpenSearch:\n  " + "\n  ".join(errors[:10]))


def _copy(jars: list[Path], prefixes: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for jar in jars:
        if jar.name.startswith(tuple(prefixes)):
            shutil.copy2(jar, folder)


def _lay_out_module(folder: Path, prefixes: list[str], jars: list[Path]) -> None:
    _copy(jars, prefixes, folder)
    (own,) = folder.glob(f"{prefixes[0]}*")
    with zipfile.ZipFile(own) as archive:
        names = archive.namelist()
    (plugin,) = (name for name in names if name.endswith("ModulePlugin.class"))
    descriptor = {
        "description": folder.name,
        "version": VERSION,
        "opensearch.version": VERSION,
        "java.version": "21",
        "name": folder.name,
        "classname": plugin.removesuffix(".class").replace("/", "."),
        "has.native.controller": "false",
    }
    if PAINLESS_EXTENSION in names and folder.name != "lang-painless":
        descriptor["extended.plugins"] = "lang-painless"
    (folder / "plugin-descriptor.properties").write_text(
        "".join(f"{key}={value}\n" for key, value in descriptor.items())
    )


def _lay_out_security(plugins: Path, downloaded: Path, jars: list[Path]) -> None:
    (archive,) = downloaded.glob("opensearch-security-*.zip")
    folder = plugins / "opensearch-security"
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    # The zip lacks this jar, without which every authorised request fails.
    _copy(jars, ["commons-collections4-"], folder)
    # It wants plugins that are not on Maven Central: workload-management and rule-framework.
    descriptor = folder / "plugin-descriptor.properties"
    descriptor.write_text(
        re.sub(r"(?m)^extended\.plugins=.*$", "extended.plugins=", descriptor.read_text())
    )
