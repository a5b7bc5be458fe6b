"""An S3 that answers each GET as it is told: with an object, half an object, or an error."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ERROR = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{}</Code><Message>no</Message></Error>'


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `sent`: after so many bytes of the body the connection breaks."""

    status: int
    body: bytes
    sent: int | None = None


@dataclass
class FaultyS3:
    """What it will answer, the last one for ever."""

    url: str
    answers: deque[Answer] = field(default_factory=deque)


def error(status: int, code: str) -> Answer:
    """An error as S3 writes it."""
    return Answer(status, ERROR.format(code).encode())


@contextmanager
def running() -> Iterator[FaultyS3]:
    """A server on a free port, in threads of this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    s3 = FaultyS3(f"http://127.0.0.1:{server.server_address[1]}")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = s3.answers.popleft() if len(s3.answers) > 1 else s3.answers[0]
            self.send_response(answer.status)
            self.send_header("content-length", str(len(answer.body)))
            self.send_header("last-modified", "Tue, 24 Nov 2026 20:00:00 GMT")
            self.send_header("etag", '"0123456789abcdef"')
            self.end_headers()
            self.wfile.write(answer.body[: answer.sent])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server.RequestHandlerClass = Handler
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield s3
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
