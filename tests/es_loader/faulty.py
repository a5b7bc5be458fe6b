"""A proxy in front of an OpenSearch node that fails on demand, as clusters and networks do.

A fault is a function (request, forward) -> Answer: it may answer by itself, forward the request,
or both, in any order; `None` as the answer resets the connection.
"""

import gzip
import http.client
import json
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

NO_LINGER = struct.pack("ii", 1, 0)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def read(self) -> float:
        """Seconds since some moment."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; `body` unpacked. `in_flight` counts it and those not yet answered."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    in_flight: int

    def documents(self) -> list[tuple[dict[str, Any], Any]]:
        """(action, document) of a bulk request."""
        lines = self.body.splitlines()
        return [
            (json.loads(action), json.loads(document))
            for action, document in zip(lines[::2], lines[1::2], strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `body` is JSON unless it is bytes."""

    status: int
    body: Any = field(default_factory=dict)


Forward = Callable[[Request], Answer]
Fault = Callable[[Request, Forward], Answer | None]


class Server(ThreadingHTTPServer):
    """A server whose clients may be gone at any time."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell what goes wrong, but for a client that is gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Faulty:
    """The proxy. Faults are used up one a request to /_bulk; `always` is used after them."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.faults: deque[Fault | None] = deque()
        self.always: Fault | None = None
        self.requests: list[Request] = []
        self.in_flight = 0
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def bulks(self) -> list[Request]:
        """The bulk requests so far."""
        return [request for request in self.requests if request.path.startswith("/_bulk")]

    def forward(self, request: Request) -> Answer:
        """The node's own answer."""
        assert self.target.hostname
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        try:
            headers = {"content-type": request.headers.get("content-type", "application/json")}
            connection.request(request.method, request.path, request.body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, json.loads(answer.read() or b"{}"))
        finally:
            connection.close()

    def answer(self, request: Request) -> Answer | None:
        """The answer with the fault that is due."""
        fault = self.always
        if self.faults and request.path.startswith("/_bulk"):
            fault = self.faults.popleft()
        return fault(request, self.forward) if fault else self.forward(request)


@contextmanager
def serving(server: Server) -> Iterator[None]:
    """The server answers, in threads of this process."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running(target: str) -> Iterator[Faulty]:
    """A proxy in front of `target`."""
    proxy = Faulty(target)
    with serving(proxy.server):
        yield proxy


def status(code: int, kind: str = "injected_exception") -> Fault:
    """An error for the whole request, which the node never sees."""
    return lambda request, forward: Answer(code, error(kind))


def error(kind: str, reason: str = "injected") -> dict[str, Any]:
    """The body of an error as OpenSearch writes it."""
    return {"error": {"type": kind, "reason": reason}}


def larger_than(size: int) -> Fault:
    """413 for bodies over `size` bytes."""

    def fault(request: Request, forward: Forward) -> Answer:
        return Answer(413) if len(request.body) > size else forward(request)

    return fault


def items(
    which: Callable[[int], bool],
    code: int,
    kind: str,
    reason: str = "injected",
    after: bool = False,
) -> Fault:
    """An error for some documents of a bulk request, by their number in it.

    after   the node indexes them all the same
    """

    def fault(request: Request, forward: Forward) -> Answer:
        lines = request.body.splitlines(keepends=True)
        pairs = [b"".join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
        kept = [pair for at, pair in enumerate(pairs) if after or not which(at)]
        answered: Iterator[Any] = iter(())
        if kept:
            smaller = Request(request.method, request.path, b"".join(kept), request.headers, 0)
            answered = iter(forward(smaller).body["items"])
        merged = []
        for at, pair in enumerate(pairs):
            own = next(answered) if after or not which(at) else None
            if which(at):
                (operation,) = json.loads(pair.split(b"\n")[0])
                own = {operation: {"status": code, **error(kind, reason)}}
            merged.append(own)
        return Answer(200, {"errors": True, "items": merged})

    return fault


def reset_before(request: Request, forward: Forward) -> None:
    """The connection breaks before the node has the request."""


def reset_after(request: Request, forward: Forward) -> None:
    """The connection breaks after the node has done what was asked."""
    forward(request)


def silent_before(seconds: float) -> Fault:
    """No answer for so long; the node never sees the request."""

    def fault(request: Request, forward: Forward) -> None:
        time.sleep(seconds)

    return fault


def silent_after(seconds: float) -> Fault:
    """The node does what was asked at once; the answer takes so long."""

    def fault(request: Request, forward: Forward) -> Answer:
        answer = forward(request)
        time.sleep(seconds)
        return answer

    return fault


def _handler(proxy: Faulty) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def run(self) -> None:
            size = int(self.headers.get("content-length", 0))
            body = self.rfile.read(size)
            if len(body) < size:  # the client is gone
                self.close_connection = True
                return
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            with proxy.lock:
                proxy.in_flight += 1
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, body, headers, proxy.in_flight)
                proxy.requests.append(request)
            try:
                answer = proxy.answer(request)
            finally:
                with proxy.lock:
                    proxy.in_flight -= 1
            self.reply(answer)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = run

        def reply(self, answer: Answer | None) -> None:
            self.close_connection = answer is None
            if answer is None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                return
            as_is = isinstance(answer.body, bytes)
            body = answer.body if as_is else json.dumps(answer.body).encode()
            try:
                self.send_response(answer.status)
                self.send_header("content-type", "text/plain" if as_is else "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # the client has given up waiting
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: tests look at `requests`."""

    return Handler
