"""Plays a case: objects are put, S3 tells the queue, and messages are delivered as SQS does it,
until each is done: some twice, in any order, again when a loader fails or is killed."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from es_loader.decode import LogTypes
from es_loader.log_type_file import load_all
from es_loader.normalize import Normalizer
from local import lambda_
from local.stack import Stack
from tests.es_loader import faulty
from tests.es_loader.faulty import Faulty
from tests.faults import aws_proxy, nursery, objects
from tests.faults.aws_proxy import AwsProxy
from tests.faults.expected import Case, expect
from tests.faults.nursery import Job, Nursery
from tests.faults.objects import LogFile
from tests.faults.plan import REQUEST_SECONDS, Plan

SHORT = 8  # deliveries of a case after which every loader has all the time that Lambda gives
MOST_DELIVERIES = 150
ENOUGH = 600.0


@dataclass(slots=True)
class Message:
    """A message that is not done. `more`: how often SQS delivers it once it is."""

    queue: str
    content: dict[str, Any]
    more: int = 0
    received: int = 0


@dataclass(slots=True)
class Bench:
    """A deployment with proxies before its node and its AWS, and loaders that can be killed."""

    stack: Stack
    node: Faulty
    aws: AwsProxy
    nursery: Nursery
    normalizer: Normalizer = field(default_factory=lambda: Normalizer(LogTypes(load_all())))

    @property
    def bucket(self) -> str:
        """The log bucket."""
        return self.stack.deployment.buckets["log"]

    def drain(self) -> None:
        """Wait until nothing that was asked of the node or of AWS is under way any more."""
        while self.node.in_flight or self.aws.in_flight:
            time.sleep(0.005)

    @contextmanager
    def faults(self, opensearch: faulty.Fault, aws: aws_proxy.Fault) -> Iterator[None]:
        """Let these see all that loaders ask for."""
        self.node.always, self.aws.fault = opensearch, aws
        try:
            yield
        finally:
            self.drain()
            self.node.always, self.aws.fault = None, aws_proxy.unharmed
            self.node.requests.clear()


@contextmanager
def running(stack: Stack) -> Iterator[Bench]:
    """A bench on a deployment that is empty."""
    with ExitStack() as parts:
        node = parts.enter_context(faulty.running(stack.node.url))
        aws = parts.enter_context(aws_proxy.running(stack.aws.url))
        environment = stack.environment | {
            "OPENSEARCH_ENDPOINT": node.url,
            "AWS_ENDPOINT_URL": aws.url,
        }
        loaders = parts.enter_context(nursery.running(environment, REQUEST_SECONDS))
        yield Bench(stack, node, aws, loaders)


def prefix(seed: int, number: int) -> str:
    """What the keys of a case begin with."""
    return f"faults/{seed}/{number}"


def play(bench: Bench, seed: int, number: int) -> Case:
    """Play a case to its end."""
    rng = Random(f"{seed}-{number}")
    case = Case(f"SEED={seed} CASE={number}")
    plan = Plan(rng, bench.nursery.kill)
    put(bench, case, objects.draw(rng, prefix(seed, number)))
    with bench.faults(plan.opensearch, plan.aws):
        _deliver(bench, rng, case, plan)
    case.injected.update(plan.injected)
    case.refused = plan.refused
    return case


def put(bench: Bench, case: Case, files: Iterable[LogFile]) -> None:
    """Put objects, of which S3 tells the queue, and note in the case what has to become of them."""
    s3, bucket = bench.stack.s3, bench.bucket
    for file in files:
        s3.put_object(Bucket=bucket, Key=file.key, Body=file.body)
        head = s3.head_object(Bucket=bucket, Key=file.key)
        modified = int(head["LastModified"].timestamp() * 1000)
        etag = head["ETag"].strip('"')
        case.objects.append(expect(bench.normalizer, file, bucket, etag, modified))
        if file.deleted:
            s3.delete_object(Bucket=bucket, Key=file.key)


def _deliver(bench: Bench, rng: Random, case: Case, plan: Plan) -> None:
    pending: dict[str, Message] = {}
    done: set[str] = set()
    for delivery in range(MOST_DELIVERIES):
        for message in _new(bench, rng, case, () if delivery else ("logs",)):
            if message.content["MessageId"] not in done:
                pending.setdefault(message.content["MessageId"], message)
        if not pending:
            return
        batch = _batch(rng, pending)
        jobs = [_job(bench, rng, batch, delivery)]
        if rng.random() < 0.1:
            case.injected["delivered to two loaders at once"] += 1
            jobs.append(_job(bench, rng, batch, delivery))
        kill_after = rng.uniform(0.005, 0.15) if rng.random() < 0.12 and delivery < SHORT else None
        kills = _kills(plan.injected)
        ended = bench.nursery.run(jobs, kill_after)
        bench.drain()
        if any(each.killed for each in ended) and kills == _kills(plan.injected):
            case.injected["killed at any time"] += 1
        case.errors += [each.error for each in ended if each.error]
        for message in batch:
            id = message.content["MessageId"]
            if any(each.failed is None or id in each.failed for each in ended):
                continue  # also where one of two loaders failed: that copy comes again
            if message.more:
                message.more -= 1
                case.injected["delivered again when done"] += 1
            else:
                delete(bench, message)
                del pending[id]
                done.add(id)
    case.errors.append(f"not done after {MOST_DELIVERIES} deliveries: {[*pending]}")


def _kills(injected: Counter[str]) -> int:
    return sum(number for name, number in injected.items() if ": kill" in name)


def _new(bench: Bench, rng: Random, case: Case, queues: Sequence[str]) -> Iterator[Message]:
    """Messages that have come: of loaders that ran out of time, and in these queues."""
    for message in received(bench, *queues, "splitted_logs"):
        message.more = rng.choice((0, 0, 0, 1, 2))
        if message.queue == "splitted_logs":
            case.injected["out of time: the rest left to another run"] += 1
        yield message


def received(bench: Bench, *queues: str) -> Iterator[Message]:
    """The messages that wait in these queues."""
    for queue in queues:
        while contents := lambda_.receive(bench.stack, queue):
            for content in contents:
                yield Message(queue, content)


def _batch(rng: Random, pending: dict[str, Message]) -> list[Message]:
    """Some messages of one queue, in any order."""
    queue = rng.choice([message.queue for message in pending.values()])
    waiting = [message for message in pending.values() if message.queue == queue]
    batch = rng.sample(waiting, min(len(waiting), rng.choice((1, 2, 10))))
    return batch


def event(bench: Bench, batch: Sequence[Message]) -> dict[str, Any]:
    """What Lambda makes of messages of one queue, which are received once more by that."""
    made = lambda_.event(bench.stack, batch[0].queue, [message.content for message in batch])
    for record, message in zip(made["Records"], batch, strict=True):
        message.received += 1
        count = {"ApproximateReceiveCount": str(message.received)}
        record["attributes"] = record["attributes"] | count
    return made


def _job(bench: Bench, rng: Random, batch: list[Message], delivery: int) -> Job:
    short = delivery < SHORT and rng.random() < 0.4
    return Job(
        event(bench, batch),
        seconds=rng.uniform(50, 200) if short else ENOUGH,
        tick=rng.choice((1.0, 5.0, 20.0)) if short else 0.0,
        most_bytes=rng.choice((0, 1_500, 6_000)),
        seed=f"{rng.random()}",
    )


def delete(bench: Bench, message: Message) -> None:
    """Tell SQS that a message is done."""
    bench.stack.sqs.delete_message(
        QueueUrl=bench.stack.queue_urls[message.queue],
        ReceiptHandle=message.content["ReceiptHandle"],
    )


def forget(bench: Bench, seed: int, numbers: Iterable[int]) -> None:
    """Delete the objects of these cases, and the quarantine."""
    buckets = bench.stack.deployment.buckets
    places = [(buckets["log"], f"{prefix(seed, number)}/") for number in numbers]
    for bucket, beginning in [*places, (buckets["snapshot"], "quarantine/")]:
        listed = bench.stack.s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=beginning
        )
        for key in listed.search("Contents[].Key"):
            if key:
                bench.stack.s3.delete_object(Bucket=bucket, Key=key)
