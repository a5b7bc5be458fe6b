"""Fixtures of the laptop stack: each part starts once a session, and only if a test asks for it.

With OPENSEARCH_URL set, tests use that node: a throw-away one, as they delete its log indices.
"""

import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from local import aws as local_aws
from local import deployment, node, process
from local import stack as local_stack
from local.aws import Aws
from local.node import Node
from local.stack import Stack


@pytest.fixture(scope="session")
def opensearch_node() -> Iterator[Node]:
    """A real OpenSearch node."""
    process.end_on_sigterm()
    with node.running() as running_node:
        yield running_node


@pytest.fixture(scope="session")
def opensearch(opensearch_node: Node) -> Iterator[OpenSearch]:
    """A client of the real node."""
    with node.client(opensearch_node) as client:
        yield client


@pytest.fixture(scope="session")
def secured_node() -> Iterator[Node]:
    """A real OpenSearch node with its security plugin on."""
    process.end_on_sigterm()
    with node.running(security=True) as running_node:
        yield running_node


@pytest.fixture
def index_prefix(opensearch: OpenSearch) -> Iterator[str]:
    """A prefix for the test's own index names; what it names is deleted afterwards."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    yield prefix
    opensearch.indices.delete(index=f"{prefix}*", ignore_unavailable=True)


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    """An emulated AWS."""
    process.end_on_sigterm()
    described = deployment.read()
    with local_aws.running(described.account, described.region) as running_aws:
        yield running_aws


@pytest.fixture
def aws_environment(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """The emulated AWS, to which every AWS client that the test makes is pointed."""
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    return aws


@pytest.fixture(scope="session")
def shared_stack(opensearch_node: Node, aws: Aws) -> Stack:
    """The deployment, with whatever earlier tests left in it; tests ask for `stack`."""
    return local_stack.create(opensearch_node, aws, deployment.read())


@pytest.fixture
def stack(shared_stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The deployment, emptied, with the es_loader's environment set in this process."""
    local_stack.empty(shared_stack)
    for name, value in shared_stack.environment.items():
        monkeypatch.setenv(name, value)
    return shared_stack
