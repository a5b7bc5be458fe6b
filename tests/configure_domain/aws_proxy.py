"""In front of the emulated AWS: what it lacks of Amazon OpenSearch Service, and faults.

UpdateDomainConfig with a password for the master user sets that user on the local node, and the
domain is Processing for the next looks at it, as the service has it.
"""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

DOMAINS = "/2021-01-01/opensearch/domain/"


@dataclass
class AwsProxy:
    """The proxy. `denied`: operations that are refused; `looks`: how long Processing lasts.

    set_master   (user, password): what follows UpdateDomainConfig
    """

    target: str
    set_master: Callable[[str, str], None]
    denied: set[str] = field(default_factory=set)
    looks: int = 0
    operations: list[str] = field(default_factory=list)
    processing: int = 0
    url: str = ""

    def operation(self, method: str, path: str, headers: dict[str, str]) -> str:
        """Such as `PutSecretValue`, by the header or path of a request."""
        if target := headers.get("x-amz-target"):
            return target.rpartition(".")[2]
        if path.startswith(DOMAINS):
            return "UpdateDomainConfig" if path.endswith("/config") else "DescribeDomain"
        return f"{method} {urlsplit(path).path}"

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """Status and body."""
        operation = self.operation(method, path, headers)
        self.operations.append(operation)
        if operation in self.denied:
            message = f"User: role is not authorized to perform: {operation}"
            if " " in operation:  # of S3
                error = f"<Code>AccessDenied</Code><Message>{message}</Message>"
                return 403, f"<Error>{error}</Error>".encode()
            return 403, json.dumps({"__type": "AccessDeniedException", "Message": message}).encode()
        status, content = self._forward(method, path, headers, body)
        if operation == "UpdateDomainConfig":
            options = json.loads(body)["AdvancedSecurityOptions"]["MasterUserOptions"]
            self.set_master(options["MasterUserName"], options["MasterUserPassword"])
            self.processing = self.looks
        if operation == "DescribeDomain" and self.processing:
            self.processing -= 1
            described = json.loads(content)
            described["DomainStatus"]["Processing"] = True
            content = json.dumps(described).encode()
        return status, content

    def _forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        kept = {name: value for name, value in headers.items() if name != "host"}
        sent = urllib.request.Request(self.target + path, body or None, kept, method=method)
        try:
            with urllib.request.urlopen(sent, timeout=60) as got:
                return got.status, got.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@contextmanager
def running(target: str, set_master: Callable[[str, str], None]) -> Iterator[AwsProxy]:
    """A proxy in front of `target`, in threads of this process."""
    proxy = AwsProxy(target, set_master)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def run(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = proxy.answer(self.command, self.path, headers, body)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = run

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: tests look at `operations`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
