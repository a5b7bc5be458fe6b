"""Fixture of what the functions log."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from common.telemetry import logger


class Logs:
    """What was logged since the test began."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        """All of it, as CloudWatch gets it."""
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its lines."""
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def messages(self) -> list[str]:
        """The message of each line."""
        return [line["message"] for line in self.lines]


@pytest.fixture
def logs() -> Iterator[Logs]:
    """The log of the functions, in place of stderr."""
    kept = Logs()
    handler = logger.registered_handler
    assert hasattr(handler, "setStream")
    before = handler.setStream(kept.stream)
    yield kept
    handler.setStream(before)
