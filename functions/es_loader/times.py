"""Reads the times that logs carry, and names the index that a time belongs to."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ciso8601

from common.errors import LogTypeError

Moment = tuple[str, int]  # ISO 8601 text in UTC, milliseconds since 1970
Reader = Callable[[Any], Moment | None]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Hour 24, which ISO 8601 allows, is none that OpenSearch takes.
CANONICAL = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z", re.ASCII
).fullmatch
ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d))?(?:[.,](\d+))? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.ASCII,
).fullmatch
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]\+?\d+)?", re.ASCII).fullmatch
MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
CLF = re.compile(
    r"\[?(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\]?", re.ASCII
).fullmatch
CTIME = re.compile(r"(\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d+)?) (\d{4})", re.ASCII).fullmatch
SYSLOG = re.compile(r"(\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)", re.ASCII).fullmatch


def iso_date(value: Any, zone: Any = UTC) -> Moment | None:
    """The moment of an ISO 8601 text or of a number since 1970, whose unit is told by its size.

    A text without zone is taken in `zone`. Second 60 becomes 59. None: no time.
    """
    if type(value) is str:
        if CANONICAL(value):
            try:
                return value, _milliseconds(ciso8601.parse_datetime(value))
            except ValueError:
                pass  # a day that does not exist
        if found := ISO(value.strip()):
            return _from_iso(found, zone)
        if not NUMBER(value):
            return _from_day(value, zone)
        value = float(value) if "." in value or "e" in value.lower() else int(value)
    if type(value) is int or type(value) is float:
        return _from_number(value)
    return None


def clf_date(value: Any, zone: Any = UTC) -> Moment | None:
    """The moment of `01/Aug/2019:00:24:41 +0000`, with or without brackets (Common Log Format)."""
    found = CLF(value) if type(value) is str else None
    if not found or found[2] not in MONTHS:
        return iso_date(value, zone)
    day, month, year, hour, minute, second, offset = found.groups()
    return iso_date(f"{year}-{MONTHS[month]:02}-{day}T{hour}:{minute}:{second}{offset}", zone)


def ctime_date(value: Any, zone: Any = UTC) -> Moment | None:
    """The moment of `Feb 21 21:54:44.103786 2026` (ctime of C, as Apache's error log has it), or of
    an ISO time."""
    found = CTIME(value) if type(value) is str else None
    if not found or found[1] not in MONTHS:
        return iso_date(value, zone)
    month, day, clock, year = found.groups()
    return iso_date(f"{year}-{MONTHS[month]:02}-{day:0>2}T{clock}", zone)


def syslog_date(value: Any, modified: int, zone: Any = UTC) -> Moment | None:
    """The moment of `Feb 21 21:54:44`, or of an ISO time. The year, which the line does not carry,
    is the one that lies nearest before the object's LastModified (`modified`, milliseconds), with
    a day's grace for clocks that go fast."""
    found = SYSLOG(value) if type(value) is str else None
    if not found or found[1] not in MONTHS:
        return iso_date(value, zone)
    month, day, hour, minute, second = MONTHS[found[1]], *map(int, found.groups()[1:])
    latest = EPOCH + timedelta(milliseconds=modified) + timedelta(days=1)
    for year in range(latest.year, latest.year - 9, -1):  # 9: 29 February comes back by then
        try:
            moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
        except ValueError:
            continue
        if moment <= latest:
            return _render(moment)
    return None


def pattern_date(pattern: str, zone: Any) -> Reader:
    """Reader of times in a strptime pattern."""

    def read(value: Any) -> Moment | None:
        if type(value) is not str:
            return None
        try:
            moment = datetime.strptime(value, pattern)
        except ValueError:
            return None
        return _render(moment if moment.tzinfo else moment.replace(tzinfo=zone))

    return read


def reader(form: str, timezone: str, modified: int) -> Reader:
    """The reader of a `[time]` table: iso8601 (epoch numbers too), clf, ctime,
    syslog, or a % pattern."""
    try:
        zone = UTC if timezone == "UTC" else ZoneInfo(timezone)
    except (KeyError, ValueError):
        raise LogTypeError(f"[time]: unknown timezone: {timezone}") from None
    if form == "iso8601":
        return iso_date if zone is UTC else lambda value: iso_date(value, zone)
    if form == "clf":
        return lambda value: clf_date(value, zone)
    if form == "ctime":
        return lambda value: ctime_date(value, zone)
    if form == "syslog":
        return lambda value: syslog_date(value, modified, zone)
    if "%" not in form:
        raise LogTypeError(
            f"[time]: format must be iso8601, clf, ctime, syslog or a % pattern: {form}"
        )
    return pattern_date(form, zone)


def period(kind: str, milliseconds: int) -> str:
    """Name of the daily, weekly (ISO), monthly or yearly period of a moment."""
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    if kind == "daily":
        return f"{moment:%Y-%m-%d}"
    if kind == "weekly":
        year, week, _ = moment.isocalendar()
        return f"{year}-w{week:02}"
    return f"{moment:%Y-%m}" if kind == "monthly" else f"{moment:%Y}"


def to_iso(moment: datetime) -> str:
    """ISO 8601 text of an aware moment, in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _milliseconds(moment: datetime) -> int:
    since = moment - EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def _render(moment: datetime) -> Moment | None:
    try:
        moment = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    text = moment.isoformat(
        timespec="microseconds" if moment.microsecond % 1000 else "milliseconds"
    )
    return f"{text[:-6]}Z", _milliseconds(moment)


def _from_iso(found: re.Match[str], zone: Any) -> Moment | None:
    day, minute, second, fraction, offset = found.groups()
    second = "59" if second == "60" else second or "00"
    offset = "Z" if offset in ("UTC", "GMT") else offset or ""
    fraction = "." + fraction[:9] if fraction else ""
    try:
        moment = ciso8601.parse_datetime(f"{day}T{minute}:{second}{fraction}{offset}")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        if moment.utcoffset() == timedelta(0) and minute[:2] != "24":
            return f"{day}T{minute}:{second}{fraction}Z", _milliseconds(moment)
    except ValueError:
        return None
    return _render(moment)


def _from_day(value: str, zone: Any) -> Moment | None:
    try:
        return _render(datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=zone))
    except ValueError:
        return None


def _from_number(value: float) -> Moment | None:
    size = abs(value)
    unit = 1 if size < 1e11 else 1e3 if size < 1e14 else 1e6 if size < 1e17 else 1e9
    try:
        if type(value) is int and unit in (1, 1e3):
            moment = EPOCH + timedelta(milliseconds=value * (1000 if unit == 1 else 1))
        else:
            moment = EPOCH + timedelta(microseconds=round(value / unit * 1e6))
    except (OverflowError, ValueError):
        return None
    return _render(moment)
