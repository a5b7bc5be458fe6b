"""Lambda entry of log_puller: fetches one source and writes it to the log bucket as one object.

The setting LOG_PULLER_SOURCE says which; what the event says does not matter: it is a schedule's.
"""

import gzip
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common import aws
from common.errors import SettingsError
from common.telemetry import emit, logger
from log_puller import trusted_advisor, workspaces
from log_puller.pull import Fetched, Pull, PullError, Record, iso
from log_puller.settings import Settings

ATTEMPTS = 10  # of a request that is throttled, ever slower


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Fetch all records and put them under their key; return both the key and their number.

    Nothing is put unless all were fetched, nor where there are none. Raises SettingsError or
    PullError: Lambda then tries again.
    """
    try:
        settings = Settings.from_environment()
        account = context.invoked_function_arn.split(":")[4]
        pull = Pull(account, settings.region, datetime.now(UTC))
        key, records = _pull(settings, pull)
    except (SettingsError, PullError) as error:
        logger.error(str(error))
        raise
    except (ClientError, BotoCoreError) as error:
        logger.error(f"nothing is fetched from {settings.source}: {error}")
        raise PullError(f"nothing is fetched from {settings.source}: {error}") from error
    emit({"PulledRecordCount": records}, source=settings.source)
    logger.info("fetched" if records else "nothing there", extra={"key": key, "records": records})
    return {"key": key, "records": records}


def _pull(settings: Settings, pull: Pull) -> tuple[str, int]:
    fetched = _fetch(settings, pull)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "records")
        records = _write(file, fetched)
        if not records:
            return "", 0
        key = fetched.key(pull)
        with file.open("rb") as body:
            aws.client("s3").put_object(Bucket=settings.log_bucket, Key=key, Body=body)
    return key, records


def _fetch(settings: Settings, pull: Pull) -> Fetched:
    if settings.source == "workspaces":
        return workspaces.fetch(aws.client("workspaces", attempts=ATTEMPTS), pull)
    home = trusted_advisor.home(settings.region)
    return trusted_advisor.fetch(aws.client("support", home, ATTEMPTS), pull, time.sleep)


def _write(file: Path, fetched: Fetched) -> int:
    """Write the records as lines of JSON, compressed; return their number."""
    number = 0
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for record in fetched.records:
            lines.write(f"{_text(record)}\n")
            number += 1
    return number


def _text(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    return iso(value) if isinstance(value, datetime) else str(value)
