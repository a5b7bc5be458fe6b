"""What the table of s3_access cannot say: the duration of a request in nanoseconds."""

from typing import Any


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Sets event.duration."""
    milliseconds = record["total_time"]
    if milliseconds.isdecimal():
        document["event.duration"] = int(milliseconds) * 1_000_000
