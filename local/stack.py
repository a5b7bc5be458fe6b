"""The deployment on a laptop: a node, emulated S3 and SQS, and what Terraform creates in them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from local import aws, deployment, node


@dataclass(frozen=True, slots=True)
class Stack:
    """A running deployment: its parts, its boto3 and OpenSearch clients, es_loader's environment.

    Keys of `queue_urls` and of `deployment.buckets` as in `Deployment`.
    """

    deployment: deployment.Deployment
    node: node.Node
    aws: aws.Aws
    environment: dict[str, str]
    queue_urls: dict[str, str]
    s3: Any
    sqs: Any
    opensearch: OpenSearch


@contextmanager
def running() -> Iterator[Stack]:
    """Start a node and emulated AWS, create the deployment in them, yield it, stop both."""
    described = deployment.read()
    with node.running() as own_node, aws.running(described.account, described.region) as own_aws:
        yield create(own_node, own_aws, described)


def create(own_node: node.Node, own_aws: aws.Aws, described: deployment.Deployment) -> Stack:
    """Create buckets, queues, notifications and index templates; return the deployment."""
    s3, sqs = own_aws.client("s3"), own_aws.client("sqs")
    location = {"LocationConstraint": described.region}
    for bucket in described.buckets.values():
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):  # by what shares the emulator
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    queue_urls = create_queues(sqs, described)
    notification = {"QueueArn": queue_arn(described, "logs"), "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=described.buckets["log"],
        NotificationConfiguration={"QueueConfigurations": [notification]},
    )
    opensearch = node.client(own_node)
    put_templates(opensearch)
    environment = {
        **described.environment,
        **own_aws.environment,
        "AWS_LAMBDA_FUNCTION_NAME": described.function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(described.function.memory),
        "OPENSEARCH_ENDPOINT": own_node.url,
        "LOGS_QUEUE_URL": queue_urls["logs"],
        "SPLITTED_LOGS_QUEUE_URL": queue_urls["splitted_logs"],
        "DLQ_URL": queue_urls["dlq"],
    }
    return Stack(described, own_node, own_aws, environment, queue_urls, s3, sqs, opensearch)


def create_queues(sqs: Any, described: deployment.Deployment) -> dict[str, str]:
    """Create the three queues as the loader module does; return their URLs by key."""
    urls = {}
    for key in ("dlq", "logs", "splitted_logs"):  # the first is named by the others
        created = sqs.create_queue(
            QueueName=described.queues[key], Attributes=described.queue_attributes[key]
        )
        urls[key] = created["QueueUrl"]
    return urls


def empty(stack: Stack) -> None:
    """Delete all objects, messages and log and ledger indices of the deployment."""
    for bucket in stack.deployment.buckets.values():
        listed = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for found in listed.search("Contents[].Key"):
            if found:
                stack.s3.delete_object(Bucket=bucket, Key=found)
    for url in stack.queue_urls.values():
        stack.sqs.delete_queue(QueueUrl=url)  # a purge is allowed once a minute
    create_queues(stack.sqs, stack.deployment)
    stack.opensearch.indices.delete(index="log-*,siem-ledger-*", ignore_unavailable=True)


def queue_arn(described: deployment.Deployment, key: str) -> str:
    """Return the ARN of a queue by its key: logs, splitted_logs or dlq."""
    return f"arn:aws:sqs:{described.region}:{described.account}:{described.queues[key]}"


def put_templates(opensearch: OpenSearch) -> None:
    """Give the node the component and index templates that configure_domain makes."""
    from configure_domain import templates

    templates.put_templates(opensearch)
