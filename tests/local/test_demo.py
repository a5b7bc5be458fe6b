"""The demo, on the node of the test session."""

import re

import pytest

from local import demo
from local.stack import Stack


def test_the_demo_loads_all_log_types_and_its_books_balance(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.run(stack) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    found = re.fullmatch(
        r"indexed (\d+) documents of 10 log types; excluded 0; quarantined 1", last
    )
    assert found and int(found[1]) >= 500
