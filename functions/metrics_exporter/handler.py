"""Lambda entry of metrics_exporter: measures, writes the metrics, and names silent log sources.

What the event says does not matter: it is a schedule's.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy import OpenSearch, OpenSearchException, TransportError

from common import aws
from common.errors import SettingsError, SiemError
from common.members import object_in
from common.opensearch import connect
from common.telemetry import logger
from metrics_exporter import activity, export, memory
from metrics_exporter.export import Found
from metrics_exporter.indices import indices
from metrics_exporter.settings import Settings
from metrics_exporter.sources import Verdict, observe

# What was just indexed is not yet searchable.
DELAY = timedelta(minutes=2)
FIRST_WINDOW = timedelta(hours=1)
LONGEST_WINDOW = timedelta(hours=25)
HOUR = 3600.0


class MetricsError(SiemError):
    """There are no metrics this time; the message says why."""


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Measure; return the key of the object with the metrics, and how many sources are silent.

    Raises SettingsError or MetricsError: Lambda then tries again.
    """
    try:
        settings = Settings.from_environment()
        account = context.invoked_function_arn.split(":")[4]
        return run(settings, account, datetime.now(UTC))
    except (SettingsError, MetricsError) as error:
        logger.error(str(error))
        raise


def run(settings: Settings, account: str, now: datetime) -> dict[str, Any]:
    """As `handler`, at this time."""
    s3 = aws.client("s3")
    client = connect(settings.opensearch_endpoint, settings.region)
    try:
        history = memory.load(s3, settings.snapshot_bucket, now - DELAY - FIRST_WINDOW)
        until = now - DELAY
        since = max(min(history.until, until), until - LONGEST_WINDOW)
        seen = activity.sources(client, since, until)
        floor = settings.silence_floor_hours * HOUR
        history, verdicts = observe(history, seen, since, until, floor)
        found = Found(
            account=account,
            region=settings.region,
            cluster=_name(client),
            moment=now,
            seconds=max(1.0, (until - since).total_seconds()),
            indices=indices(client),
            growth=activity.growth(client, since, until),
            verdicts=verdicts,
        )
        s3.put_object(Bucket=settings.log_bucket, Key=export.key(found), Body=export.content(found))
        memory.save(s3, settings.snapshot_bucket, history)
    except OpenSearchException as error:
        raise MetricsError(f"no metrics, OpenSearch refuses: {_reason(error)}") from error
    except (ClientError, BotoCoreError) as error:
        raise MetricsError(f"no metrics, AWS says: {error}") from error
    finally:
        client.close()
    export.metrics(found)
    for verdict in verdicts:
        _tell(verdict)
    if verdicts and not seen:
        logger.warning("nothing was indexed at all, so no log source is called silent for it")
    silent = sum(verdict.silent for verdict in verdicts)
    return {"key": export.key(found), "indices": len(found.indices), "silent": silent}


def _name(client: OpenSearch) -> str:
    """The domain's name: on the service the cluster's is `<account>:<domain>`."""
    return str(client.info()["cluster_name"]).rpartition(":")[2]


def _tell(verdict: Verdict) -> None:
    """Log that a source has fallen silent, or is heard again."""
    source, known = verdict.source, verdict.known
    name = (
        f"{source.log_type} of account {source.account or 'none'} in region"
        f" {source.region or 'none'}"
    )
    if verdict.silent and verdict.limit is not None and not verdict.was_silent:
        logger.error(
            f"log source is silent: {name}, quiet for {known.quiet / HOUR:.0f} hours,"
            f" expected within: {verdict.limit / HOUR:.0f} hours",
            extra={"last_seen": known.last_seen.isoformat()},
        )
    elif verdict.was_silent and not verdict.silent:
        logger.info(f"log source is heard again: {name}")


def _reason(error: OpenSearchException) -> str:
    if not isinstance(error, TransportError):
        return str(error)
    about = error.info if isinstance(error.info, dict) else {}
    reason = object_in(about, "error").get("reason", "")
    return f"{error.status_code} {error.error}" + (f", {reason}" if reason else "")
