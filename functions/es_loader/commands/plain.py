"""Lets the loader's parts talk to people instead of CloudWatch: lines, and no metrics."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from common.telemetry import logger

QUIET = 30.0  # seconds in which a warning is not repeated
DISABLED = "POWERTOOLS_METRICS_DISABLED"


@contextmanager
def plain_log() -> Iterator[None]:
    """Within it warnings are lines on stderr; metrics, which would go to stdout, are dropped."""
    client = logging.getLogger("opensearch")  # which tells of each answer that is no success
    told = client.level
    handler, seldom = logger.registered_handler, _seldom()
    formatter, level, before = handler.formatter, logger.log_level, os.environ.get(DISABLED)
    handler.setFormatter(_Line())
    handler.addFilter(seldom)
    logger.setLevel(logging.WARNING)
    client.setLevel(logging.CRITICAL)
    os.environ[DISABLED] = "true"
    try:
        yield
    finally:
        handler.setFormatter(formatter)
        handler.removeFilter(seldom)
        logger.setLevel(level)
        client.setLevel(told)
        del os.environ[DISABLED]
        if before is not None:
            os.environ[DISABLED] = before


class _Line(logging.Formatter):
    """A warning as a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        cause = getattr(record, "cause", "")
        return f"siem: {record.getMessage()}" + (f": {cause}" if cause else "")


def _seldom() -> Callable[[logging.LogRecord], bool]:
    """Whether to tell a warning: not again within QUIET seconds."""
    silent: dict[str, float] = {}

    def tell(record: logging.LogRecord) -> bool:
        text, now = f"{record.getMessage()} {getattr(record, 'cause', '')}", time.monotonic()
        if now < silent.get(text, now):
            return False
        silent[text] = now + QUIET
        return True

    return tell
