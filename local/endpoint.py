"""One address for a node and its Dashboards, on 127.0.0.1, as the endpoint of a domain is one."""

import json
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from local import dashboards_api
from local.exchange import Answer, Request, basic
from local.node import Node
from local.process import HOST

Hook = Callable[[Request], Answer | Request | None]


class Server:
    """The server. `hook` sees every request first: it may answer it, or change it."""

    def __init__(self, node: Node, hook: Hook | None = None) -> None:
        self.node = node
        self.requests: list[Request] = []
        self._hook = hook
        tls = ssl.create_default_context(cafile=str(node.ca)) if node.ca else None
        self._node = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
        )
        address = urlsplit(node.url)
        self.authorization = (
            basic(address.username, address.password or "") if address.username else ""
        )
        self._node_url = f"{address.scheme}://{address.hostname}:{address.port}"
        self.http = ThreadingHTTPServer((HOST, 0), _handler(self))
        self.http.daemon_threads = True
        self.url = f"http://{HOST}:{self.http.server_address[1]}"

    def answer(self, request: Request) -> Answer:
        """The answer of the hook, of Dashboards, or of the node."""
        self.requests.append(request)
        changed = self._hook(request) if self._hook else None
        if isinstance(changed, Answer):
            return changed
        request = changed or request
        if request.path.startswith("/_dashboards/"):
            return dashboards_api.answer(request, self.forward)
        return self.forward(request)

    def forward(self, request: Request) -> Answer:
        """The node's own answer."""
        sent = urllib.request.Request(
            self._node_url + request.path, request.body or None, method=request.method
        )
        for name in ("authorization", "content-type", "content-encoding", "securitytenant"):
            if name in request.headers:
                sent.add_header(name, request.headers[name])
        try:
            with self._node.open(sent, timeout=60) as got:
                return Answer(got.status, got.read().decode(), got.headers.get_content_type())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode(), error.headers.get_content_type())


@contextmanager
def running(node: Node, hook: Hook | None = None) -> Iterator[Server]:
    """A server in front of the node, in threads of this process."""
    server = Server(node, hook)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.05,))
    thread.start()
    try:
        dashboards_api.make_mapping(server.forward, server.authorization)
        yield server
    finally:
        server.http.shutdown()
        thread.join()
        server.http.server_close()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def run(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server.answer(Request(self.command, self.path, headers, body))
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            content = text.encode()
            self.send_response(answer.status)
            self.send_header("content-type", answer.kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = run

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: tests look at `requests`."""

    return Handler
