"""The fault bench: `make faults` plays random cases of faults and balances the books of each.

SEED=n chooses the cases (0 without it), N=n how many (2,000); SEED=n CASE=n plays one again, and
shows what its loaders log. Ctrl-C ends with the account of what has been played.
"""

import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from local import aws as local_aws
from local import deployment, node, process
from local import stack as local_stack
from local.node import Node
from local.process import LocalStackError, say
from tests.faults import books, case
from tests.faults.books import Wrong

RUNS = 2_000
BATCH = 20  # cases whose books are balanced at a time
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Balance:
    """What came of some cases."""

    runs: int
    records: int
    injected: Counter[str]
    wrong: Sequence[Wrong]

    @property
    def line(self) -> str:
        """The account in one line."""
        lost = sum(each.kind == "lost" for each in self.wrong)
        return (
            f"runs {self.runs:,}, faults injected {self.injected.total():,},"
            f" records {self.records:,}: lost {lost}, duplicated {len(self.wrong) - lost}"
        )


def played(bench: case.Bench, seed: int, numbers: Sequence[int]) -> Balance:
    """Play these cases and balance their books."""
    cases = [case.play(bench, seed, number) for number in numbers]
    found = books.find(bench.stack, [case.prefix(seed, number) for number in numbers])
    wrong = list(books.check(cases, found))
    case.forget(bench, seed, numbers)
    return Balance(len(cases), sum(each.records for each in cases), books.injected(cases), wrong)


def total(balances: Sequence[Balance]) -> Balance:
    """All of them as one."""
    return Balance(
        sum(each.runs for each in balances),
        sum(each.records for each in balances),
        sum((each.injected for each in balances), Counter()),
        [wrong for each in balances for wrong in each.wrong],
    )


def main() -> int:
    """Play the cases; return 1 if a record is lost or duplicated."""
    process.end_on_sigterm()
    seed, number = int(os.environ.get("SEED", "0")), int(os.environ.get("N", str(RUNS)))
    numbers = [int(os.environ["CASE"])] if "CASE" in os.environ else list(range(number))
    if len(numbers) == 1:
        os.environ["FAULTS_LOG"] = "1"
    started, balances = time.monotonic(), list[Balance]()
    try:
        with node.running() as own_node:
            for balance in _balances(own_node, seed, numbers):
                balances.append(balance)
                for wrong in balance.wrong[:SHOWN]:
                    print(f"{wrong.kind}: {wrong.case}: {wrong.what}", flush=True)
                so_far = sum(each.runs for each in balances)
                if so_far % (10 * BATCH) == 0:
                    say(f"{so_far:,} of {len(numbers):,} after {time.monotonic() - started:.0f} s")
    except LocalStackError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        say(f"stopped, {len(numbers):,} were asked for")
    balance = total(balances)
    for name, times in sorted(balance.injected.items()):
        print(f"{times:7,}  {name}")
    print(f"seed {seed}, {time.monotonic() - started:.0f} s")
    print(balance.line)
    return 1 if balance.wrong or balance.runs < len(numbers) else 0


def _balances(own_node: Node, seed: int, numbers: Sequence[int]) -> Iterator[Balance]:
    """Of batches of cases, as they end; played in twice as many processes as there are cores, since
    each waits most of the time for another one."""
    context = multiprocessing.get_context("spawn")
    batches = [numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH)]
    workers = min(len(batches), 2 * (os.cpu_count() or 1))
    tasks, results = context.Queue(), context.Queue()
    for batch in [*batches, *[None] * workers]:
        tasks.put(batch)
    processes = [
        context.Process(target=_worker, args=(own_node.url, seed, tasks, results))
        for _ in range(workers)
    ]
    for each in processes:
        each.start()
    try:
        for _ in batches:
            while results.empty():
                if not all(each.is_alive() or each.exitcode == 0 for each in processes):
                    raise LocalStackError("a process of the fault bench broke down, see above")
                time.sleep(0.1)
            yield results.get()
    except BaseException:
        for each in processes:
            if each.is_alive():
                each.terminate()
        raise
    finally:
        for each in processes:
            each.join()


def _worker(url: str, seed: int, tasks: Any, results: Any) -> None:
    """Play batches of cases in front of an AWS of its own, until there are none."""
    process.end_on_sigterm()
    described = deployment.read()
    os.environ.update(described.environment)
    with (
        suppress(KeyboardInterrupt),
        local_aws.running(described.account, described.region) as own_aws,
    ):
        stack = local_stack.create(Node(url), own_aws, described)
        with case.running(stack) as bench:
            while batch := tasks.get():
                results.put(played(bench, seed, batch))


if __name__ == "__main__":
    sys.exit(main())
