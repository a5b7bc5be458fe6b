"""Worker processes: as many objects are loaded at a time as there are of them.

Processes, since a document is made in Python and a thread that makes one holds the others up. They
are started anew and not forked, since clients and threads do not survive that.
"""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from pathlib import Path

from common.errors import SiemError
from es_loader.commands import worker
from es_loader.commands.worker import Loaded
from es_loader.receive import LogObject

ENDED = (
    "a worker process came to an end, for want of memory perhaps; run the same command again, with"
    " fewer --workers if need be"
)


class Workers:
    """The processes. Ctrl-C reaches only who asks them; they end with their parent, however."""

    def __init__(self, number: int, overwrite: bool, rules: Path | None = None) -> None:
        self._overwrite = overwrite
        self._pending: dict[Future[Loaded], LogObject] = {}
        context = get_context("spawn")
        others = context.Value("b", 0)
        self._executor = ProcessPoolExecutor(number, context, worker.begin, (others, rules))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which they inherit
        try:
            for _ in range(number):
                self._executor.submit(os.getpid)
        finally:
            signal.signal(signal.SIGINT, before)

    def begin(self, log_object: LogObject) -> None:
        """Have an object loaded. SiemError, if the processes have come to an end."""
        try:
            future = self._executor.submit(worker.load, log_object, self._overwrite)
        except BrokenProcessPool:
            raise SiemError(ENDED) from None
        self._pending[future] = log_object

    def results(self, most: int = 0) -> Iterator[Loaded]:
        """What became of objects, as they end, until at most `most` are under way."""
        while len(self._pending) > most:
            for future in wait(self._pending, return_when=FIRST_COMPLETED).done:
                log_object = self._pending.pop(future)
                try:
                    loaded = future.result()
                except BrokenProcessPool:
                    loaded = Loaded(log_object.key, "failed", "worker_ended", ENDED)
                yield loaded

    def cancel(self) -> None:
        """Begin no more objects; those that are begun stay under way."""
        self._pending = {f: each for f, each in self._pending.items() if not f.cancel()}

    def kill(self) -> None:
        """End the processes at once, which loses as little as the end of a Lambda function."""
        for process in active_children():
            process.kill()

    def close(self) -> None:
        """Let the processes end."""
        self._executor.shutdown(cancel_futures=True)
