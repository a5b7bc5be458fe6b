"""Finds the log objects that an invocation is about, in whatever envelope they come.

S3 notification       https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
EventBridge from S3   https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
SNS message in SQS    https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
SNS to Lambda         https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
CloudTrail, Config    {"s3Bucket", "s3ObjectKey"}, as they tell a topic of their own
continuation          {"bucket", "key", "version", "etag", "reader", "first"}: ours
A message that was moved back from the dead-letter queue has the body that it had.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import BotoCoreError, ClientError

from common.errors import EnvelopeError, Retry

SHOWN = 200
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class LogObject:
    """An object to load.

    key          as S3 has it, not URL-encoded
    version      "" where the bucket has no versions or the event names none
    etag         without quotes; "" where the event names none
    first        records to skip: this is a continuation
    reader       hash of the framing that counted them
    event_time   ISO time of the S3 event, else of the message; "" where neither is known
    """

    bucket: str
    key: str
    version: str = ""
    etag: str = ""
    first: int = 0
    reader: str = ""
    event_time: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One SQS message, or one direct invocation: then id, receipt_handle and queue_arn are "".

    sent_ms      milliseconds since 1970, 0 where unknown
    test_event   S3 says that notifications have been set up; there is no object
    error        set where the body names no object in any form we know; `objects` is empty then
    """

    objects: list[LogObject]
    id: str = ""
    receipt_handle: str = ""
    queue_arn: str = ""
    receive_count: int = 1
    sent_ms: int = 0
    test_event: bool = False
    error: EnvelopeError | None = None


def messages(event: Any) -> list[Message]:
    """The messages of a Lambda event; a body that is not understood spoils its message alone."""
    records = event.get("Records") if isinstance(event, dict) else None
    if isinstance(records, list) and records and _is_sqs(records[0]):
        return [_from_sqs(record) for record in records]
    return [_opened(event, Message([]))]


def send_continuation(
    sqs: Any, queue_url: str, log_object: LogObject, first: int, reader: str
) -> None:
    """Queue the rest of an object, from record `first` on. Raises Retry.

    The object's ETag has to be that of the bytes that were counted.
    """
    body = {
        "bucket": log_object.bucket,
        "key": log_object.key,
        "version": log_object.version,
        "etag": log_object.etag,
        "reader": reader,
        "first": first,
    }
    try:
        sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(body))
    except (BotoCoreError, ClientError) as error:
        raise Retry("sqs_send", str(error)) from error


def _is_sqs(record: Any) -> bool:
    return isinstance(record, dict) and record.get("eventSource") == "aws:sqs"


def _from_sqs(record: dict[str, Any]) -> Message:
    attributes = record.get("attributes") or {}
    empty = Message(
        [],
        id=record["messageId"],
        receipt_handle=record.get("receiptHandle", ""),
        queue_arn=record.get("eventSourceARN", ""),
        receive_count=int(attributes.get("ApproximateReceiveCount", 1)),
        sent_ms=int(attributes.get("SentTimestamp", 0)),
    )
    return _opened(record.get("body", ""), empty)


def _opened(body: Any, empty: Message) -> Message:
    """The message with what its body holds."""
    sent = ""
    if empty.sent_ms:
        moment = datetime.fromtimestamp(empty.sent_ms / 1000, UTC)
        sent = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    try:
        found = list(_objects(body))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        shown = body if isinstance(body, str) else json.dumps(body, default=str)
        reason = EnvelopeError(
            f"not a notification of S3, EventBridge or SNS, nor a continuation"
            f" ({type(error).__name__}: {error}): {shown[:SHOWN]}"
        )
        return replace(empty, error=reason)
    objects = [o if o.event_time else replace(o, event_time=sent) for o in found if o is not None]
    return replace(empty, objects=objects, test_event=not objects)


def _objects(body: Any, depth: int = 0) -> Iterator[LogObject | None]:
    """The log objects in a body, None for a test event; any other exception: not understood."""
    if depth > DEEPEST:
        raise ValueError("too many envelopes in one another")
    content = json.loads(body) if isinstance(body, str | bytes) else body
    if content.get("Event") == "s3:TestEvent":
        yield None
    elif "Records" in content:
        if not content["Records"]:
            raise ValueError("no records")
        for record in content["Records"]:
            if "Sns" in record:
                yield from _objects(record["Sns"]["Message"], depth + 1)
            elif _is_sqs(record):
                yield from _objects(record["body"], depth + 1)
            else:
                yield _from_notification(record)
    elif "Message" in content and "TopicArn" in content:
        yield from _objects(content["Message"], depth + 1)
    elif content.get("source") == "aws.s3":
        yield _from_eventbridge(content)
    elif "s3Bucket" in content:
        keys = content["s3ObjectKey"]
        for key in [keys] if isinstance(keys, str) else keys:
            yield _object(content["s3Bucket"], key)
    else:
        yield _object(
            content["bucket"],
            content["key"],
            content["version"],
            content["etag"],
            int(content["first"]),
            content["reader"],
        )


def _from_notification(record: dict[str, Any]) -> LogObject:
    s3 = record["s3"]
    return _object(
        s3["bucket"]["name"],
        unquote_plus(s3["object"]["key"], errors="strict"),
        s3["object"].get("versionId"),
        s3["object"].get("eTag"),
        event_time=record.get("eventTime", ""),
    )


def _from_eventbridge(event: dict[str, Any]) -> LogObject:
    # Security Lake's notifications are of this form, some without a detail-type.
    if event.get("detail-type", "Object Created") != "Object Created":
        raise ValueError(f"an event that creates no object: {event['detail-type']}")
    detail = event["detail"]
    return _object(
        detail["bucket"]["name"],
        detail["object"]["key"],
        detail["object"].get("version-id"),
        detail["object"].get("etag"),
        event_time=event.get("time", ""),
    )


def _object(
    bucket: str,
    key: str,
    version: str | None = "",
    etag: str | None = "",
    first: int = 0,
    reader: str = "",
    event_time: str = "",
) -> LogObject:
    if not (isinstance(bucket, str) and isinstance(key, str) and bucket and key):
        raise TypeError("bucket and key have to be texts")
    return LogObject(bucket, key, version or "", (etag or "").strip('"'), first, reader, event_time)
