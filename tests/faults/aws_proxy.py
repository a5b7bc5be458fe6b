"""A proxy in front of the emulated AWS: it hands bytes on, or does what a fault says.

A fault is a function (call, forward) -> Answer: it may answer by itself, forward the call, or both;
`None` as the answer resets the connection.
"""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.es_loader.faulty import NO_LINGER, Server, serving

HOP = {"connection", "content-length", "date", "server", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Call:
    """A request to AWS. `name`: operation, as S3.GetObject or SQS.SendMessage."""

    name: str
    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `sent`: after so many bytes of the body the connection breaks."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None


Forward = Callable[[Call], Answer]
Fault = Callable[[Call, Forward], Answer | None]


def unharmed(call: Call, forward: Forward) -> Answer:
    """No fault."""
    return forward(call)


class AwsProxy:
    """The proxy. `fault` sees each call; `in_flight` counts those that are not answered."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.fault: Fault = unharmed
        self.in_flight = 0
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def forward(self, call: Call) -> Answer:
        """The emulator's own answer."""
        assert self.target.hostname
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        try:
            connection.request(call.method, call.path, call.body, dict(call.headers))
            answer = connection.getresponse()
            headers = {k: v for k, v in answer.getheaders() if k.lower() not in HOP}
            return Answer(answer.status, answer.read(), headers)
        finally:
            connection.close()


@contextmanager
def running(target: str) -> Iterator[AwsProxy]:
    """A proxy in front of `target`."""
    proxy = AwsProxy(target)
    with serving(proxy.server):
        yield proxy


def error(call: Call, status: int, code: str) -> Answer:
    """An error as the service that is called writes it."""
    if call.name.startswith("SQS."):
        body = f'{{"__type":"com.amazonaws.sqs#{code}","message":"injected"}}'
        return Answer(status, body.encode(), {"content-type": "application/x-amz-json-1.0"})
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>injected</Message></Error>'
    return Answer(status, body.encode(), {"content-type": "application/xml"})


def _name(method: str, headers: Mapping[str, str]) -> str:
    target = headers.get("X-Amz-Target", "")
    if target.startswith("AmazonSQS."):
        return target.replace("AmazonSQS.", "SQS.")
    return f"S3.{method.title()}Object"


def _handler(proxy: AwsProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_expect_100(self) -> bool:
            self.send_response_only(100)
            self.end_headers()
            return True

        def run(self) -> None:
            size = int(self.headers.get("content-length", 0))
            body = self.rfile.read(size)
            if len(body) < size:  # the client was killed on the way
                self.close_connection = True
                return
            headers = dict(self.headers.items())
            headers.pop("Expect", None)
            call = Call(_name(self.command, headers), self.command, self.path, body, headers)
            with proxy.lock:
                proxy.in_flight += 1
            try:
                answer = proxy.fault(call, proxy.forward)
            finally:
                with proxy.lock:
                    proxy.in_flight -= 1
            self.reply(answer)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = run

        def reply(self, answer: Answer | None) -> None:
            self.close_connection = answer is None or answer.sent is not None
            if answer is None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                return
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: answer.sent])
            except OSError:  # the client is gone
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
