"""Fixture of an es_loader in the emulated AWS, as Terraform deploys it, and what AWS may answer."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from common import aws as common_aws
from common.loader_switch import Clients, Loader
from local import deployment, stack
from local.aws import Aws

TOPIC = "aes-siem-alert"
RESERVED = 10


@dataclass
class Deployed:
    """The function, its two mappings, the alarm, the topic; its clients are this process's own."""

    loader: Loader
    mappings: list[str]
    queue_urls: dict[str, str]
    topic: str
    inbox: str
    aws: Aws
    slept: list[float] = field(default_factory=list)

    @property
    def clients(self) -> Clients:
        """The clients that the functions use too."""
        return Clients(common_aws.client("lambda"), common_aws.client("ssm"))

    def sleep(self, seconds: float) -> None:
        """Note that somebody would have slept."""
        self.slept.append(seconds)

    def states(self) -> list[str]:
        """Lambda's state of each mapping."""
        client = client_of(self.aws, "lambda")
        return [client.get_event_source_mapping(UUID=each)["State"] for each in self.mappings]

    def concurrency(self) -> int | None:
        """The reserved concurrency."""
        client = client_of(self.aws, "lambda")
        found: dict[str, int] = client.get_function_concurrency(FunctionName=self.loader.function)
        return found.get("ReservedConcurrentExecutions")

    def set_alarm(self, state: str) -> None:
        """Put the alarm into a state."""
        client_of(self.aws, "cloudwatch").set_alarm_state(
            AlarmName=self.loader.alarm, StateValue=state, StateReason="by the test"
        )

    def told(self) -> list[dict[str, str]]:
        """The notices that were published since the last call: Subject, Message."""
        sqs = client_of(self.aws, "sqs")
        found = sqs.receive_message(QueueUrl=self.inbox, MaxNumberOfMessages=10)
        for message in found.get("Messages", []):
            sqs.delete_message(QueueUrl=self.inbox, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]


clients: dict[tuple[str, str], Any] = {}


def client_of(aws: Aws, service: str) -> Any:
    """A test's own client, made once: to make one takes a tenth of a second."""
    if (aws.url, service) not in clients:
        clients[aws.url, service] = aws.client(service)
    return clients[aws.url, service]


@pytest.fixture
def fresh_clients(aws_environment: Aws) -> Iterator[Aws]:
    """The emulated AWS, and clients that no other test has."""
    common_aws.client.cache_clear()
    common_aws._session.cache_clear()
    yield aws_environment
    common_aws.client.cache_clear()
    common_aws._session.cache_clear()


@pytest.fixture
def deployed(fresh_clients: Aws) -> Iterator[Deployed]:
    """A deployed es_loader that is on."""
    aws, described = fresh_clients, deployment.read()
    loader = Loader(described.function.name)
    lambdas, sqs, sns = (client_of(aws, each) for each in ("lambda", "sqs", "sns"))
    urls = stack.create_queues(sqs, described)
    lambdas.create_function(
        FunctionName=loader.function,
        Runtime="python3.13",
        Role=_role(aws),
        Handler="es_loader.handler.handler",
        Code={"ZipFile": _zip()},
    )
    lambdas.put_function_concurrency(
        FunctionName=loader.function, ReservedConcurrentExecutions=RESERVED
    )
    mappings = [
        lambdas.create_event_source_mapping(
            EventSourceArn=stack.queue_arn(described, key), FunctionName=loader.function
        )["UUID"]
        for key in ("logs", "splitted_logs")
    ]
    client_of(aws, "cloudwatch").put_metric_alarm(
        AlarmName=loader.alarm,
        Namespace="AWS/ES",
        MetricName="FreeStorageSpace",
        Dimensions=[
            {"Name": "ClientId", "Value": described.account},
            {"Name": "DomainName", "Value": "aes-siem"},
        ],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=30,
        Threshold=200,
        ComparisonOperator="LessThanOrEqualToThreshold",
    )
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    inbox = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=topic.replace(":sns:", ":sqs:").replace(TOPIC, "inbox"),
    )
    yield Deployed(loader, mappings, urls, topic, inbox, aws)
    for mapping in mappings:
        lambdas.delete_event_source_mapping(UUID=mapping)
    lambdas.delete_function(FunctionName=loader.function)
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=inbox)
    client_of(aws, "cloudwatch").delete_alarms(AlarmNames=[loader.alarm])
    client_of(aws, "ssm").delete_parameters(Names=[loader.parameter])


def refuse(
    client: Any, operation: str, code: str, message: str, status: int = 400, times: int = 1000
) -> None:
    """Let the next calls of an operation be answered by an error, as the service words it."""
    left = [times]
    xml = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"

    def answer(request: Any, **_: object) -> AWSResponse | None:
        if not left[0]:
            return None
        left[0] -= 1
        told = {"__type": code, "message": message, "Message": message, "Type": "User"}
        body = xml if client.meta.service_model.protocol == "rest-xml" else json.dumps(told)
        raw = Raw(body.encode())
        headers = HTTPHeaders()
        headers["x-amzn-errortype"] = code
        return AWSResponse(request.url, status, headers, raw)

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-send.{service}.{operation}", answer)


class Raw(io.BytesIO):
    """A body as urllib3 hands it out."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """All of it."""
        yield self.read()


def _role(aws: Aws) -> str:
    iam = client_of(aws, "iam")
    try:
        created = iam.create_role(RoleName="es-loader", AssumeRolePolicyDocument="{}")
    except iam.exceptions.EntityAlreadyExistsException:
        created = iam.get_role(RoleName="es-loader")
    arn: str = created["Role"]["Arn"]
    return arn


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("es_loader/handler.py", "handler = None")
    return content.getvalue()
