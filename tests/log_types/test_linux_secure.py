"""What the text of sshd, sudo, su and PAM says, beyond what the samples show."""

import time
from typing import Any

import pytest

from tests.log_types.documents import documents

SIZE = 64 * 1024
TOO_LONG = 2.0  # seconds of CPU; a pass over 64 KB takes a few milliseconds


def of(message: str, process: str = "sshd[1]") -> dict[str, Any]:
    """The document of a line with this message."""
    (found,) = documents("linux_secure", f"Nov 24 10:00:00 web-1 {process}: {message}".encode())
    return found


def test_a_user_name_may_hold_the_words_of_the_message() -> None:
    found = of("Failed password for invalid user a from b from 192.0.2.1 port 22 ssh2")
    assert found["user"] == {"name": "a from b"}
    assert found["source"]["ip"] == "192.0.2.1"


def test_a_user_name_that_ends_like_the_message_hides_no_address() -> None:
    for form in ("Failed password for invalid user {} ssh2", "Invalid user {}"):
        found = of(form.format("root from 198.51.100.7 port 1 ssh2 from 192.0.2.1 port 22"))
        assert found["source"] == {"address": "192.0.2.1", "ip": "192.0.2.1", "port": 22}


def test_an_ipv6_address_before_a_colon_is_read_whole() -> None:
    found = of("Received disconnect from 2001:db8::5 port 50133:11: disconnected by user")
    assert found["source"] == {"address": "2001:db8::5", "ip": "2001:db8::5", "port": 50133}


def test_an_address_that_is_a_name_is_a_domain() -> None:
    found = of("Failed password for root from web01 port 22 ssh2")
    assert found["source"] == {"address": "web01", "domain": "web01", "port": 22}


def test_a_message_of_an_unknown_form_stays_text() -> None:
    found = of("Something new happened")
    assert found["message"] == "Something new happened"
    assert "action" not in found["event"]


def test_a_line_of_a_later_year_is_of_the_year_before_last_modified() -> None:
    (found,) = documents("linux_secure", b"Dec 31 23:59:59 web-1 sshd[1]: x")
    assert found["@timestamp"] == "2025-12-31T23:59:59.000Z"


@pytest.mark.parametrize(
    ("process", "start", "unit"),
    [
        ("sshd[1]", "Failed password for ", "x from "),
        ("sshd[1]", "Failed password for x from ", "a"),
        ("sshd[1]", "Accepted password for x from 192.0.2.1 port 1 ssh2", ": "),
        ("sshd[1]", "error: PAM: ", "x for "),
        ("sshd[1]", "pam_unix(sshd:auth): authentication failure; ", " rhost="),
        ("sshd[1]", "pam_unix(sshd:auth): authentication failure; ", " "),
        ("sshd[1]", "message repeated 2 times: [", " ["),
        ("sudo", "a : ", "b ; "),
        ("sudo", "a : ", "TTY=x ; PWD=/ ; "),
        ("sudo", "a : TTY=x ; PWD=/ ; USER=root ;", " A=b ;"),
        ("sudo", "", " "),
        ("useradd[1]", "new user: name=", "x, UID=1"),
    ],
)
def test_a_hostile_message_takes_linear_time(process: str, start: str, unit: str) -> None:
    began = time.process_time()
    of(start + unit * (SIZE // len(unit)), process)
    assert time.process_time() - began < TOO_LONG


@pytest.mark.parametrize("unit", [" ", "a", "a:", "a[", "<1", "2026-11-24T", "Nov  1 10:00:00 "])
def test_a_hostile_line_takes_linear_time_and_is_kept(unit: str) -> None:
    line = unit * (SIZE // len(unit)) + "."
    began = time.process_time()
    (found,) = documents("linux_secure", line.encode())
    assert time.process_time() - began < TOO_LONG
    assert found["event"]["original"] == line


def test_a_line_with_bytes_that_are_no_utf8_is_repaired_and_kept() -> None:
    first, second = documents(
        "linux_secure", b"Nov 24 10:00:00 h sshd: a\xff\nNov 24 10:00:00 h a: b"
    )
    assert first["message"] == "a\ufffd"
    assert first["siem"] == {"encoding_repaired": True}
    assert "siem" not in second
