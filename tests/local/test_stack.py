"""The deployment on a laptop has what Terraform creates on AWS."""

import json
import os

from common.settings import Settings
from local import stack as local_stack
from local.stack import Stack


def test_log_queues_hand_dead_letters_on_after_fifty_receives(stack: Stack) -> None:
    for queue in ("logs", "splitted_logs"):
        attributes = _attributes(stack, queue)
        assert json.loads(attributes["RedrivePolicy"]) == {
            "deadLetterTargetArn": "arn:aws:sqs:ap-northeast-1:111122223333:aes-siem-dlq",
            "maxReceiveCount": 50,
        }
        assert attributes["VisibilityTimeout"] == "3600"
        assert attributes["MessageRetentionPeriod"] == "1209600"


def test_an_upload_puts_a_message_into_the_queue(stack: Stack) -> None:
    bucket = stack.deployment.buckets["log"]
    stack.s3.put_object(Bucket=bucket, Key="a b+c.log", Body=b"x")
    (message,) = stack.sqs.receive_message(QueueUrl=stack.queue_urls["logs"])["Messages"]
    (record,) = json.loads(message["Body"])["Records"]
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["bucket"]["name"] == bucket
    assert record["s3"]["object"]["key"] == "a+b%2Bc.log"


def test_the_environment_points_to_the_running_parts(stack: Stack) -> None:
    assert os.environ["OPENSEARCH_ENDPOINT"] == stack.node.url
    assert os.environ["AWS_ENDPOINT_URL"] == stack.aws.url
    assert os.environ["LOGS_QUEUE_URL"].startswith(stack.aws.url)


def test_the_environment_is_all_that_the_loader_needs(stack: Stack) -> None:
    settings = Settings.from_environment(stack.environment)
    assert settings.geo_bucket == "aes-siem-111122223333-geo"
    assert settings.region == "ap-northeast-1"


def test_an_emptied_stack_has_no_objects_messages_or_log_indices(stack: Stack) -> None:
    bucket = stack.deployment.buckets["log"]
    stack.s3.put_object(Bucket=bucket, Key="a.log", Body=b"x")
    stack.opensearch.index(index="log-aws-waf-2026-11", body={}, refresh=True)
    local_stack.empty(stack)
    assert stack.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert _attributes(stack, "logs")["ApproximateNumberOfMessages"] == "0"
    assert stack.opensearch.count(index="log-*")["count"] == 0


def _attributes(stack: Stack, queue: str) -> dict[str, str]:
    answer = stack.sqs.get_queue_attributes(
        QueueUrl=stack.queue_urls[queue], AttributeNames=["All"]
    )
    attributes: dict[str, str] = answer["Attributes"]
    return attributes
