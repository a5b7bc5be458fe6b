"""The `siem` command on the whole deployment: emulated S3 and SQS, a real node."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from opensearchpy import TransportError

from es_loader import cli
from es_loader.handler import handler
from local import lambda_
from local.stack import Stack
from tests.es_loader.loading import CACHES

OLD = "old-logs-111122223333"  # whose objects nobody tells the loader of
FLOWS = "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/11/24"


NO_GEOIP = "siem: no GeoIP database: documents get no place and no network owner"


def told(err: str) -> list[str]:
    """Lines on stderr, but for the one that this machine's folder of GeoIP databases decides."""
    return [line for line in err.splitlines() if line != NO_GEOIP]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and the lines that it printed."""

    status: int
    out: list[str]
    err: list[str]


@dataclass
class Siem:
    """The deployment, and the command in its environment."""

    stack: Stack
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *arguments: str) -> Ran:
        """Run a command line."""
        self.patch.setattr(sys, "argv", ["siem", *arguments])
        self.capture.readouterr()  # what the loader has printed until now
        status = cli.main()
        captured = self.capture.readouterr()
        return Ran(status, captured.out.splitlines(), told(captured.err))

    @property
    def bucket(self) -> str:
        """The log bucket, which tells the queue of each object."""
        return self.stack.deployment.buckets["log"]

    @property
    def snapshot(self) -> str:
        """The bucket that has the quarantine."""
        return self.stack.deployment.buckets["snapshot"]

    def put(self, key: str, body: bytes, bucket: str = "") -> str:
        """Put an object, into the log bucket unless another one is named; return its key."""
        self.stack.s3.put_object(Bucket=bucket or self.bucket, Key=key, Body=body)
        return key

    def deliver(self) -> lambda_.Pumped:
        """Let the Lambda function have all messages."""
        return lambda_.pump(self.stack, handler)

    def messages(self, queue: str) -> list[str]:
        """Take the messages out of a queue: their bodies."""
        bodies = []
        while found := lambda_.receive(self.stack, queue):
            for message in found:
                bodies.append(message["Body"])
                self.stack.sqs.delete_message(
                    QueueUrl=self.stack.queue_urls[queue], ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies

    def count(self, index: str = "log-*") -> int:
        """Documents in these indices."""
        self.stack.opensearch.indices.refresh(index=index)
        return int(self.stack.opensearch.count(index=index)["count"])

    def entries(self, **fields: Any) -> list[dict[str, Any]]:
        """The ledger's entries with these values; none while its index is only being made."""
        self.stack.opensearch.indices.refresh(index="siem-ledger-*")
        filters = [{"term": {name: value}} for name, value in fields.items()]
        body = {"size": 10_000, "query": {"bool": {"filter": filters}}}
        try:
            found = self.stack.opensearch.search(index="siem-ledger-*", body=body)
        except TransportError as error:
            if error.status_code != 503:
                raise
            return []
        return [hit["_source"] | {"_id": hit["_id"]} for hit in found["hits"]["hits"]]

    def forget(self, **fields: Any) -> None:
        """Delete entries from the ledger."""
        for entry in self.entries(**fields):
            query = {"query": {"ids": {"values": [entry["_id"]]}}}
            self.stack.opensearch.delete_by_query(
                index="siem-ledger-*", body=query, params={"refresh": "true"}
            )

    def quarantine(self) -> dict[str, list[str]]:
        """The lines of each quarantine file by its key."""
        listed = self.stack.s3.list_objects_v2(Bucket=self.snapshot, Prefix="quarantine/")
        files = {}
        for each in listed.get("Contents", []):
            body = self.stack.s3.get_object(Bucket=self.snapshot, Key=each["Key"])["Body"]
            files[each["Key"]] = body.read().decode().splitlines()
        return files


@pytest.fixture
def siem(
    stack: Stack, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Siem]:
    """The command, in an empty deployment with a bucket of past logs beside it."""
    for cached in CACHES:
        cached.cache_clear()
    region = {"LocationConstraint": stack.deployment.region}
    stack.s3.create_bucket(Bucket=OLD, CreateBucketConfiguration=region)
    yield Siem(stack, capfd, monkeypatch)
    listed = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=OLD)
    for key in listed.search("Contents[].Key"):
        if key:
            stack.s3.delete_object(Bucket=OLD, Key=key)
    stack.s3.delete_bucket(Bucket=OLD)
    for cached in CACHES:
        cached.cache_clear()
