"""Objects through the whole loader: moto, handler, real node; and what came of them."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from common import aws
from es_loader import handler as es_loader
from es_loader import log_type_file
from es_loader.handler import handler
from es_loader.identity import object_hash
from local import lambda_
from local import stack as local_stack
from local.stack import Stack
from tests.es_loader import faulty
from tests.es_loader.faulty import Clock, Faulty

CACHES = (aws.client, aws.role_client, aws._session, es_loader._built)


def own_key(name: str) -> str:
    """A key of a log type that no other object has."""
    return f"{uuid.uuid4().hex}/{log_type_file.load(log_type_file.HERE / name).match.examples[0]}"


@dataclass
class Context:
    """What Lambda hands to a handler; `seconds()` is what it has left."""

    seconds: Callable[[], float]
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of an object: its ledger entries by first record, its documents by record number,
    the lines of its quarantine files by position."""

    entries: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]

    @property
    def outcome(self) -> str:
        """Outcome of the only run."""
        (entry,) = self.entries
        return str(entry["outcome"])

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records read, indexed and quarantined, by the ledger; the rest has to agree with it."""
        names = ("read", "indexed", "excluded", "quarantined", "duplicate")
        total = {name: sum(entry[name] for entry in self.entries) for name in names}
        ended = total["indexed"] + total["excluded"] + total["quarantined"]
        assert total["read"] == ended
        assert len(self.documents) == total["indexed"] - total["duplicate"]
        assert len(self.quarantined) == total["quarantined"]
        return total["read"], total["indexed"], total["quarantined"]

    @property
    def refused(self) -> list[tuple[int, str]]:
        """(position, reason) of what is in quarantine."""
        return [(line["position"], line["reason"]) for line in self.quarantined]

    @property
    def offsets(self) -> list[int]:
        """Numbers of the records that were indexed."""
        return [document["log"]["offset"] for document in self.documents]


@dataclass
class Loader:
    """The deployment, with a proxy in front of its node and a clock that nobody waits for."""

    stack: Stack
    proxy: Faulty
    clock: Clock = field(default_factory=Clock)

    def load(self, body: bytes, name: str = "cloudtrail", key: str = "") -> Loaded:
        """Put an object and load it. `key`: else one of the log type `name`."""
        key = key or own_key(name)
        self.put(key, body)
        assert self.invoke() == []
        return self.loaded(key)

    def put(self, key: str, body: bytes) -> None:
        """Put an object, which S3 tells the queue."""
        self.stack.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def invoke(self, queue: str = "logs", seconds: Callable[[], float] | None = None) -> list[str]:
        """Invoke the handler with what is in the queue; return the bodies of the messages that have
        to come again.

        seconds   what the run has left; without it 600 from now, by the clock
        """
        ends = self.clock.now + 600
        seconds = seconds or (lambda: ends - self.clock.now)
        cluster = es_loader._built()[1].cluster
        cluster.clock, cluster.sleep = self.clock.read, self.clock.sleep
        messages = lambda_.receive(self.stack, queue)
        answer = handler(lambda_.event(self.stack, queue, messages), Context(seconds))
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        url = self.stack.queue_urls[queue]
        for message in messages:
            handle = message["ReceiptHandle"]
            if message["MessageId"] in failed:
                self.stack.sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0
                )
            else:
                self.stack.sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
        return [message["Body"] for message in messages if message["MessageId"] in failed]

    def loaded(self, key: str) -> Loaded:
        """What has become of an object so far."""
        self.stack.opensearch.indices.refresh(index="siem-ledger-*,log-*")
        path = f"s3://{self.bucket}/{key}"
        documents = [
            hit["_source"] | {"_id": hit["_id"], "_index": hit["_index"]}
            for hit in self._hits("log-*", "log.file.path", path)
        ]
        entries = [hit["_source"] for hit in self._hits("siem-ledger-*", "key", key)]
        return Loaded(
            sorted(entries, key=lambda entry: int(entry["first"])),
            sorted(documents, key=lambda document: int(document["log"]["offset"])),
            sorted(self._quarantined(entries), key=lambda line: int(line["position"])),
        )

    @property
    def bucket(self) -> str:
        """The log bucket."""
        return self.stack.deployment.buckets["log"]

    def _hits(self, index: str, field: str, value: str) -> list[dict[str, Any]]:
        body = {"size": 10_000, "query": {"term": {field: value}}}
        found = self.stack.opensearch.search(index=index, body=body, ignore_unavailable=True)
        hits: list[dict[str, Any]] = found["hits"]["hits"]
        return hits

    def _quarantined(self, entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        bucket, s3 = self.stack.deployment.buckets["snapshot"], self.stack.s3
        hashes = {object_hash(entry["bucket"], entry["key"], entry["etag"]) for entry in entries}
        listed = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="quarantine/")
        for key in listed.search("Contents[].Key"):
            if key and key.rsplit("/", 1)[-1].rpartition("-")[0] in hashes:
                body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                for line in body.splitlines():
                    found = json.loads(line)
                    assert key.startswith(f"quarantine/{found['log_type']}/{found['reason']}/")
                    yield found


@contextmanager
def running(stack: Stack) -> Iterator[Loader]:
    """A loader that starts cold, in an empty deployment."""
    local_stack.empty(stack)
    with faulty.running(stack.node.url) as proxy, pytest.MonkeyPatch.context() as patch:
        for name, value in stack.environment.items():
            patch.setenv(name, value)
        patch.setenv("OPENSEARCH_ENDPOINT", proxy.url)
        for cached in CACHES:
            cached.cache_clear()
        yield Loader(stack, proxy)
        for cached in CACHES:
            cached.cache_clear()
