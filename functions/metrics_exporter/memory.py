"""Keeps the history of the log sources from one run to the next, in the snapshot bucket."""

import json
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from common.telemetry import logger
from metrics_exporter.activity import SourceId
from metrics_exporter.sources import History, Source

KEY = "metrics_exporter/log-sources.json"


def load(s3: Any, bucket: str, first: datetime) -> History:
    """The history that the last run kept; an empty one as of `first` where none can be read."""
    try:
        body = s3.get_object(Bucket=bucket, Key=KEY)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return History(first)
    try:
        return parse(body)
    except (ValueError, KeyError, TypeError):
        logger.warning(f"the history of the log sources cannot be read, so it begins anew: {KEY}")
        return History(first)


def save(s3: Any, bucket: str, history: History) -> None:
    """Keep the history for the next run."""
    s3.put_object(Bucket=bucket, Key=KEY, Body=text(history), ContentType="application/json")


def text(history: History) -> bytes:
    """The history as JSON."""
    content = {
        "until": history.until.isoformat(),
        "sources": [
            {
                "log_type": id.log_type,
                "account": id.account,
                "region": id.region,
                "first_seen": source.first_seen.isoformat(),
                "last_seen": source.last_seen.isoformat(),
                "runs": source.runs,
                "quiet": round(source.quiet),
                "pauses": {day: round(pause) for day, pause in sorted(source.pauses.items())},
                "silent": source.silent,
            }
            for id, source in sorted(history.sources.items())
        ],
    }
    return json.dumps(content, indent=1).encode()


def parse(body: bytes) -> History:
    """The history in a JSON text; ValueError, KeyError or TypeError where it is none."""
    content = json.loads(body)
    return History(
        datetime.fromisoformat(content["until"]),
        {
            SourceId(each["log_type"], each["account"], each["region"]): Source(
                first_seen=datetime.fromisoformat(each["first_seen"]),
                last_seen=datetime.fromisoformat(each["last_seen"]),
                runs=int(each["runs"]),
                quiet=float(each["quiet"]),
                pauses={str(day): float(pause) for day, pause in each["pauses"].items()},
                silent=bool(each["silent"]),
            )
            for each in content["sources"]
        },
    )
