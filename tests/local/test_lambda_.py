"""The pump hands messages over as Lambda does."""

import json
from typing import Any

from local import lambda_
from local.stack import Stack, queue_arn


def test_the_event_is_what_lambda_makes_of_a_message(stack: Stack) -> None:
    _send(stack, "logs", "body")
    events: list[dict[str, Any]] = []
    lambda_.pump(stack, lambda event, context: events.append(event))
    (record,) = events[0]["Records"]
    assert record["body"] == "body"
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == queue_arn(stack.deployment, "logs")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdigit()


def test_messages_of_both_queues_go_in_batches_of_ten(stack: Stack) -> None:
    for number in range(12):
        _send(stack, "logs", str(number))
    _send(stack, "splitted_logs", "continuation")
    sizes: list[int] = []
    pumped = lambda_.pump(stack, lambda event, context: sizes.append(len(event["Records"])))
    assert sizes == [10, 2, 1]
    assert pumped == lambda_.Pumped(invocations=3, done=13, retried=0)


def test_a_failed_message_stays_in_the_queue(stack: Stack) -> None:
    _send(stack, "logs", "good")
    _send(stack, "logs", "bad")

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        bad = [record for record in event["Records"] if record["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": each["messageId"]} for each in bad]}

    assert lambda_.pump(stack, handler) == lambda_.Pumped(invocations=1, done=1, retried=1)
    left = stack.sqs.get_queue_attributes(
        QueueUrl=stack.queue_urls["logs"], AttributeNames=["All"]
    )["Attributes"]
    assert left["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_a_message_that_the_handler_sends_is_pumped_too(stack: Stack) -> None:
    _send(stack, "logs", "long")
    bodies: list[str] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        bodies.extend(record["body"] for record in event["Records"])
        if bodies == ["long"]:
            _send(stack, "splitted_logs", "rest")

    lambda_.pump(stack, handler)
    assert bodies == ["long", "rest"]


def test_the_clock_of_an_invocation_runs(stack: Stack) -> None:
    context = lambda_.Context(stack.deployment)
    assert 599_000 < context.get_remaining_time_in_millis() <= 600_000
    assert context.invoked_function_arn.endswith(":function:aes-siem-es-loader")
    assert json.dumps(context.memory_limit_in_mb) == '"2048"'


def _send(stack: Stack, queue: str, body: str) -> None:
    stack.sqs.send_message(QueueUrl=stack.queue_urls[queue], MessageBody=body)
