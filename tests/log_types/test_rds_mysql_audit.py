"""Return codes, quotes and hostile lines of the audit log of MySQL and MariaDB."""

import pytest

from tests.log_types.documents import documents, normalizer

LINE = "1795546812014551,orders-1,app,10.0.1.13,81,4021,QUERY,orders,'select 1',{}\n"
PATTERN = normalizer().log_types.by_name["rds_mysql_audit"].read.pattern


@pytest.mark.parametrize(("code", "outcome"), [("0", "success"), ("1064", "failure")])
def test_row_31_a_return_code_is_a_number_and_0_is_success(code: str, outcome: str) -> None:
    (found,) = documents("rds_mysql_audit", LINE.format(code).encode())
    assert found["event"]["outcome"] == outcome
    assert found["aws"]["rds"]["return_code"] == int(code)


def test_without_a_return_code_there_is_no_outcome() -> None:
    (found,) = documents("rds_mysql_audit", LINE.format("").encode())
    assert "outcome" not in found["event"]
    assert "return_code" not in found["aws"]["rds"]


@pytest.mark.parametrize("tail", ["'" * 65536, "," * 65536, "'," * 32768, "',0" * 20000 + "x"])
def test_a_hostile_statement_is_read_in_one_pass(tail: str) -> None:
    assert PATTERN
    PATTERN.match(LINE.format("0").rstrip() + tail)
