"""What a worker process of `siem load` does: it loads objects as the Lambda function does."""

import logging
import os
import signal
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import parent_process
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from common.settings import Settings
from common.telemetry import logger
from es_loader import ledger, pipeline
from es_loader.cluster import Deadline
from es_loader.commands.plain import plain_log
from es_loader.handler import failed_entry
from es_loader.ledger import Entry, Run
from es_loader.pipeline import LEAST_SECONDS, Parts
from es_loader.receive import LogObject

PATIENCE = 600.0  # seconds in which a cluster that refuses an object is asked again


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of an object, as its entry in the ledger says."""

    key: str
    outcome: str
    cause: str
    error: str
    read: int = 0
    indexed: int = 0
    duplicate: int = 0
    excluded: int = 0
    quarantined: int = 0


@dataclass(slots=True)
class _Worker:
    """This process: how it logs, whether another one has made its parts before, the user's rules,
    its own parts."""

    log: AbstractContextManager[None]
    others: "Synchronized[int]"
    rules: Path | None
    parts: Parts | None = None


_workers: list[_Worker] = []


def begin(others: "Synchronized[int]", rules: Path | None = None) -> None:
    """Make this process a worker. `others` is shared by all of them; it is 0 at first.

    rules   file of rules that say what to exclude
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    log = plain_log()
    log.__enter__()  # for the life of the process
    _workers.append(_Worker(log, others, rules))


def load(log_object: LogObject, overwrite: bool) -> Loaded:
    """Load an object. What goes wrong with it is told in the result, and in the ledger."""
    parts, started, run = _parts(_workers[0]), datetime.now(UTC), Run(patience())
    try:
        entry = pipeline.load(parts, log_object, run, overwrite)
    except Exception as error:
        entry = failed_entry(log_object, run, started, error)
        ledger.write_failed(parts.cluster, entry, run.deadline)
    return _loaded(entry)


def patience(seconds: float = PATIENCE) -> Deadline:
    """Time left for an object: never as little as makes the pipeline leave its rest to the queue.

    So it ends, sooner or later, where a cluster goes on refusing, but not with a long object.
    """
    ends = time.monotonic() + seconds
    return lambda: max(LEAST_SECONDS, ends - time.monotonic())


def _loaded(entry: Entry) -> Loaded:
    counts = entry.counts
    return Loaded(
        key=entry.key,
        outcome=entry.outcome,
        cause=entry.cause,
        error=entry.error,
        read=counts.read,
        indexed=counts.indexed,
        duplicate=counts.duplicate,
        excluded=counts.excluded.total(),
        quarantined=counts.quarantined.total(),
    )


def _parts(worker: _Worker) -> Parts:
    """Made by one process after the other, since they share the files of the GeoIP databases."""
    if worker.parts is None:
        with worker.others.get_lock():
            # What one has warned of need not be told by each.
            logger.setLevel(logging.ERROR if worker.others.value else logging.WARNING)
            worker.parts = pipeline.build(Settings.from_environment(), worker.rules)
            worker.others.value = 1
        logger.setLevel(logging.WARNING)
    return worker.parts


def _end_with_parent() -> None:
    """End this process when its parent has ended, in whatever way; nothing is lost by it."""
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)
