"""Records what a function calls of AWS and of its domain, and asks its role whether it may.

What Lambda itself does with the role, to receive messages, is asked as well.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient
from opensearchpy import RequestsHttpConnection

from local.deployment import Deployment, Granted
from local.process import LocalStackError
from tests.terraform.policy_evaluator import Request, decide

# Operation of S3 -> the action that it needs on an object.
ON_OBJECT = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "PutObject": "PutObject",
    "UploadPart": "PutObject",
}
ON_BUCKET = {"ListObjectsV2": "ListBucket"}
BY_LAMBDA = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")

Call = tuple[str, str]  # action and resource, as IAM names them


@dataclass(slots=True)
class Calls:
    """What was called since the recording began."""

    deployment: Deployment
    made: set[Call] = field(default_factory=set)

    def refused(self, function: Granted) -> list[str]:
        """Return a line for each call that the function's role does not allow."""
        account = self.deployment.account
        return [
            f"{function.role} may not {action} on {resource}"
            for action, resource in sorted(self.made | by_lambda(self.deployment))
            if decide(Request(function.role, action, resource, account), None, function.policies)
            != "allow"
        ]


@contextmanager
def recording(described: Deployment, others: Sequence[Any]) -> Iterator[Calls]:
    """Record the calls of this process, but for those of `others`, which are no function's."""
    calls = Calls(described)
    aws_client: Any = BaseClient
    opensearch_client: Any = RequestsHttpConnection
    call_aws, send = aws_client._make_api_call, opensearch_client.perform_request

    def called(self: Any, operation: str, params: dict[str, Any]) -> Any:
        if not any(self is other for other in others):
            service = self.meta.service_model.endpoint_prefix
            calls.made.add(call(described, service, operation, params))
        return call_aws(self, operation, params)

    def sent(self: Any, method: str, url: str, *arguments: Any, **more: Any) -> Any:
        path = url if url.startswith("/") else f"/{url}"
        calls.made.add((f"es:ESHttp{method.capitalize()}", domain(described) + path))
        return send(self, method, url, *arguments, **more)

    aws_client._make_api_call = called
    opensearch_client.perform_request = sent
    try:
        yield calls
    finally:
        aws_client._make_api_call = call_aws
        opensearch_client.perform_request = send


def call(described: Deployment, service: str, operation: str, params: dict[str, Any]) -> Call:
    """Return the action and the resource of a call; LocalStackError for one not known here."""
    if service == "s3" and operation in ON_OBJECT:
        version = "Version" if params.get("VersionId") and operation == "GetObject" else ""
        action = f"s3:{ON_OBJECT[operation]}{version}"
        return action, f"arn:aws:s3:::{params['Bucket']}/{params['Key']}"
    if service == "s3" and operation in ON_BUCKET:
        return f"s3:{ON_BUCKET[operation]}", f"arn:aws:s3:::{params['Bucket']}"
    if service == "sqs" and "QueueUrl" in params:
        return f"sqs:{operation}", queue(described, params["QueueUrl"].rpartition("/")[2])
    if service == "sts" and operation == "AssumeRole":
        return "sts:AssumeRole", params["RoleArn"]
    raise LocalStackError(
        "local/permissions.py does not know which permission a call needs; add it there: "
        f"{service} {operation}"
    )


def by_lambda(described: Deployment) -> set[Call]:
    """Return what the event source mappings call as the function."""
    names = [described.queues[key] for key in described.concurrency]
    return {(f"sqs:{action}", queue(described, name)) for action in BY_LAMBDA for name in names}


def queue(described: Deployment, name: str) -> str:
    """Return the ARN of a queue by its name."""
    return f"arn:aws:sqs:{described.region}:{described.account}:{name}"


def domain(described: Deployment) -> str:
    """Return the ARN of the domain: it bears the prefix of the loader's name."""
    prefix = described.function.name.removesuffix("-es-loader")
    return f"arn:aws:es:{described.region}:{described.account}:domain/{prefix}"
