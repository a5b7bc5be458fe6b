"""Hostile lines in the slow query, general and error logs of MySQL."""

import pytest

from tests.log_types.documents import documents

BEGINNINGS = {
    "rds_mysql_error": [
        "2026-11-24T19:00:00Z ",
        "2026-11-24 19:00:00 0x",
        "2026-11-24 19:00:00 1 [Note] Access denied for user '",
        "2026-11-24 19:00:00 1 [Note] Aborted connection 1 to db: 'a' user: 'b' host: 'c'",
    ],
    "rds_mysql_general": [
        "261124 19:00:00",
        "2026-11-24T19:00:00Z\t 1 Connect\t",
        "2026-11-24T19:00:00Z\t 1 Connect\ta@b",
    ],
    "rds_mysql_slowquery": [
        "# User@Host: ",
        "# User@Host: a[a] @ ",
        "# User@Host: a[a] @ b []\n# Query_time: ",
        "# User@Host: a[a] @ b []\nSET timestamp=1,",
        "# User@Host: a[a] @ b []\nSET timestamp=1;\n",
    ],
}
TAILS = [
    "x" * 65536,
    " " * 65536,
    "[" * 65536,
    "a: " * 20000,
    "\n# A" * 16384,
    ",timestamp=1" * 5000,
]


@pytest.mark.parametrize("tail", TAILS, ids=range(len(TAILS)))
@pytest.mark.parametrize(
    ("name", "begin"), [(name, begin) for name, all in BEGINNINGS.items() for begin in all]
)
def test_a_hostile_line_costs_no_more_than_its_length(name: str, begin: str, tail: str) -> None:
    assert len(documents(name, (begin + tail).encode())) <= 1
