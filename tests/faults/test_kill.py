"""A loader that is killed: its message comes again, and nothing is lost or duplicated by it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest

from tests.faults import books, case, objects
from tests.faults.aws_proxy import Call
from tests.faults.case import ENOUGH, Bench
from tests.faults.expected import Case
from tests.faults.nursery import Ended, Job
from tests.faults.objects import LogFile

SMALL = 4_000  # bytes of a bulk request: an object makes several
SHORT = (100.0, 4.0)  # seconds, and a tick: the loader has to leave the rest to another one

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Killer:
    """Kills the loader at one of its requests, to OpenSearch or AWS.

    at       number of the request; `after`: once it is done, and not before
    asked    what was asked for, until then
    """

    def __init__(self, kill: Callable[[], None], at: int, after: bool) -> None:
        self._kill, self._at, self._after = kill, at, after
        self._lock = threading.Lock()
        self.asked: list[str] = []

    def __call__(self, request: Asked, forward: Callable[[Asked], Told]) -> Told | None:
        name = request.name if isinstance(request, Call) else getattr(request, "path", "")
        with self._lock:
            due = len(self.asked) == self._at
            self.asked.append(name.split("?")[0].rsplit("/_doc/")[0])
        if not due:
            return forward(request)
        if self._after:
            forward(request)
        self._kill()
        return None


def log_file(folder: str) -> LogFile:
    """An object with broken records among its good ones, of a size that has several parts."""
    for number in range(100):
        for file in objects.each_kind(f"killed {number}"):
            if b"logEvents" in file.body and b"nonsense" in file.body and len(file.marks) > 12:
                return replace(file, key=f"{folder}/{objects.EXAMPLES['vpc_flow']}")
    raise AssertionError("no such object")


def load(bench: Bench, folder: str, first: Callable[[Job], Ended], short: bool) -> Case:
    """Deliver the message of an object as `first` does it, then all that waits until it is done."""
    played = Case(folder)
    case.put(bench, played, [log_file(folder)])
    (message,) = case.received(bench, "logs")
    seconds, tick = SHORT if short else (ENOUGH, 0.0)
    ended = first(Job(case.event(bench, [message]), seconds, tick, SMALL, folder))
    bench.drain()
    assert not ended.error
    waiting = [*case.received(bench, "splitted_logs")]
    if ended.killed:
        waiting.append(message)
    else:
        assert ended.failed == frozenset()
    while waiting:
        next_one = waiting.pop()
        job = Job(case.event(bench, [next_one]), ENOUGH, 0.0, SMALL, folder)
        assert bench.nursery.run([job]) == [Ended(frozenset())]
        case.delete(bench, next_one)
    return played


@pytest.mark.parametrize("short", [False, True], ids=["whole", "with a continuation"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_loader_killed_at_any_of_its_requests_loses_and_duplicates_nothing(
    bench: Bench, after: bool, short: bool
) -> None:
    asked: set[str] = set()
    folder, cases = f"faults/kill/{'after' if after else 'before'}-{short}", []
    for at in range(100):
        killer = Killer(bench.nursery.kill, at, after)
        killed: list[bool] = []

        def first(job: Job, killer: Killer = killer, killed: list[bool] = killed) -> Ended:
            with bench.faults(killer, killer):
                (ended,) = bench.nursery.run([job])
            killed.append(ended.killed)
            return ended

        cases.append(load(bench, f"{folder}/{at}", first, short))
        asked |= {*killer.asked}
        if killed == [False]:
            break
    assert len(cases) > 5
    assert {"S3.GetObject", "S3.PutObject", "/_bulk"} <= asked
    assert ("SQS.SendMessage" in asked) == short
    assert any(name.startswith("/siem-ledger-") for name in asked)
    assert [*books.check(cases, books.find(bench.stack, [folder]))] == []


def test_a_loader_killed_at_any_time_loses_and_duplicates_nothing(bench: Bench) -> None:
    rng, killed = Random(4), 0
    cases = []
    for number in range(15):
        seconds = rng.uniform(0.0, 0.1)

        def first(job: Job, seconds: float = seconds) -> Ended:
            nonlocal killed
            (ended,) = bench.nursery.run([job], seconds)
            killed += ended.killed
            return ended

        cases.append(load(bench, f"faults/kill/at-any-time/{number}", first, number % 2 == 0))
    assert killed > 3
    assert [*books.check(cases, books.find(bench.stack, ["faults/kill/at-any-time"]))] == []
