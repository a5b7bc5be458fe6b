"""The figures of a slow statement, and its time.

https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html
https://mariadb.com/kb/en/slow-query-log-extended-statistics/
"""

import re
from contextlib import suppress
from typing import Any

from common.sql import statement

FIGURE = re.compile(r"\b([A-Za-z_]{1,40}):[ \t]*(?!\w{1,40}:)(\S*)")
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
SHORT = re.compile(r"(\d\d)(\d\d)(\d\d) +(\d{1,2})(:\d\d:\d\d)")
NANOSECONDS = 1_000_000_000  # in a second
NUMBERS = {
    "Bytes_sent": "aws.rds.bytes_sent",
    "Lock_time": "aws.rds.lock_seconds",
    "Query_time": "aws.rds.query_seconds",
    "Rows_affected": "aws.rds.rows_affected",
    "Rows_examined": "aws.rds.rows_examined",
    "Rows_sent": "aws.rds.rows_sent",
}
READS = ("time", "login", "user", "host", "id", "metrics", "database", "epoch", "statement")


def transform(record: tuple[str, ...], document: dict[str, Any]) -> None:
    """Fills what the table leaves open."""
    time, login, user, host, connection, metrics, database, epoch, sql = record
    figures = dict(FIGURE.findall(metrics))
    time = time.strip()
    logged = time if ZONED.fullmatch(time) else None
    document["@timestamp"] = epoch or logged or _time(time)
    for name, target in NUMBERS.items():
        document[target] = figures.get(name)
    with suppress(OverflowError, ValueError):
        document["event.duration"] = round(float(figures.get("Query_time", "")) * NANOSECONDS)
    document["event.start"] = figures.get("Start")
    document["event.end"] = figures.get("End") or logged
    user = (user or login).strip()
    document["user.name"] = document["related.user"] = user
    document["source.domain"] = host.strip()
    document["aws.rds.connection_id"] = connection or figures.get("Thread_id")
    document["aws.rds.database"] = database.strip("`") or figures.get("Schema")
    if "Full_scan" in figures:
        document["aws.rds.full_scan"] = figures["Full_scan"] == "Yes"
    if error := figures.get("Errno", figures.get("Last_errno")):
        document["event.outcome"] = "success" if error == "0" else "failure"
        document["error.code"] = None if error == "0" else error
    verb, document["event.category"], document["event.type"] = statement(sql)
    document["aws.rds.verb"] = verb


def _time(text: str) -> str | None:
    """`261124  9:00:00` as ISO 8601."""
    found = SHORT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hours, rest = found.groups()
    return f"20{year}-{month}-{day}T{hours:0>2}{rest}Z"
