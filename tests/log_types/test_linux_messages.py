"""What the lines of /var/log/messages say, beyond what the samples show."""

import time
from typing import Any

import pytest

from tests.log_types.documents import documents

SIZE = 64 * 1024
TOO_LONG = 2.0  # seconds of CPU; a pass over 64 KB takes a few milliseconds


def of(message: str, process: str = "kernel") -> dict[str, Any]:
    """The document of a line with this message."""
    line = f"Nov 24 10:00:00 web-1 {process}: {message}"
    (found,) = documents("linux_messages", line.encode())
    return found


def test_a_packet_that_nobody_says_the_fate_of_has_no_outcome() -> None:
    found = of("log-all: IN=eth0 OUT=eth1 SRC=192.0.2.1 DST=192.0.2.2 LEN=84 PROTO=ICMP TYPE=8")
    assert found["event"]["type"] == ["connection"]
    assert "outcome" not in found["event"]
    assert found["network"]["transport"] == "icmp"


def test_a_packet_is_one_only_if_the_kernel_says_so() -> None:
    found = of("[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2", "evil[1]")
    assert "source" not in found


def test_addresses_that_are_none_are_left_out_and_the_line_kept() -> None:
    found = of("IN=eth0 OUT= SRC=here DST=192.0.2.2 SPT=x DPT=70000000000000000000 LEN=")
    assert found["destination"]["ip"] == "192.0.2.2"
    assert "ip" not in found["source"]
    assert found["message"].startswith("IN=eth0")


def test_a_priority_that_is_none_is_passed_over() -> None:
    (found,) = documents("linux_messages", b"<999>Nov 24 10:00:00 web-1 a: b")
    assert found["log"]["syslog"] == {"priority": 999}


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("", "IN=eth0 OUT= "),
        ("IN= OUT= ", "SRC=a "),
        ("IN= OUT= ", "A"),
        ("[1.2] ", "] ["),
        ("", " "),
        ("message repeated ", "1"),
    ],
)
def test_a_hostile_message_takes_linear_time(start: str, unit: str) -> None:
    began = time.process_time()
    of(start + unit * (SIZE // len(unit)))
    assert time.process_time() - began < TOO_LONG


@pytest.mark.parametrize("unit", ["[a ", '"', '\\"', "[a]", " ", "a:", "] "])
def test_hostile_structured_data_takes_linear_time_and_is_kept(unit: str) -> None:
    line = "<30>1 2026-11-24T10:00:00Z h a - - [x@1 b=" + unit * (SIZE // len(unit))
    began = time.process_time()
    (found,) = documents("linux_messages", line.encode())
    assert time.process_time() - began < TOO_LONG
    assert found["event"]["original"] == line
