"""How a message about a wrong word goes on."""

import pytest

from common import ecs
from common.errors import did_you_mean


@pytest.mark.parametrize(
    ("written", "meant"), [("sourc.ip", "source.ip"), ("event.categroy", "event.category")]
)
def test_a_misspelt_word_gets_the_nearest_right_one(written: str, meant: str) -> None:
    assert did_you_mean(written, ecs.field_types()) == f", did you mean '{meant}'?"


def test_a_word_that_is_unlike_any_gets_none() -> None:
    assert did_you_mean("zzzzzzzz", ecs.field_types()) == ""


def test_what_is_no_text_is_taken_as_it_is_written() -> None:
    assert did_you_mean(12, ["123"]) == ", did you mean '123'?"
