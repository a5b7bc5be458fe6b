"""`siem replay dlq`: dead letters go back to the queue that they came from.

A message is dead when it has failed 50 times; what stood in its way should be mended before.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import aws
from common.settings import Settings
from es_loader import receive
from es_loader.commands import deployment, messages
from es_loader.commands.deployment import refusals
from es_loader.commands.plain import plain_log
from es_loader.commands.progress import bar
from es_loader.receive import Message

SOME_LEFT = 3
BATCH = 10
HIDDEN = 600  # seconds in which what was looked at is not received again
WAIT = 1  # with any wait SQS asks all its servers, so that an empty answer means an empty queue


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, as received and as understood. `url`: its queue, "" where it stays."""

    id: str
    handle: str
    body: str
    message: Message
    url: str


def run(dry_run: bool, file: Path | None) -> int:
    """Move the dead letters, or print where each would go; return the exit status."""
    settings = deployment.settings(file)
    moved: Counter[str] = Counter()
    hidden: dict[str, str] = {}
    left = 0
    with plain_log(), refusals(), bar("messages") as advance:
        sqs = aws.client("sqs")
        try:
            for letters in _letters(sqs, settings, hidden):
                for letter in letters:
                    if not letter.url:
                        left += 1
                        print(f"left     message {letter.id}: {letter.message.error}")
                    elif dry_run:
                        print(f"{_name(letter.url)}: {_objects(letter.message)}")
                    moved[letter.url] += bool(letter.url)
                if not dry_run:
                    _move(sqs, settings.dlq_url, letters, hidden)
                advance(len(letters))
        finally:
            _show_again(sqs, settings.dlq_url, hidden)
    told = ", ".join(f"{number:,} to {_name(url)}" for url, number in sorted(moved.items()) if url)
    would = "would be " if dry_run else ""
    print(f"{moved.total():,} messages {would}moved{f' ({told})' if told else ''}, {left:,} left")
    return SOME_LEFT if left else 0


def _letters(sqs: Any, settings: Settings, hidden: dict[str, str]) -> Iterator[list[Letter]]:
    """All dead letters, once; meanwhile they are hidden: message id -> receipt handle."""
    while True:
        answer = sqs.receive_message(
            QueueUrl=settings.dlq_url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HIDDEN,
            WaitTimeSeconds=WAIT,
            AttributeNames=["All"],
        )
        received = answer.get("Messages", [])
        new = [each for each in received if each["MessageId"] not in hidden]
        hidden.update({each["MessageId"]: each["ReceiptHandle"] for each in received})
        if not new:
            return
        yield [_letter(each, settings) for each in new]


def _letter(received: dict[str, Any], settings: Settings) -> Letter:
    record = {
        "eventSource": "aws:sqs",
        "messageId": received["MessageId"],
        "body": received["Body"],
        "attributes": received.get("Attributes", {}),
    }
    (message,) = receive.messages({"Records": [record]})
    source = received.get("Attributes", {}).get("DeadLetterQueueSourceArn", "")
    url = ""
    if not message.error:
        rest = any(log_object.reader for log_object in message.objects)
        url = settings.splitted_logs_queue_url if rest else settings.logs_queue_url
        for each in (settings.splitted_logs_queue_url, settings.logs_queue_url):
            if source.rpartition(":")[2] == _name(each):
                url = each
    return Letter(received["MessageId"], received["ReceiptHandle"], received["Body"], message, url)


def _move(sqs: Any, dlq_url: str, letters: Sequence[Letter], hidden: dict[str, str]) -> None:
    """Send first and delete then: what is sent twice is loaded once."""
    for url in {letter.url for letter in letters} - {""}:
        own = [letter for letter in letters if letter.url == url]
        messages.send(sqs, url, [letter.body for letter in own])
        entries = [{"Id": str(n), "ReceiptHandle": each.handle} for n, each in enumerate(own)]
        sqs.delete_message_batch(QueueUrl=dlq_url, Entries=entries)
        for letter in own:
            del hidden[letter.id]


def _show_again(sqs: Any, dlq_url: str, hidden: dict[str, str]) -> None:
    """Let what stays in the queue be received at once."""
    handles = list(hidden.values())
    for at in range(0, len(handles), BATCH):
        entries = [
            {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
            for n, handle in enumerate(handles[at : at + BATCH])
        ]
        sqs.change_message_visibility_batch(QueueUrl=dlq_url, Entries=entries)


def _objects(message: Message) -> str:
    if message.test_event:
        return "a test event of S3"
    return ", ".join(f"s3://{each.bucket}/{each.key}" for each in message.objects)


def _name(url: str) -> str:
    return url.rpartition("/")[2]
