"""The width of the bars of a time axis, as Dashboards chooses it for a range.

Source: src/plugins/data/common/search/aggs/buckets/lib/time_buckets of OpenSearch-Dashboards.
"""

import re
from datetime import timedelta

BARS = 50  # the setting histogram:barTarget
SECOND, MINUTE, HOUR, DAY, WEEK = 1, 60, 3600, 86_400, 604_800
YEAR = 31_536_000
# (a bar of at least so many seconds, if there were BARS, gets this width)
WIDTHS = (
    (YEAR, "1y"),
    (3 * WEEK, "1M"),
    (WEEK, "1w"),
    (DAY, "1d"),
    (6 * HOUR, "12h"),
    (2 * HOUR, "3h"),
    (45 * MINUTE, "1h"),
    (20 * MINUTE, "30m"),
    (9 * MINUTE, "10m"),
    (3 * MINUTE, "5m"),
    (45 * SECOND, "1m"),
    (15, "30s"),
    (7.5, "10s"),
    (5, "5s"),
    (0.5, "1s"),
)


def width(interval: str, span: timedelta) -> dict[str, str]:
    """`interval` ("auto", or a unit as in visState) as the parameter of a date_histogram."""
    if interval == "auto":
        interval = automatic(span)
    number, unit = re.fullmatch(r"(\d*)(ms|[smhdwMy])", interval).groups()  # type: ignore[union-attr]
    number = number or "1"
    calendar = unit in "wMy" or (unit in "mhd" and number == "1")
    return {"calendar_interval" if calendar else "fixed_interval": f"{number}{unit}"}


def automatic(span: timedelta) -> str:
    """The width of a bar for a range of this length."""
    bar = span.total_seconds() / BARS
    return next((name for least, name in WIDTHS if bar >= least), "100ms")
