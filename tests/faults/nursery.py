"""Loaders as processes that can be killed: each is forked from one warm parent, the nursery.

A loader runs the real handler on one event, with clients of its own, on a clock that is moved by
waiting alone: no back-off takes any time.
"""

import gc
import json
import multiprocessing
import os
import random
import select
import signal
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from tests.es_loader.faulty import Clock

WINDOW = 700  # bytes that are read at a time: an object of 10 KB has as many parts as a large one
START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Job:
    """What a loader is to do.

    seconds      what it has left at first, on its clock
    tick         how much of that passes each time it looks
    most_bytes   of a bulk request: the cluster has refused a larger one before; 0: not so
    """

    event: Mapping[str, Any]
    seconds: float
    tick: float
    most_bytes: int
    seed: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a loader ended: `failed` ids of messages; None where it was killed, or broke down."""

    failed: frozenset[str] | None
    killed: bool = False
    error: str = ""


class Nursery:
    """The runner's side. Loaders that have ended are kept as zombies until the next ones start, so
    that no process but ours can be killed by a process id that was used again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._running: Sequence[int] = ()
        self._lock = threading.Lock()

    def run(self, jobs: Sequence[Job], kill_after: float | None = None) -> list[Ended]:
        """Run loaders at the same time, until the last has ended.

        kill_after   seconds after which those that still run are killed
        """
        self._connection.send((jobs, kill_after))
        pids = self._connection.recv()
        with self._lock:
            self._running = pids
        self._connection.send("go")
        ended: list[Ended] = self._connection.recv()
        with self._lock:
            self._running = ()
        return ended

    def kill(self) -> None:
        """Kill the loaders that run."""
        with self._lock:
            for pid in self._running:
                os.kill(pid, signal.SIGKILL)


@contextmanager
def running(environment: Mapping[str, str], request_seconds: float) -> Iterator[Nursery]:
    """A nursery, in a process of its own.

    environment       variables of es_loader
    request_seconds   after which a loader gives a request to OpenSearch up
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (theirs, dict(environment), request_seconds)
    process = context.Process(target=_serve, args=arguments, daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.poll(START_SECONDS), "the nursery does not start"
        assert ours.recv() == "ready"
        yield Nursery(ours)
    finally:
        ours.close()
        process.join(10)
        process.kill()
        process.join()


def _serve(connection: Connection, environment: Mapping[str, str], seconds: float) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    if "FAULTS_LOG" not in os.environ:
        os.dup2(nothing, 2)
    parts = _warm(seconds)
    gc.collect()
    gc.freeze()
    connection.send("ready")
    pids: list[int] = []
    while True:
        try:
            jobs, kill_after = connection.recv()
        except EOFError:
            return
        for pid in pids:
            os.waitpid(pid, 0)
        pids, pipes = [], []
        gates = [os.pipe() for _ in jobs]
        for job, (gate, _) in zip(jobs, gates, strict=True):
            read, write = os.pipe()
            pid = os.fork()
            if not pid:
                _loader(parts, job, gate, write)
            os.close(write)
            pids.append(pid)
            pipes.append(read)
        connection.send(pids)
        connection.recv()
        for gate, opener in gates:
            os.write(opener, b"go")
            os.close(gate)
            os.close(opener)
        connection.send(_wait(pids, pipes, kill_after))


def _warm(request_seconds: float) -> Any:
    """The loader's parts, with all compiled that a case needs, and no connection open."""
    import io

    from common import aws
    from common.opensearch import connect
    from es_loader import handler, json_values, unpack
    from es_loader.cluster import Cluster
    from es_loader.compile import Context
    from es_loader.fetch import Stream
    from tests.faults import objects

    unpack.CHUNK = json_values.WINDOW = WINDOW
    json_values.MOST_WINDOW = 8 * WINDOW
    settings, parts = handler._built()
    client = connect(settings.opensearch_endpoint, settings.region)
    parts.cluster = Cluster(client, request_seconds=request_seconds)
    for file in objects.each_kind("warm"):
        context = Context("bucket", file.key, "hash", 1_795_550_000_000, "2026-11-25T00:00:00Z")
        by_key = parts.normalizer.log_types.of_object(file.key)
        for _ in parts.normalizer.run(Stream(io.BytesIO(file.body)), context, by_key):
            pass
    aws.client("s3").close()
    aws.client("sqs").close()
    return parts


@dataclass
class _Context:
    """What Lambda hands to a handler."""

    clock: Clock
    ends: float
    tick: float
    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        self.clock.now += self.tick
        return max(0, int((self.ends - self.clock.now) * 1000))


def _loader(parts: Any, job: Job, gate: int, pipe: int) -> None:
    """Be a loader: run the handler once, write into the pipe what it answers, end."""
    from es_loader.handler import handler

    try:
        os.read(gate, 1)
        random.seed(job.seed)
        clock = Clock()
        vars(time)["sleep"] = clock.sleep  # AWS clients wait with it
        parts.cluster.clock, parts.cluster.sleep = clock.read, clock.sleep
        if job.most_bytes:
            parts.cluster.too_large(2 * job.most_bytes)
        context = _Context(clock, clock.now + job.seconds, job.tick, job.seed)
        answer = handler(job.event, context)
        failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
        os.write(pipe, json.dumps({"failed": failed}).encode())
    except BaseException:
        os.write(pipe, json.dumps({"error": traceback.format_exc()[-3000:]}).encode())
    finally:
        os._exit(0)


def _wait(pids: Sequence[int], pipes: Sequence[int], kill_after: float | None) -> list[Ended]:
    """Wait for the end of these loaders; kill those that take longer than `kill_after` seconds."""
    told: dict[int, bytes] = dict.fromkeys(pipes, b"")
    open_ones = set(pipes)
    ends = None if kill_after is None else time.monotonic() + kill_after
    while open_ones:
        left = None if ends is None else max(0.0, ends - time.monotonic())
        ready, _, _ = select.select(list(open_ones), [], [], left)
        if not ready:
            for pid, pipe in zip(pids, pipes, strict=True):
                if pipe in open_ones:
                    os.kill(pid, signal.SIGKILL)
            ends = None
        for pipe in ready:
            data = os.read(pipe, 65536)
            told[pipe] += data
            if not data:
                open_ones.remove(pipe)
                os.close(pipe)
    return [_ended(pid, told[pipe]) for pid, pipe in zip(pids, pipes, strict=True)]


def _ended(pid: int, told: bytes) -> Ended:
    status = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert status
    if status.si_code == os.CLD_KILLED:
        return Ended(None, killed=status.si_status == signal.SIGKILL, error="")
    answer = json.loads(told or b"{}")
    if "failed" in answer:
        return Ended(frozenset(answer["failed"]))
    return Ended(None, error=answer.get("error", "a loader ended without an answer"))
