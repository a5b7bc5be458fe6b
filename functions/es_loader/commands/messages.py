"""Sends messages to SQS in batches.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from common.errors import SiemError
from es_loader.listing import Listed

MOST = 10
MOST_BYTES = 256 * 1024  # together; what a queue takes at least


def send(sqs: Any, url: str, bodies: Sequence[str]) -> None:
    """Send all of these; SiemError, if SQS does not take one."""
    for batch in _batches(bodies):
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)]
        # Its status is 200 also when it takes none.
        failed = sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed", [])
        if failed:
            told = f"{failed[0].get('Code')} {failed[0].get('Message', '')}".strip()
            raise SiemError(
                f"SQS did not take {len(failed)} of {len(batch)} messages ({told}); run the same"
                f" command again, what it did twice does no harm: {url}"
            )


def of_object(bucket: str, listed: Listed) -> str:
    """The message that makes the loader load an object from its beginning."""
    return json.dumps(
        {
            "bucket": bucket,
            "key": listed.key,
            "version": "",
            "etag": listed.etag,
            "reader": "",
            "first": 0,
        }
    )


def _batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    batch, size = list[str](), 0
    for body in bodies:
        own = len(body.encode())
        if batch and (len(batch) == MOST or size + own > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += own
    if batch:
        yield batch
