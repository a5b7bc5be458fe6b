import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.errors import EnvelopeError, Retry
from es_loader.receive import LogObject, Message, messages, send_continuation

QUEUE = "arn:aws:sqs:eu-west-1:111122223333:aes-siem-sqs-logs"


def notification(key: str = "AWSLogs/a.gz", **more: Any) -> dict[str, Any]:
    """An S3 event notification of one object."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-west-1",
        "eventTime": "2026-11-20T01:02:03.456Z",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": "logs", "arn": "arn:aws:s3:::logs"},
            "object": {"key": key, "size": 12, "eTag": "0123abcd", **more},
        },
    }
    return {"Records": [record]}


def eventbridge(detail_type: str | None = "Object Created") -> dict[str, Any]:
    """An event of S3 by EventBridge."""
    event = {
        "version": "0",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2026-11-20T01:02:03Z",
        "region": "eu-west-1",
        "detail": {
            "version": "0",
            "bucket": {"name": "logs"},
            "object": {"key": "a b+c%20d.gz", "size": 12, "etag": "0123", "version-id": "v1"},
            "reason": "PutObject",
        },
    }
    return {**event, "detail-type": detail_type} if detail_type else event


def sns(message: Any) -> dict[str, Any]:
    """An SNS message as it arrives in SQS without raw delivery."""
    return {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:eu-west-1:111122223333:logs",
        "Message": json.dumps(message),
        "Timestamp": "2026-11-20T01:02:04.000Z",
    }


def sqs(*bodies: Any) -> dict[str, Any]:
    """An event of these messages."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"handle-{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {
                    "ApproximateReceiveCount": str(number + 1),
                    "SentTimestamp": "1795000000123",
                },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": QUEUE,
                "awsRegion": "eu-west-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def only(event: Any) -> LogObject:
    """The one object of the one message of an event."""
    (message,) = messages(event)
    assert message.error is None
    (log_object,) = message.objects
    return log_object


def test_a_message_has_what_is_needed_to_answer_the_queue() -> None:
    first, second = messages(sqs(notification(), notification()))
    assert (first.id, first.receipt_handle, first.queue_arn) == ("message-0", "handle-0", QUEUE)
    assert (first.receive_count, second.receive_count) == (1, 2)
    assert first.sent_ms == 1_795_000_000_123


def test_a_notification_of_s3() -> None:
    found = only(sqs(notification(versionId="v1")))
    assert found == LogObject(
        "logs", "AWSLogs/a.gz", "v1", "0123abcd", event_time="2026-11-20T01:02:03.456Z"
    )


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("a+b.gz", "a b.gz"),
        ("a%2Bb.gz", "a+b.gz"),
        ("a%2520b.gz", "a%20b.gz"),
        ("a%252Bb.gz", "a%2Bb.gz"),
        ("%E3%83%AD%E3%82%B0.gz", "ログ.gz"),
        ("year%3D2026/a.gz", "year=2026/a.gz"),
    ],
)
def test_row_3_a_key_is_decoded_exactly_once(encoded: str, key: str) -> None:
    assert only(sqs(notification(encoded))).key == key


def test_row_3_the_key_of_a_continuation_is_not_decoded_again() -> None:
    sent: list[str] = []

    class Queue:
        def send_message(self, QueueUrl: str, MessageBody: str) -> None:
            sent.append(MessageBody)

    log_object = LogObject("logs", "a b+c%20d.gz", "v1", "0123")
    send_continuation(Queue(), "https://queue", log_object, 1000, "framing")
    found = only(sqs(*sent))
    assert found.key == "a b+c%20d.gz"
    assert (found.first, found.reader, found.etag, found.version) == (1000, "framing", "0123", "v1")


def test_eventbridge_does_not_encode_keys() -> None:
    expected = LogObject("logs", "a b+c%20d.gz", "v1", "0123", event_time="2026-11-20T01:02:03Z")
    assert only(sqs(eventbridge())) == expected
    assert only(eventbridge()) == expected


def test_security_lake_tells_of_objects_without_a_detail_type() -> None:
    assert only(sqs(eventbridge(None))).key == "a b+c%20d.gz"


@pytest.mark.parametrize("event", [notification(), eventbridge()])
def test_sns_in_sqs_is_opened(event: dict[str, Any]) -> None:
    assert only(sqs(sns(event))) == only(sqs(event))


def test_control_tower_passes_a_notification_through_two_topics() -> None:
    assert only(sqs(sns(sns(notification())))).key == "AWSLogs/a.gz"


@pytest.mark.parametrize("keys", ["AWSLogs/a.gz", ["AWSLogs/a.gz"]])
def test_the_notifications_of_cloudtrail_and_config_are_understood(keys: Any) -> None:
    found = only(sqs(sns({"s3Bucket": "logs", "s3ObjectKey": keys})))
    assert (found.bucket, found.key) == ("logs", "AWSLogs/a.gz")


def test_a_notification_may_be_invoked_directly() -> None:
    (message,) = messages(notification("a+b"))
    assert (message.id, message.receipt_handle, message.queue_arn) == ("", "", "")
    assert message.objects[0].key == "a b"


def test_sns_may_invoke_directly() -> None:
    event = {
        "Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(notification())}}]
    }
    assert only(event).key == "AWSLogs/a.gz"


def test_a_message_may_hold_several_objects() -> None:
    records = [*notification("a")["Records"], *notification("b")["Records"]]
    (message,) = messages(sqs({"Records": records}))
    assert [log_object.key for log_object in message.objects] == ["a", "b"]


def test_the_test_event_of_s3_is_no_error() -> None:
    body = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "logs"}
    for each in (body, sns(body)):
        (message,) = messages(sqs(each))
        assert (message.test_event, message.objects, message.error) == (True, [], None)


def test_without_a_time_of_its_own_an_event_has_that_of_its_message() -> None:
    found = only(sqs({"s3Bucket": "logs", "s3ObjectKey": "a"}))
    assert found.event_time == "2026-11-18T11:06:40.123Z"


def test_quotes_around_an_etag_are_dropped() -> None:
    assert only(sqs(notification(eTag='"0123"'))).etag == "0123"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "null",
        "[]",
        "42",
        "{}",
        '"text"',
        {"Records": []},
        {"Records": [{}]},
        {"Records": [None]},
        {"Records": [{"s3": {"bucket": {"name": "logs"}}}]},
        {"Records": "text"},
        {"bucket": "logs", "key": "a"},
        {"bucket": "logs", "key": 1, "version": "", "etag": "", "reader": "", "first": 0},
        {"bucket": "", "key": "a", "version": "", "etag": "", "reader": "", "first": 0},
        notification("%ff.gz"),
        eventbridge("Object Deleted"),
        sns("text"),
        sns(sns(sns(sns(sns(sns(notification())))))),
    ],
)
def test_row_10_a_body_that_is_not_understood_spoils_its_own_message_alone(body: Any) -> None:
    before, broken, after = messages(sqs(notification("a"), body, notification("b")))
    assert isinstance(broken.error, EnvelopeError)
    assert broken.objects == []
    assert not broken.test_event
    assert broken.id == "message-1"
    assert [each.objects[0].key for each in (before, after)] == ["a", "b"]


def test_the_error_shows_the_beginning_of_the_body() -> None:
    (message,) = messages(sqs("x" * 1000))
    assert str(message.error).endswith(": " + "x" * 200)


def test_a_direct_invocation_that_is_not_understood_is_one_message_in_error() -> None:
    (message,) = messages({"some": "thing"})
    assert isinstance(message, Message)
    assert message.error


def test_a_queue_that_takes_no_continuation_is_a_retry() -> None:
    class Queue:
        def send_message(self, **_: str) -> None:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "SendMessage")

    with pytest.raises(Retry) as raised:
        send_continuation(Queue(), "https://queue", LogObject("logs", "a"), 1, "framing")
    assert raised.value.cause == "sqs_send"
