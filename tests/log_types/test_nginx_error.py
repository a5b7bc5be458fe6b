"""What nginx's error log says, beyond what the samples show."""

import time
from typing import Any

import pytest

from tests.log_types.documents import documents

SIZE = 64 * 1024
TOO_LONG = 2.0  # seconds of CPU; a pass over 64 KB takes a few milliseconds
HEAD = "2026/11/24 19:49:34 [error] 1#1: *1 "
TAIL = ', client: 203.0.113.1, server: a, request: "GET {url} HTTP/1.1", host: "www.example.com"'
FALSE = ', client: 192.0.2.66, server: b, request: "GET / HTTP/1.1", host: "h'


def of(message: str) -> dict[str, Any]:
    """The document of a line with this message."""
    (found,) = documents("nginx_error", (HEAD + message).encode())
    return found


@pytest.mark.parametrize(
    "message",
    [
        "x" + TAIL.format(url="/, client: 192.0.2.66, server: b"),
        f'open() "/a{FALSE}" failed (2: No such file or directory)' + TAIL.format(url="/"),
        'open() "/a, client: 192.0.2.66, server: b" failed (2: No)' + TAIL.format(url="/"),
    ],
)
def test_a_client_cannot_name_another_one_in_its_request(message: str) -> None:
    assert of(message)["source"]["ip"] == "203.0.113.1"


def test_a_line_that_is_cut_has_its_client() -> None:
    found = of("x" + TAIL.format(url="/")[:70])
    assert found["source"]["ip"] == "203.0.113.1"
    assert "url" not in found


def test_a_session_of_the_stream_module_has_its_client() -> None:
    found = of(
        "connect() failed (111: Connection refused) while connecting to upstream, "
        'client: 203.0.113.1, server: 0.0.0.0:443, upstream: "10.0.0.1:443", '
        "bytes from/to client:0/0"
    )
    assert found["source"]["ip"] == "203.0.113.1"
    assert found["error"] == {"code": "111", "message": "Connection refused"}


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("", ", client: "),
        ("x, client: 192.0.2.1, server: ", ", client: a, server: b"),
        ("x, client: 192.0.2.1, server: a, request: ", '"'),
        ('x, client: 192.0.2.1, server: a, request: "GET ', "/?"),
        ('open() "', '" failed (2'),
        ("", "failed (2: "),
        ("limiting requests", " by zone "),
        ('user "', '"'),
        ("", " "),
    ],
)
def test_a_hostile_message_takes_linear_time(start: str, unit: str) -> None:
    message = start + unit * (SIZE // len(unit)) + "."
    began = time.process_time()
    found = of(message)
    assert time.process_time() - began < TOO_LONG
    assert found["event"]["original"] == HEAD + message
