"""The cluster as the loader meets it: how fast it may be asked, and what it answers.

It outlives the objects that are loaded, so that a cluster in distress is spared by the next one
too. What it does under stress: one request at a time instead of four, half the size each time, and
pauses that double from 1 s to 60 s; each success takes a step back.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson
from opensearchpy import ConnectionTimeout, OpenSearch, OpenSearchException, TransportError

from common.errors import OutOfTime, Retry
from common.opensearch import refresh_credentials
from common.telemetry import emit, logger

MOST_IN_FLIGHT = 4
MOST_BYTES = 5 * 1024 * 1024
LEAST_BYTES = 256 * 1024
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# Left for the quarantine files and the ledger when the cluster does not take the documents.
RESERVE = 20.0
REQUEST_SECONDS = 60.0

Deadline = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request: status 200 and `data`, or an error's type and reason.

    status    0 where no answer came
    seconds   until it came
    """

    status: int
    data: Any = None
    error: str = ""
    reason: str = ""
    seconds: float = 0.0


class Cluster:
    """A client and the pace at which it is used. One thread decides, up to four send."""

    def __init__(
        self,
        client: OpenSearch,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._request_seconds = request_seconds
        self.client, self.clock, self.sleep, self._jitter = client, clock, sleep, jitter
        self.most_in_flight = MOST_IN_FLIGHT
        self.most_bytes = MOST_BYTES
        self.not_before = 0.0
        self._ceiling = MOST_BYTES
        self._stress = 0
        self._stressed_at = 0.0
        self._cause = ""
        self._threads = ThreadPoolExecutor(MOST_IN_FLIGHT, "bulk")

    def submit(
        self, deadline: Deadline, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> "Future[Reply]":
        """As `ask`, in a thread."""
        return self._threads.submit(self.ask, deadline, method, path, body, headers)

    def ask(
        self,
        deadline: Deadline,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        reserve: float = RESERVE / 2,
    ) -> Reply:
        """Send a request once; after 401 or 403 once more with fresh credentials.

        It never raises for what the cluster or the network does, see `Reply`, and takes no longer
        than the time left less `reserve`, but a second at least.
        """
        timeout = min(self._request_seconds, max(1.0, deadline() - reserve))
        reply = self._ask(method, path, body, headers, timeout)
        if reply.status in (401, 403) and refresh_credentials(self.client):
            logger.warning("credentials refreshed", extra={"status": reply.status})
            reply = self._ask(method, path, body, headers, timeout)
        return reply

    def which_exist(
        self, deadline: Deadline, documents: Iterable[tuple[str, str]]
    ) -> set[tuple[str, str]] | None:
        """Those of the documents, each (index, id), that are indexed; None if it does not say.

        A closed index has none: it cannot be asked.
        """
        docs = [{"_index": index, "_id": id} for index, id in documents]
        body = orjson.dumps({"docs": docs})
        reply = self.ask(deadline, "POST", "/_mget?_source=false", body)
        answers = reply.data.get("docs") if isinstance(reply.data, dict) else None
        if not isinstance(answers, list) or len(answers) != len(docs):
            return None
        errors = {answer["error"]["type"] for answer in answers if "error" in answer}
        if errors - {"index_closed_exception"}:
            return None
        return {(answer["_index"], answer["_id"]) for answer in answers if answer.get("found")}

    def eased(self) -> None:
        """An answer without refusals came: take a step back towards the full pace."""
        self._stress, self._cause = 0, ""
        if self.most_bytes < self._ceiling:
            self.most_bytes = min(self._ceiling, self.most_bytes * 2)
        elif self.most_in_flight < MOST_IN_FLIGHT:
            self.most_in_flight += 1

    def stressed(self, cause: str, asked: float) -> None:
        """The cluster is overloaded or unreachable: fewer and smaller requests, after a pause.

        Answers to what was `asked` (clock) before the last such step are part of the same trouble.
        """
        self.refused(cause)
        if asked < self._stressed_at:
            return
        self.most_in_flight = 1
        self.most_bytes = min(self._ceiling, max(LEAST_BYTES, self.most_bytes // 2))
        self._stress += 1
        self._cause = cause
        self._stressed_at = self.clock()
        self.not_before = self._stressed_at + self.pause(self._stress)

    def refused(self, cause: str) -> None:
        """Count something that is tried again, by its error type."""
        logger.warning("OpenSearch refuses", extra={"cause": cause, "in_a_row": self._stress})
        emit({"RetryCount": 1}, error_type=cause)

    def too_large(self, size: int) -> None:
        """A body of `size` bytes got 413: none as large is sent again."""
        self._ceiling = max(1, size // 2)
        self.most_bytes = min(self.most_bytes, self._ceiling)

    def pause(self, attempt: int) -> float:
        """Seconds to wait before an attempt that follows `attempt` failed ones, with jitter."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt - 1, 10))
        return longest * (0.5 + 0.5 * self._jitter())

    def wait(self, until: float, deadline: Deadline, cause: str, reserve: float = RESERVE) -> None:
        """Sleep until then; Retry, or OutOfTime without a cause, if the time left ends before."""
        seconds = until - self.clock()
        if seconds >= deadline() - reserve:
            if cause := cause or self._cause:
                raise Retry(cause, "no time left to try again")
            raise OutOfTime("no time left to send what was read")
        if seconds > 0:
            self.sleep(seconds)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None,
        timeout: float,
    ) -> Reply:
        started = time.perf_counter()
        try:
            data = self.client.transport.perform_request(
                method, path, body=body, headers=headers, timeout=timeout
            )
        except ConnectionTimeout as error:
            return Reply(0, None, "timeout", str(error.error))
        except TransportError as error:
            if isinstance(error.status_code, int):
                kind = error.error if isinstance(error.info, dict) else ""
                kind = kind if isinstance(kind, str) and kind else f"status_{error.status_code}"
                return Reply(error.status_code, None, kind, str(error.info)[:1000])
            return Reply(0, None, "connection", str(error.error))
        except OpenSearchException as error:
            return Reply(0, None, "malformed_answer", str(error))
        return Reply(200, data, seconds=time.perf_counter() - started)
