"""What a function calls is recorded, and its role is asked."""

from typing import Any

import pytest

from common import aws as common_aws
from common.opensearch import connect
from local import deployment, permissions
from local.aws import Aws
from local.deployment import Deployment, Granted
from local.node import Node
from local.permissions import call, recording
from local.process import LocalStackError

BUCKET = "aes-siem-111122223333-log"
QUEUE = "arn:aws:sqs:ap-northeast-1:111122223333:aes-siem-sqs-splitted-logs"
DOMAIN = "arn:aws:es:ap-northeast-1:111122223333:domain/aes-siem"


@pytest.fixture
def described() -> Deployment:
    """The deployment of the file."""
    return deployment.read()


@pytest.mark.parametrize(
    ("service", "operation", "params", "expected"),
    [
        (
            "s3",
            "GetObject",
            {"Bucket": BUCKET, "Key": "a/b"},
            ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/a/b"),
        ),
        (
            "s3",
            "GetObject",
            {"Bucket": BUCKET, "Key": "a", "VersionId": "1"},
            ("s3:GetObjectVersion", f"arn:aws:s3:::{BUCKET}/a"),
        ),
        ("s3", "ListObjectsV2", {"Bucket": BUCKET}, ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}")),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": "http://127.0.0.1:5000/111122223333/aes-siem-sqs-splitted-logs"},
            ("sqs:SendMessage", QUEUE),
        ),
        ("sts", "AssumeRole", {"RoleArn": "arn:x"}, ("sts:AssumeRole", "arn:x")),
    ],
)
def test_a_call_needs_a_permission(
    described: Deployment, service: str, operation: str, params: dict[str, Any], expected: Any
) -> None:
    assert call(described, service, operation, params) == expected


def test_a_call_that_is_not_known_is_an_error(described: Deployment) -> None:
    with pytest.raises(LocalStackError, match=r"which permission a call needs.*: s3 DeleteBucket"):
        call(described, "s3", "DeleteBucket", {"Bucket": BUCKET})


def test_calls_of_the_function_are_recorded_and_those_of_others_are_not(
    described: Deployment, aws_environment: Aws
) -> None:
    other: Any = aws_environment.client("s3")
    own: Any = common_aws._new_session().create_client("s3")
    place = {"LocationConstraint": "ap-northeast-1"}
    other.create_bucket(Bucket="permissions", CreateBucketConfiguration=place)
    with recording(described, [other]) as calls:
        other.put_object(Bucket="permissions", Key="theirs", Body=b"")
        own.put_object(Bucket="permissions", Key="ours", Body=b"")
    own.put_object(Bucket="permissions", Key="later", Body=b"")
    assert calls.made == {("s3:PutObject", "arn:aws:s3:::permissions/ours")}


def test_requests_to_the_domain_are_recorded(described: Deployment, opensearch_node: Node) -> None:
    client = connect(opensearch_node.url, described.region)
    with recording(described, []) as calls:
        client.cluster.health()
    assert calls.made == {("es:ESHttpGet", f"{DOMAIN}/_cluster/health")}


def test_a_role_that_lacks_a_permission_is_named(described: Deployment) -> None:
    loader = described.functions["es_loader"]
    calls = permissions.Calls(described, {("s3:GetObject", f"arn:aws:s3:::{BUCKET}/x")})
    assert calls.refused(loader) == []
    calls.made.add(("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/x"))
    assert calls.refused(loader) == [
        "arn:aws:iam::111122223333:role/aes-siem-es-loader may not s3:DeleteObject on"
        f" arn:aws:s3:::{BUCKET}/x"
    ]


def test_a_role_that_lambda_cannot_receive_with_is_named(described: Deployment) -> None:
    nothing = Granted("x", {}, "arn:aws:iam::111122223333:role/x", [])
    refused = permissions.Calls(described).refused(nothing)
    assert len(refused) == 6
    assert any("sqs:ReceiveMessage" in line for line in refused)
