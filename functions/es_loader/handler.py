"""Lambda entry of es_loader: runs each message by itself and tells SQS which ones to keep.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common import aws
from common.errors import OutOfTime, Retry, SettingsError
from common.settings import Settings
from common.telemetry import emit, logger
from es_loader import ledger, pipeline, receive
from es_loader.cluster import Cluster
from es_loader.ledger import Counts, Entry, Run
from es_loader.receive import LogObject, Message

LEAST_SECONDS = 60.0
FIRST_DELAY, LONGEST_DELAY = 30, 900

Load = Callable[[LogObject, Run], Entry]


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Load what the event is about; return the messages that have to come again.

    An event that is not of SQS raises instead, so that Lambda's own retries and dead-letter queue
    see to it. So does a wrong setting: nothing could be loaded.
    """
    settings, parts = _built()
    parts.refresh()
    failed = []
    for message in receive.messages(event):
        run = Run(
            lambda: context.get_remaining_time_in_millis() / 1000,
            message.receive_count,
            context.aws_request_id,
        )
        delay = delay_after(message.receive_count)
        try:
            if run.deadline() < LEAST_SECONDS:
                delay = 0
                raise OutOfTime("not begun: too little time left")
            run_message(message, run, partial(pipeline.load, parts), parts.cluster)
        except Exception as error:
            if not message.id:
                raise
            if delay:
                _tell(message, error)
            failed.append({"itemIdentifier": message.id})
            _hide(settings, message, delay)
    return {"batchItemFailures": failed}


def run_message(message: Message, run: Run, load: Load, cluster: Cluster) -> None:
    """Load all objects of a message, and measure it; raises the first failure after the last."""
    if message.test_event:
        emit({"TestEventCount": 1})
    if message.error:
        raise message.error
    failures = []
    for log_object in message.objects:
        started = datetime.now(UTC)
        try:
            measure(load(log_object, run))
        except Exception as error:
            failures.append(error)
            ledger.write_failed(
                cluster, failed_entry(log_object, run, started, error), run.deadline
            )
    if failures:
        raise failures[0]


def delay_after(receive_count: int) -> int:
    """Seconds until a message that failed for the n-th time is tried again, with jitter."""
    longest = min(LONGEST_DELAY, FIRST_DELAY << min(receive_count - 1, 10))
    return round(longest * random.uniform(0.5, 1))


def measure(entry: Entry) -> None:
    """Emit the metrics of an object, of each log type in it, and of each rule that it met."""
    emit(
        {
            "InputLogFileSize": entry.bytes_in,
            "OutputDataSize": entry.bytes_out,
            "TotalDurationTime": entry.seconds * 1000,
            "EsResponseTime": entry.response_seconds * 1000,
            "TotalLogFileCount": 1,
            "DuplicateLogCount": entry.counts.duplicate,
            "CountedLogCount": entry.counts.counted.total(),
        },
        outcome=entry.outcome,
    )
    for name, counts in entry.counts.by_log_type.items():
        emit(
            {
                "TotalLogCount": counts.read,
                "SuccessLogLoadCount": counts.indexed,
                "ErrorLogLoadCount": counts.quarantined,
                "QuarantinedLogCount": counts.quarantined,
                "ExcludedLogCount": counts.excluded,
            },
            logtype=name,
        )
    for rule, number in entry.counts.excluded.items():
        emit({"ExcludedLogCount": number}, rule=rule)
    for rule, number in entry.counts.counted.items():
        emit({"CountedLogCount": number}, rule=rule)


@cache
def _built() -> tuple[Settings, pipeline.Parts]:
    """Settings and pipeline, made by the first invocation."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        logger.error(str(error))
        raise
    return settings, pipeline.build(settings)


def _cause(error: Exception) -> str:
    """Short error type, for metrics and the ledger."""
    return error.cause if isinstance(error, Retry) else type(error).__name__


def _tell(message: Message, error: Exception) -> None:
    emit({"RetryCount": 1}, error_type=_cause(error))
    logger.error(
        "message goes back to its queue",
        extra={
            "message_id": message.id,
            "receive_count": message.receive_count,
            "objects": [f"s3://{o.bucket}/{o.key}" for o in message.objects],
            "cause": _cause(error),
        },
        exc_info=error,
    )


def failed_entry(log_object: LogObject, run: Run, started: datetime, error: Exception) -> Entry:
    """What the ledger is told of an object that has to be tried again."""
    return Entry(
        outcome="failed",
        bucket=log_object.bucket,
        key=log_object.key,
        version=log_object.version,
        etag=log_object.etag,
        modified=0,
        first=log_object.first,
        next=log_object.first,
        end=None,
        counts=Counts(),
        started=started,
        ended=datetime.now(UTC),
        event_time=log_object.event_time,
        cause=_cause(error),
        error=str(error),
        receive_count=run.receive_count,
        request_id=run.request_id,
    )


def _hide(settings: Settings, message: Message, seconds: int) -> None:
    """Set when a failed message comes again; the queue's own visibility timeout is far longer."""
    name = message.queue_arn.rpartition(":")[2]
    urls = (settings.logs_queue_url, settings.splitted_logs_queue_url, settings.dlq_url)
    for url in urls:
        if url.endswith(f"/{name}"):
            try:
                aws.client("sqs").change_message_visibility(
                    QueueUrl=url,
                    ReceiptHandle=message.receipt_handle,
                    VisibilityTimeout=seconds,
                )
            except (BotoCoreError, ClientError) as error:
                logger.warning("visibility not set", extra={"error": str(error)})
