"""How es_loader and what it waits for stand: paused or not, queues, free storage of the domain.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common import loader_switch
from common.loader_switch import Clients, Loader, Paused

COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
# SQS and OpenSearch Service tell CloudWatch every minute, some minutes late.
WINDOW = timedelta(minutes=15)
PERIOD = 60


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue's messages. `oldest`: age of the oldest one in seconds, None where none is known."""

    name: str
    waiting: int
    in_flight: int
    delayed: int
    oldest: float | None


@dataclass(frozen=True, slots=True)
class Storage:
    """The free storage that the alarm watches, in MB. `free` is None where none is known."""

    alarm: str
    free: float | None
    threshold: float


@dataclass(frozen=True, slots=True)
class Status:
    """`concurrency`: reserved, None where none is. `mappings`: queue name -> Lambda's state."""

    paused: Paused | None
    concurrency: int | None
    mappings: dict[str, str]
    queues: list[Queue]
    storage: Storage | None


def status(
    clients: Clients, sqs: Any, cloudwatch: Any, loader: Loader, queue_urls: Sequence[str]
) -> Status:
    """Ask Lambda, SSM, SQS and CloudWatch."""
    return Status(
        paused=loader_switch.paused(clients, loader),
        concurrency=loader_switch.concurrency(clients, loader),
        mappings={
            each["EventSourceArn"].rpartition(":")[2]: each["State"]
            for each in loader_switch.mappings(clients, loader)
        },
        queues=[queue(sqs, cloudwatch, url) for url in queue_urls],
        storage=storage(cloudwatch, loader),
    )


def queue(sqs: Any, cloudwatch: Any, url: str) -> Queue:
    """The messages of a queue."""
    name = url.rpartition("/")[2]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))["Attributes"]
    oldest = _latest(
        cloudwatch,
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        [{"Name": "QueueName", "Value": name}],
        "Maximum",
    )
    waiting, in_flight, delayed = (int(found[each]) for each in COUNTS)
    return Queue(name, waiting, in_flight, delayed, oldest)


def storage(cloudwatch: Any, loader: Loader) -> Storage | None:
    """What the alarm on free storage says and sees; None where there is no such alarm."""
    found = cloudwatch.describe_alarms(AlarmNames=[loader.alarm])["MetricAlarms"]
    if not found:
        return None
    alarm = found[0]
    free = _latest(
        cloudwatch, alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"], alarm["Statistic"]
    )
    return Storage(alarm["StateValue"], free, alarm["Threshold"])


def _latest(
    cloudwatch: Any, namespace: str, metric: str, dimensions: list[dict[str, str]], statistic: str
) -> float | None:
    now = datetime.now(UTC)
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=dimensions,
        StartTime=now - WINDOW,
        EndTime=now,
        Period=PERIOD,
        Statistics=[statistic],
    )["Datapoints"]
    return max(found, key=lambda each: each["Timestamp"])[statistic] if found else None
