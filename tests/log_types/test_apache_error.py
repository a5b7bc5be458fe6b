"""What Apache's error log says, beyond what the samples show."""

import time
from typing import Any

import pytest

from tests.log_types.documents import documents

SIZE = 64 * 1024
TOO_LONG = 2.0  # seconds of CPU; a pass over 64 KB takes a few milliseconds
HEAD = "[Tue Nov 24 19:22:08 2026] [core:error] [pid 1] "


def of(line: str) -> dict[str, Any]:
    """The document of a line."""
    (found,) = documents("apache_error", line.encode())
    return found


def test_a_client_that_is_a_name_is_a_domain() -> None:
    found = of(HEAD + "[client web-1:80] File does not exist: /a")
    assert found["source"] == {"address": "web-1", "domain": "web-1", "port": 80}


def test_the_port_of_an_ipv6_client_without_brackets_is_told_from_the_address() -> None:
    found = of(HEAD + "[client 2001:db8::1:51000] x")
    assert found["source"] == {"address": "2001:db8::1", "ip": "2001:db8::1", "port": 51000}


def test_a_time_that_is_none_is_that_of_the_object() -> None:
    found = of("[Tue Xxx 24 19:22:08 2026] [error] x")
    assert found["siem"] == {"time_source": "object"}
    assert found["message"] == "x"


def test_a_line_of_a_script_is_kept() -> None:
    assert of("  at /srv/www/a.pl line 3.")["message"] == "  at /srv/www/a.pl line 3."


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("", "["),
        ("", "a"),
        (HEAD, "(1)"),
        (HEAD, "(1)a"),
        (HEAD, "a.c"),
        (HEAD, "[client "),
        (HEAD + "user ", "a"),
        (HEAD + "user a: authentication failure for ", '"'),
        (HEAD + "File does not exist: /", ", referer: "),
        (HEAD + "Symbolic link not allowed", " a"),
        (HEAD + "ModSecurity: ", "["),
        (HEAD + "ModSecurity: ", '[a "'),
        (HEAD + 'ModSecurity: [a "', '\\"'),
        (HEAD + "client denied by server configuration: ", "a "),
    ],
)
def test_a_hostile_line_takes_linear_time(start: str, unit: str) -> None:
    line = start + unit * (SIZE // len(unit))
    began = time.process_time()
    found = of(line)
    assert time.process_time() - began < TOO_LONG
    assert found["event"]["original"] == line
