"""What the table of s3_access cannot say: the duration of a request in nanoseconds."""

from typing import Any

READS = ("total_time",)


def transform(record: tuple[str], document: dict[str, Any]) -> None:
    """Sets event.duration."""
    (milliseconds,) = record
    if milliseconds.isdecimal():
        document["event.duration"] = int(milliseconds) * 1_000_000
