"""Pumps SQS messages through the es_loader handler, as Lambda's event source mapping does.

The event: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.deployment import Deployment
from local.stack import Stack, queue_arn

Handler = Callable[[dict[str, Any], Any], Any]


@dataclass(slots=True)
class Context:
    """What Lambda hands to a handler beside the event, with its clock running from now."""

    deployment: Deployment
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    ends: float = 0.0

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.deployment.function.timeout

    @property
    def function_name(self) -> str:
        return self.deployment.function.name

    @property
    def memory_limit_in_mb(self) -> str:
        return str(self.deployment.function.memory)

    @property
    def invoked_function_arn(self) -> str:
        place = f"{self.deployment.region}:{self.deployment.account}"
        return f"arn:aws:lambda:{place}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.ends - time.monotonic()) * 1000))


@dataclass(frozen=True, slots=True)
class Pumped:
    """What a pump did: invocations, messages done, and messages that wait for a later retry."""

    invocations: int
    done: int
    retried: int


def pump(stack: Stack, handler: Handler) -> Pumped:
    """Invoke the handler with the queues' messages until no message is visible in either.

    The environment of this process has to be the stack's. An exception of the handler is the
    caller's to see; on AWS it would fail the whole batch.
    """
    invocations = done = retried = 0
    idle = False
    while not idle:
        idle = True
        for queue in ("logs", "splitted_logs"):
            while messages := receive(stack, queue):
                idle = False
                answer = handler(event(stack, queue, messages), Context(stack.deployment)) or {}
                failed = {item["itemIdentifier"] for item in answer.get("batchItemFailures", [])}
                for message in messages:
                    if message["MessageId"] not in failed:
                        stack.sqs.delete_message(
                            QueueUrl=stack.queue_urls[queue],
                            ReceiptHandle=message["ReceiptHandle"],
                        )
                invocations += 1
                done += len(messages) - len(failed)
                retried += len(failed)
    return Pumped(invocations, done, retried)


def receive(stack: Stack, queue: str) -> list[dict[str, Any]]:
    """Return up to one batch of the messages that are visible in the queue now."""
    answer = stack.sqs.receive_message(
        QueueUrl=stack.queue_urls[queue],
        MaxNumberOfMessages=stack.deployment.function.batch_size,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
        WaitTimeSeconds=0,
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def event(stack: Stack, queue: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the event that Lambda makes of SQS messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": message.get("MessageAttributes", {}),
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn(stack.deployment, queue),
                "awsRegion": stack.deployment.region,
            }
            for message in messages
        ]
    }
