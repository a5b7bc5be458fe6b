from collections.abc import Iterator
from typing import Any

import pytest

from common import aws
from local.aws import Aws

ROLE = "arn:aws:iam::444455556666:role/reader"


@pytest.fixture(autouse=True)
def fresh(aws_environment: Aws) -> Iterator[None]:
    """Clients of this test's environment, which no other test gets."""
    caches = (aws.client, aws.role_client, aws._session)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_there_is_one_client_of_a_service() -> None:
    assert aws.client("s3") is aws.client("s3")
    assert aws.client("s3") is not aws.client("sqs")


def test_a_client_is_in_the_region_of_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert aws.client("sqs").meta.region_name == "eu-west-1"


def test_a_client_works() -> None:
    assert "Buckets" in aws.client("s3").list_buckets()


def test_a_role_is_assumed_by_the_first_request_and_not_before() -> None:
    signed = []

    def keep(request: Any, **_: object) -> None:
        signed.append(request.headers["Authorization"].decode())

    own, client = aws.client("s3"), aws.role_client(ROLE, "s3")
    for each in (own, client):
        each.meta.events.register("before-send.s3", keep)
        each.list_buckets()
    assert "Credential=testing/" in signed[0]
    assert "Credential=ASIA" in signed[1]
    assert aws.role_client(ROLE, "s3") is client


def test_credentials_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    aws.client("s3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "rotated")
    assert aws.credentials().access_key == "rotated"
