"""`siem replay dlq`, as a shell runs it."""

import json
from typing import Any

from common import aws
from es_loader import receive
from es_loader.receive import LogObject
from local.stack import queue_arn
from tests.deployed_loader import refuse
from tests.es_loader.commands.conftest import FLOWS, Siem
from tests.es_loader.logs import flow, text_lines

REST = LogObject("bucket", f"{FLOWS}/long.log", etag="0123")


def bury(siem: Siem, *bodies: str) -> None:
    """Put messages into the dead-letter queue."""
    for body in bodies:
        siem.stack.sqs.send_message(QueueUrl=siem.stack.queue_urls["dlq"], MessageBody=body)


def notifications(siem: Siem, number: int) -> list[str]:
    """What S3 says of new objects."""
    for n in range(number):
        siem.put(f"{FLOWS}/{n:02} é+%20.log", text_lines(flow(n)))
    return siem.messages("logs")


def bury_rest(siem: Siem) -> None:
    """Put a continuation into the dead-letter queue."""
    receive.send_continuation(siem.stack.sqs, siem.stack.queue_urls["dlq"], REST, 7, "reader")


def test_dead_letters_go_back_and_are_loaded(siem: Siem) -> None:
    bury(siem, *notifications(siem, 25))
    ran = siem("replay", "dlq")
    assert (ran.status, ran.out, ran.err) == (
        0,
        ["25 messages moved (25 to aes-siem-sqs-logs), 0 left"],
        [],
    )
    assert siem.messages("dlq") == []
    assert siem.deliver().done == 25
    assert siem.count() == 25


def test_the_rest_of_an_object_goes_to_the_queue_of_such(siem: Siem) -> None:
    bury_rest(siem)
    bury(siem, *notifications(siem, 1))
    assert siem("replay", "dlq").out == [
        "2 messages moved (1 to aes-siem-sqs-logs, 1 to aes-siem-sqs-splitted-logs), 0 left"
    ]
    (body,) = siem.messages("splitted_logs")
    assert json.loads(body)["first"] == 7
    assert len(siem.messages("logs")) == 1


def test_a_message_that_sqs_has_buried_goes_where_it_came_from(siem: Siem) -> None:
    receive.send_continuation(siem.stack.sqs, siem.stack.queue_urls["dlq"], REST, 0, "")
    source = {"DeadLetterQueueSourceArn": queue_arn(siem.stack.deployment, "splitted_logs")}

    def tell(parsed: Any, **_: object) -> None:  # as SQS does, and moto does not
        for message in parsed.get("Messages", []):
            message["Attributes"] |= source

    aws.client("sqs").meta.events.register("after-call.sqs.ReceiveMessage", tell)
    assert siem("replay", "dlq").out == [
        "1 messages moved (1 to aes-siem-sqs-splitted-logs), 0 left"
    ]


def test_dry_run_shows_where_each_would_go_and_moves_none(siem: Siem) -> None:
    bury_rest(siem)
    bury(siem, *notifications(siem, 12), '{"Service": "Amazon S3", "Event": "s3:TestEvent"}')
    ran = siem("replay", "dlq", "--dry-run")
    assert ran.status == 0
    assert ran.out[-1] == (
        "14 messages would be moved (13 to aes-siem-sqs-logs, 1 to aes-siem-sqs-splitted-logs),"
        " 0 left"
    )
    assert sorted(ran.out[:-1]) == [
        "aes-siem-sqs-logs: a test event of S3",
        *(f"aes-siem-sqs-logs: s3://{siem.bucket}/{FLOWS}/{n:02} é+%20.log" for n in range(12)),
        f"aes-siem-sqs-splitted-logs: s3://bucket/{FLOWS}/long.log",
    ]
    assert siem.messages("logs") == []
    assert len(siem.messages("dlq")) == 14  # and they can be received at once


def test_what_names_no_object_is_printed_and_left(siem: Siem) -> None:
    bury(siem, "poison", *notifications(siem, 1))
    ran = siem("replay", "dlq")
    assert ran.status == 3
    assert ran.out[0].startswith("left     message ")
    assert "not a notification of S3, EventBridge or SNS" in ran.out[0]
    assert ran.out[0].endswith(": poison")
    assert ran.out[1] == "1 messages moved (1 to aes-siem-sqs-logs), 1 left"
    assert siem.messages("dlq") == ["poison"]


def test_large_messages_are_sent_in_several_batches(siem: Siem) -> None:
    (body,) = notifications(siem, 1)
    bury(siem, *(body + " " * 100_000 for _ in range(10)))
    assert siem("replay", "dlq").out == ["10 messages moved (10 to aes-siem-sqs-logs), 0 left"]


def test_what_sqs_does_not_take_stays_and_can_be_received_at_once(siem: Siem) -> None:
    bury(siem, *notifications(siem, 3))
    refuse(aws.client("sqs"), "SendMessageBatch", "ServiceUnavailable", "later", 400, times=1)
    ran = siem("replay", "dlq")
    assert (ran.status, len(ran.err)) == (2, 1)
    assert ran.err[0].startswith("siem: AWS says: An error occurred (ServiceUnavailable)")
    assert siem("replay", "dlq").out == ["3 messages moved (3 to aes-siem-sqs-logs), 0 left"]


def test_an_answer_200_that_takes_only_some_loses_none(siem: Siem) -> None:
    bury(siem, *notifications(siem, 2))
    failed = {
        "Failed": [{"Id": "1", "Code": "InternalError", "Message": "x", "SenderFault": False}]
    }
    events = aws.client("sqs").meta.events
    events.register("after-call.sqs.SendMessageBatch", lambda parsed, **_: parsed.update(failed))
    ran = siem("replay", "dlq")
    assert ran.status == 2
    assert ran.err[0].startswith("siem: SQS did not take 1 of 2 messages (InternalError x); run")
    assert len(siem.messages("dlq")) == 2


def test_an_empty_queue_is_well(siem: Siem) -> None:
    assert siem("replay", "dlq").out == ["0 messages moved, 0 left"]
