"""Fixture of the fault bench."""

from collections.abc import Iterator

import pytest

from local import stack as local_stack
from local.stack import Stack
from tests.faults import case
from tests.faults.case import Bench


@pytest.fixture(scope="package")
def bench(shared_stack: Stack) -> Iterator[Bench]:
    """A bench for all tests of this folder; each has objects of its own."""
    local_stack.empty(shared_stack)
    with case.running(shared_stack) as running:
        yield running
