"""How es_loader stands, asked of emulated Lambda, SSM, SQS and CloudWatch."""

from datetime import UTC, datetime, timedelta
from typing import Any

from common import loader_status, loader_switch
from tests.deployed_loader import RESERVED, Deployed


def status(deployed: Deployed) -> loader_status.Status:
    return loader_status.status(
        deployed.clients,
        deployed.aws.client("sqs"),
        deployed.aws.client("cloudwatch"),
        deployed.loader,
        list(deployed.queue_urls.values()),
    )


def tell(deployed: Deployed, namespace: str, metric: str, dimensions: Any, *values: float) -> None:
    """Give CloudWatch a metric's values, one a minute, the last one two minutes ago."""
    now = datetime.now(UTC)
    deployed.aws.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
                "Timestamp": now - timedelta(minutes=1 + len(values) - position),
                "Value": value,
            }
            for position, value in enumerate(values)
        ],
    )


def test_a_loader_that_is_on(deployed: Deployed) -> None:
    found = status(deployed)
    assert found.paused is None
    assert found.concurrency == RESERVED
    assert found.mappings == {
        "aes-siem-sqs-logs": "Enabled",
        "aes-siem-sqs-splitted-logs": "Enabled",
    }


def test_a_loader_that_is_paused(deployed: Deployed) -> None:
    loader_switch.pause(deployed.clients, deployed.loader, "operator", "x", sleep=deployed.sleep)
    found = status(deployed)
    assert found.paused and (found.paused.holder, found.paused.reason) == ("operator", "x")
    assert found.concurrency == 0
    assert set(found.mappings.values()) == {"Disabled"}


def test_the_messages_of_a_queue_and_the_age_of_the_oldest(deployed: Deployed) -> None:
    sqs, url = deployed.aws.client("sqs"), deployed.queue_urls["logs"]
    sqs.purge_queue(QueueUrl=url)
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    sqs.receive_message(QueueUrl=url)
    tell(
        deployed,
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        {"QueueName": "aes-siem-sqs-logs"},
        900,
        7200,
    )
    found = {queue.name: queue for queue in status(deployed).queues}
    logs = found["aes-siem-sqs-logs"]
    assert (logs.waiting, logs.in_flight, logs.oldest) == (2, 1, 7200)
    assert found["aes-siem-dlq"].oldest is None


def test_the_free_storage_is_that_which_the_alarm_watches(deployed: Deployed) -> None:
    dimensions = {"ClientId": "111122223333", "DomainName": "aes-siem"}
    tell(deployed, "AWS/ES", "FreeStorageSpace", dimensions, 900, 150)
    deployed.set_alarm("ALARM")
    assert status(deployed).storage == loader_status.Storage("ALARM", 150, 200)


def test_without_the_alarm_the_free_storage_is_not_known(deployed: Deployed) -> None:
    deployed.aws.client("cloudwatch").delete_alarms(AlarmNames=[deployed.loader.alarm])
    assert status(deployed).storage is None
