"""`siem audit`: whether all that a bucket holds is in the ledger, and whole."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common import aws, loader_status
from common.opensearch import connect
from common.settings import Settings
from es_loader import ledger_reader, listing
from es_loader.cluster import Cluster
from es_loader.commands import argument, deployment, messages
from es_loader.commands.deployment import refusals
from es_loader.commands.plain import plain_log
from es_loader.commands.progress import bar
from es_loader.ledger_reader import State
from es_loader.listing import Listed
from es_loader.pipeline import s3_for

NOT_WHOLE = 3
WRONG = ("partial", "failed", "missing")
SHOWN = ("loaded", "skipped", "pending", *WRONG)
# CloudWatch learns the age of a queue's oldest message some minutes late, and none of a new queue:
# then the message may be as old as the queue lets it grow.
LATE = loader_status.WINDOW.total_seconds()
RETENTION = 14 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Waiting:
    """When the oldest message was sent that may still wait, ms since 1970; now, where none does.

    new    of an object that nothing is known of
    rest   of one whose rest is left to another run
    """

    new: int
    rest: int


def run(url: str, since: str | None, replay: bool, file: Path | None) -> int:
    """Print each object that is not whole, and how many there are; return the exit status."""
    bucket, prefix = argument.place(url)
    oldest = argument.moment("--since", since)
    settings = deployment.settings(file)
    counts: Counter[str] = Counter()
    with plain_log(), refusals(), connect(settings.opensearch_endpoint, settings.region) as client:
        cluster, sqs = Cluster(client), aws.client("sqs")
        waiting = _waiting(sqs, settings)
        ledger_reader.refresh(cluster)
        pages = listing.pages(s3_for(settings, bucket), bucket, prefix, oldest)
        with bar("audit") as advance:
            for page in pages:
                wrong = []
                states = ledger_reader.states(cluster, bucket, page)
                for listed, state in zip(page, states, strict=True):
                    status = status_of(listed, state, waiting)
                    counts[status] += 1
                    if status in WRONG:
                        wrong.append(listed)
                        print(f"{status:8} s3://{bucket}/{listed.key}: {state.why}")
                if replay:
                    bodies = [messages.of_object(bucket, each) for each in wrong]
                    messages.send(sqs, settings.logs_queue_url, bodies)
                advance(len(page))
    return _summary(counts, replay)


def status_of(listed: Listed, state: State, waiting: Waiting) -> str:
    """The state of an object, or `pending` where a message about it may still wait."""
    if state.status == "missing" and listed.modified >= waiting.new:
        return "pending"
    if state.gap and _milliseconds(state.at) >= waiting.rest:
        return "pending"
    return state.status


def _summary(counts: Counter[str], replay: bool) -> int:
    wrong = sum(counts[status] for status in WRONG)
    told = ", ".join(f"{counts[status]:,} {status}" for status in SHOWN)
    print(f"{'not whole' if wrong else 'whole'}: {counts.total():,} objects: {told}")
    if wrong and replay:
        print(f"{wrong:,} queued: the loader loads them again; audit once it is done")
    elif wrong:
        print("the same command with --replay has the loader load these again")
    return NOT_WHOLE if wrong else 0


def _waiting(sqs: Any, settings: Settings) -> Waiting:
    """Asked before the bucket is listed: what comes later is under way."""
    now = datetime.now(UTC).timestamp()
    cloudwatch = aws.client("cloudwatch")

    def sent(url: str) -> int:
        queue = loader_status.queue(sqs, cloudwatch, url)
        if not (queue.waiting or queue.in_flight or queue.delayed):
            return int(now * 1000)
        age = RETENTION if queue.oldest is None else queue.oldest + LATE
        return int((now - age) * 1000)

    new, rest = sent(settings.logs_queue_url), sent(settings.splitted_logs_queue_url)
    return Waiting(new, min(new, rest))


def _milliseconds(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp() * 1000)
