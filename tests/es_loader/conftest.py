"""Fixtures of the loader's tests."""

from collections.abc import Iterator

import pytest

from local.stack import Stack
from tests.es_loader import loading
from tests.es_loader.loading import Loader


@pytest.fixture(scope="module")
def shared_loader(shared_stack: Stack) -> Iterator[Loader]:
    """A loader and a node for all tests of a module; tests ask for `loader`."""
    with loading.running(shared_stack) as running:
        yield running


@pytest.fixture
def loader(shared_loader: Loader) -> Iterator[Loader]:
    """A loader in front of a cluster that does what it is asked."""
    yield shared_loader
    shared_loader.proxy.always = None
    shared_loader.proxy.faults.clear()
    shared_loader.proxy.requests.clear()
