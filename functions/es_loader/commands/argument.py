"""Reads what is given on the command line: places in S3, and times."""

import re
from datetime import UTC, datetime, timedelta

from common.errors import SiemError
from es_loader import times

PLACE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)
AGO = re.compile(r"(\d{1,5})([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def place(text: str) -> tuple[str, str]:
    """(bucket, prefix) of s3://bucket/prefix."""
    found = PLACE.fullmatch(text)
    if not found:
        raise SiemError(f"a place in S3 is written s3://bucket/prefix, got: {text}")
    return found[1], found[2] or ""


def moment(option: str, text: str | None) -> int | None:
    """A time in ms since 1970, of ISO 8601 or as long ago as `7d`, `12h`, `30m`; None of None."""
    if text is None:
        return None
    if ago := AGO.fullmatch(text):
        passed = timedelta(**{UNITS[ago[2]]: int(ago[1])})
        return int((datetime.now(UTC) - passed).timestamp() * 1000)
    found = None if text.isdigit() else times.iso_date(text)
    if found is None:
        raise SiemError(f"{option} must be a time such as 2026-11-24 or 7d (ago), got: {text}")
    return found[1]
