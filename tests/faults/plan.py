"""What goes wrong in a case: a seeded list of faults, used up one a request, in order of requests.

Each fault that is taken from the list is done to the request, for certain, and is counted then.
After the last one all goes well, so that every case comes to an end.
"""

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import TypeVar

from tests.es_loader import faulty
from tests.es_loader.faulty import Forward, Request
from tests.faults import aws_proxy
from tests.faults.aws_proxy import Call

REQUEST_SECONDS = 0.4  # after which a loader gives a request up
SILENT = REQUEST_SECONDS + 0.1
BLOCK = "index [{}] blocked by: [FORBIDDEN/8/index write (api)];"
# Errors for some documents: status, type.
ITEMS = {
    "400": (400, "mapper_parsing_exception"),
    "403": (403, "security_exception"),
    "429": (429, "rejected_execution_exception"),
    "503": (503, "unavailable_shards_exception"),
}
WHOLE = (401, 403, 413, 429, 502, 503, 504)
CONNECTION = ("reset before", "reset after", "slow", "kill before", "kill after")
SILENCES = ("timeout before", "timeout after", "late")
BULK = (
    *(f"item {code}" for code in ITEMS),
    *(f"item {code}" for code in ITEMS),
    *(f"status {code}" for code in WHOLE),
    *CONNECTION,
    *SILENCES,
    "half an answer",
    "index takes no writes",
)
# To the ledger, and to _mget. No answer to an entry is late: the run that comes after it does so
# once the node has dealt with it, as a message that failed is hidden for 15 s at least.
OTHER = (*(f"status {code}" for code in WHOLE if code != 413), *CONNECTION, *SILENCES[:2])
AWS = ("error 500", "error 503", "denied", "half a body", *CONNECTION)
ATTEMPTS = 5  # of a client of AWS: an error meets one of them, or all

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Plan:
    """The faults of a case, and what they have done.

    injected   how often each fault was done
    refused    ids of documents that were refused for their shape or size
    """

    def __init__(self, rng: Random, kill: Callable[[], None]) -> None:
        self._rng, self._kill = Random(rng.random()), kill
        self._bulk = _drawn(rng, BULK, rng.choice((0, 1, 2, 3, 4, 6)))
        self._other = _drawn(rng, OTHER, rng.choice((0, 0, 1, 2)))
        self._aws = _drawn(rng, AWS, rng.choice((0, 0, 1, 2, 3)), gaps=(0, 1, 2, 3, 4))
        self.injected: Counter[str] = Counter()
        self.refused: set[str] = set()
        self._blocked = ""  # the index that takes no writes
        self._writing = 0
        self._lock = threading.Condition()

    def opensearch(self, request: Request, forward: Forward) -> faulty.Answer | None:
        """The answer to a request to OpenSearch."""
        bulk = request.path.startswith("/_bulk")
        with self._lock:
            faults = self._bulk if bulk else self._other
            name = faults.popleft() if faults else ""
            if name == "index takes no writes":
                if self._blocked:
                    name = ""  # it does so already
                else:
                    self._lock.wait_for(lambda: not self._writing)
                    self._blocked = _index(request)
            if name:
                self.injected[f"{'bulk' if bulk else 'ledger'}: {name}"] += 1
        if bulk:
            forward = partial(self._write, forward)
        what, _, code = name.partition(" ")
        if name == "half an answer":
            answer = json.dumps(forward(request).body).encode()
            return faulty.Answer(200, answer[: len(answer) // 2])
        if what == "item":
            return self._items(request, forward, code)
        if what == "status":
            return self._status(request, int(code))
        return self._connection(name, request, forward)

    def aws(self, call: Call, forward: aws_proxy.Forward) -> aws_proxy.Answer | None:
        """The answer to a call of AWS."""
        with self._lock:
            name = self._aws.popleft() if self._aws else ""
            if name == "half a body" and call.name != "S3.GetObject":
                name = "error 500"
            if name:
                self.injected[f"{call.name}: {name}"] += 1
        match name:
            case "error 500":
                return aws_proxy.error(call, 500, "InternalError")
            case "error 503":
                return aws_proxy.error(call, 503, "SlowDown")
            case "denied":
                return aws_proxy.error(call, 403, "AccessDenied")
            case "half a body":
                answer = forward(call)
                half = len(answer.body) // 2
                return aws_proxy.Answer(answer.status, answer.body, answer.headers, sent=half)
        return self._connection(name, call, forward)

    def _connection(
        self, name: str, request: Asked, forward: Callable[[Asked], Told]
    ) -> Told | None:
        if name in ("late", "timeout before"):
            time.sleep(SILENT)
        if name == "slow":
            time.sleep(REQUEST_SECONDS / 8)
        if name in ("reset before", "timeout before"):
            return None
        if name == "kill before":
            self._kill()
            return None
        answer = forward(request)
        if name == "timeout after":
            time.sleep(SILENT)
        if name == "kill after":
            self._kill()
        return None if name in ("reset after", "kill after", "late", "timeout after") else answer

    def _items(self, request: Request, forward: Forward, code: str) -> faulty.Answer | None:
        ids = _ids(request)
        share = self._rng.choice((0.1, 0.5, 1.0))
        hit = {n for n in range(len(ids)) if self._rng.random() < share}
        hit |= {self._rng.randrange(len(ids))}
        if code == "400":
            self.refused |= {ids[n] for n in hit}
        return faulty.items(hit.__contains__, *ITEMS[code])(request, forward)

    def _status(self, request: Request, code: int) -> faulty.Answer:
        if code == 413 and len(ids := _ids(request)) == 1:
            self.refused |= set(ids)
        return faulty.Answer(code, faulty.error(f"injected_{code}"))

    def _write(self, forward: Forward, request: Request) -> faulty.Answer:
        """Have the node do what a bulk request asks for, but for an index that takes no writes: a
        block that is there stays, as nobody lifts it between two deliveries."""
        with self._lock:
            blocked = self._blocked
            self._writing += 1
        try:
            indices = [action["create"]["_index"] for action, _ in request.documents()]
            hit = {n for n, index in enumerate(indices) if index == blocked}
            if not hit:
                return forward(request)
            fault = faulty.items(
                hit.__contains__, 403, "cluster_block_exception", BLOCK.format(blocked)
            )
            answer = fault(request, forward)
            assert answer
            return answer
        finally:
            with self._lock:
                self._writing -= 1
                self._lock.notify_all()


def _drawn(
    rng: Random, faults: Sequence[str], number: int, gaps: Sequence[int] = (0, 0, 0, 1, 2)
) -> deque[str]:
    """As many faults, with requests between them that go well ("")."""
    drawn: deque[str] = deque()
    for _ in range(number):
        drawn.extend([""] * rng.choice(gaps))
        name = rng.choice(faults)
        lasts = name.startswith("error") and rng.random() < 0.3
        drawn.extend([name] * (ATTEMPTS if lasts else 1))
    return drawn


def _index(request: Request) -> str:
    """Index of the first document, unless that is a late one already."""
    index: str = request.documents()[0][0]["create"]["_index"]
    return index.removesuffix("-late")


def _ids(request: Request) -> list[str]:
    return [action["create"]["_id"] for action, _ in request.documents()]
