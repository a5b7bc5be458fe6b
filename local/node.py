"""Runs one real OpenSearch node on 127.0.0.1: from Maven Central parts, or Docker's image.

`python -m local.node` runs one until Ctrl-C; `python -m local.node --build` only prepares it.
"""

import base64
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from opensearchpy import OpenSearch

from local import distribution, java, process
from local import security as security_plugin
from local.process import HOST, LocalStackError, say

NAME = f"OpenSearch {distribution.VERSION}"
IMAGE = f"opensearchproject/opensearch:{distribution.VERSION}"
START_SECONDS = 120
HEALTH = "/_cluster/health?wait_for_status=yellow&timeout=2s"

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""

JAVA_OPTIONS = [
    "-XX:TieredStopAtLevel=1",  # halves the CPU of a start
    "-XX:+UseG1GC",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    # Without JNA's native library a node also runs as root, as in a container; test use only.
    "-Djna.nosys=true",
    "-Djna.nounpack=true",
    "-Djna.noclasspath=true",
    "--enable-native-access=ALL-UNNAMED",
    "-Dopensearch.distribution.type=tar",
    "-Dopensearch.bundled_jdk=false",
]


@dataclass(frozen=True, slots=True)
class Node:
    """A node that answers. `url` holds user and password where it has security, `ca` its CA file.

    `child` is None for a node that was running before, `scratch` holds data, settings and logs.
    """

    url: str
    ca: Path | None = None
    child: subprocess.Popen[bytes] | None = None
    scratch: Path | None = None


@contextmanager
def running(
    *, security: bool = False, heap: str = "1g", settings: Mapping[str, object] | None = None
) -> Iterator[Node]:
    """Start a node, yield it, stop it. Arguments and errors: see `start`."""
    node = start(security=security, heap=heap, settings=settings)
    try:
        yield node
    finally:
        stop(node)


def start(
    *, security: bool = False, heap: str = "1g", settings: Mapping[str, object] | None = None
) -> Node:
    """Return a node that answers, within 120 s.

    It is the one at OPENSEARCH_URL, if that is set and no security or settings are asked for.
    Else it is a new one, with empty data: from Maven parts, or from Docker's image where a
    Docker engine answers and Maven is missing. `settings` go to opensearch.yml, such as
    {"http.max_content_length": "10mb"}, which is what Amazon's smallest instances take.
    Raises LocalStackError.
    """
    url = os.environ.get("OPENSEARCH_URL")
    if url and not security and not settings:
        return Node(url.rstrip("/"))
    if distribution.is_built() or shutil.which("mvn"):
        runtime = java.find()
        parts = distribution.build(runtime)
        scratch, ports = _scratch(), process.free_ports(2)
        ca = _configure(parts, scratch, ports, security, settings or {})
        return _start(_java_command(runtime, scratch, heap), scratch, ports[0], ca)
    if not security and _docker_answers():
        (port,) = process.free_ports(1)
        return _start(_docker_command(port, heap, settings or {}), _scratch(), port)
    raise LocalStackError(
        f"nothing to run {NAME} with: install Maven, start Docker, or set OPENSEARCH_URL"
    )


def stop(node: Node) -> None:
    """End a node that `start` started and remove its scratch folder."""
    if node.child:
        process.stop(node.child, node.scratch)


def client(node: Node) -> OpenSearch:
    """Return a client of the node."""
    return OpenSearch(node.url, ca_certs=str(node.ca) if node.ca else None, timeout=60)


def administrator(node: Node) -> OpenSearch:
    """Return a client of a secured node that may do everything, by its certificate."""
    assert node.ca
    return OpenSearch(
        f"https://{node.url.rpartition('@')[2]}",
        ca_certs=str(node.ca),
        client_cert=str(node.ca.with_name("admin.pem")),
        client_key=str(node.ca.with_name("admin-key.pem")),
        timeout=60,
    )


def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="aes-siem-node-"))


def _start(command: list[str], scratch: Path, port: int, ca: Path | None = None) -> Node:
    headers = {}
    url, tls = f"http://{HOST}:{port}", None
    if ca:
        login = f"{security_plugin.USER}:{security_plugin.PASSWORD}"
        headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}
        url, tls = f"https://{login}@{HOST}:{port}", ssl.create_default_context(cafile=str(ca))
    child = process.launch(
        NAME,
        command,
        scratch,
        lambda: process.answers(port, HEALTH, headers, tls),
        START_SECONDS,
    )
    return Node(url, ca, child, scratch)


def _configure(
    parts: Path, scratch: Path, ports: list[int], secure: bool, settings: Mapping[str, object]
) -> Path | None:
    """Lay out home/ and config/ of one run; return its CA file if it is secure."""
    config, home = scratch / "config", scratch / "home"
    for folder in (config, home / "plugins", scratch / "tmp"):
        folder.mkdir(parents=True)
    for name in ("lib", "modules", "locale"):
        (home / name).symlink_to(parts / name)
    (config / "log4j2.properties").write_text(LOGGING)
    ca = None
    if secure:
        plugin = parts / "plugins-available" / "opensearch-security"
        (home / "plugins" / plugin.name).symlink_to(plugin)
        shutil.copytree(plugin / "config", config / plugin.name)
        ca = security_plugin.write_certificates(config)
    lines = {
        "cluster.name": "aes-siem-local",
        "path.data": str(scratch / "data"),
        "path.logs": str(scratch),
        "path.repo": [str(scratch / "snapshots")],
        "network.host": HOST,
        "http.port": ports[0],
        "transport.port": ports[1],
        "discovery.type": "single-node",
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "action.auto_create_index": True,
        **(security_plugin.SETTINGS if secure else {}),
        **settings,
    }
    (config / "opensearch.yml").write_text(
        "".join(f"{key}: {json.dumps(value)}\n" for key, value in lines.items())
    )
    return ca


def _java_command(runtime: java.Java, scratch: Path, heap: str) -> list[str]:
    home = scratch / "home"
    class_path = [f"{home / 'lib'}/*"]
    if runtime.is_whole:
        extra = ["--add-modules=jdk.incubator.vector"]
    else:
        extra = ["-Djava.locale.providers=CLDR,SPI"]
        class_path.append(f"{home / 'locale'}/*")
    return [
        runtime.command,
        *(f"-Xms{heap}", f"-Xmx{heap}"),
        *JAVA_OPTIONS,
        *extra,
        f"-Djava.io.tmpdir={scratch / 'tmp'}",
        f"-Dopensearch.path.home={home}",
        f"-Dopensearch.path.conf={scratch / 'config'}",
        *("-cp", ":".join(class_path), "org.opensearch.bootstrap.OpenSearch"),
    ]


def _docker_answers() -> bool:
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "info"], capture_output=True).returncode == 0


def _docker_command(port: int, heap: str, settings: Mapping[str, object]) -> list[str]:
    """The client stays in the foreground and hands SIGTERM on: its process id is the node's."""
    if subprocess.run(["docker", "pull", IMAGE], stdout=sys.stderr).returncode:
        raise LocalStackError(f"Docker could not pull {IMAGE}")
    environment = {
        "discovery.type": "single-node",
        "DISABLE_SECURITY_PLUGIN": "true",
        "DISABLE_INSTALL_DEMO_CONFIG": "true",
        "OPENSEARCH_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        **settings,
    }
    options = [option for key, value in environment.items() for option in ("-e", f"{key}={value}")]
    return ["docker", "run", "--rm", "-p", f"{HOST}:{port}:9200", *options, IMAGE]


def main(arguments: list[str]) -> int:
    """Prepare a node (`--build`), or run one until Ctrl-C; return the exit status."""
    process.end_on_sigterm()
    try:
        if arguments == ["--build"]:
            distribution.build(java.find())
            return 0
        with running() as node:
            print(node.url, flush=True)
            if node.child:
                node.child.wait()
        return 0
    except LocalStackError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
