"""Hostile lines in PostgreSQL's log."""

import pytest

from tests.log_types.documents import documents

PREFIX = "2026-11-24 19:00:01 UTC:10.0.1.13(52834):app@orders:[2001]:"
TAILS = [
    "x" * 65536,
    ":" * 65536,
    "@" * 65536,
    'role "' * 10000,
    "a=b " * 16384,
    "\n2026-11-24 19:00:01 UTC" * 2000,
    "/*" * 32768,
    '"' * 65536,
]


@pytest.mark.parametrize("tail", TAILS, ids=range(len(TAILS)))
@pytest.mark.parametrize(
    "begin",
    [
        "2026-11-24 19:00:01 UTC:",
        "2026-11-24 19:00:01 UTC [1-1] ",
        f"{PREFIX}LOG:  connection authorized: ",
        f"{PREFIX}LOG:  AUDIT: SESSION,1,1,READ,",
        f"{PREFIX}LOG:  duration: 1 ms  execute ",
        f"{PREFIX}FATAL:  ",
    ],
)
def test_a_hostile_line_costs_no_more_than_its_length(begin: str, tail: str) -> None:
    assert len(documents("rds_postgresql", (begin + tail).encode())) <= 1


def test_a_message_without_an_address_tells_none() -> None:
    lines = b"2026-11-24 19:00:08 UTC [2003-1] LOG:  connection to client lost\n"
    (document,) = documents("rds_postgresql", lines)
    assert "source" not in document


def test_a_prefix_with_more_behind_it_does_not_change_who_it_is() -> None:
    head = (
        "2026-11-24 19:00:01 UTC::app@orders:[51]:17:42601:2026-11-24 18:59:59 UTC:3/1:0:67.7:psql:"
    )
    (document,) = documents(
        "rds_postgresql", f"{head}LOG:  statement: select a@b:[1]:LOG: 1".encode()
    )
    assert document["user"]["name"] == "app" and "source" not in document
    assert document["message"] == "statement: select a@b:[1]:LOG: 1"
