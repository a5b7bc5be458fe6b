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
