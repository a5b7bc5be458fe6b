"""What a worker process does, in this one."""

from collections.abc import Callable

import pytest

from common.settings import Settings
from es_loader import pipeline
from es_loader.commands import worker
from es_loader.pipeline import LEAST_SECONDS
from es_loader.receive import LogObject
from tests.es_loader import faulty
from tests.es_loader.commands.conftest import FLOWS, OLD, Siem
from tests.es_loader.faulty import Answer, Clock, Faulty
from tests.es_loader.logs import flow, text_lines

KEY = f"{FLOWS}/1.log"


def begin(siem: Siem, proxy: Faulty, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Make this process a worker on the cluster behind the proxy, with a clock nobody waits for."""
    monkeypatch.setenv("OPENSEARCH_ENDPOINT", proxy.url)
    clock = Clock()
    parts = pipeline.build(Settings.from_environment())
    parts.cluster.clock, parts.cluster.sleep = clock.read, clock.sleep
    monkeypatch.setattr(worker, "_parts", lambda _: parts)
    monkeypatch.setattr(worker, "_workers", [None])

    def patience() -> Callable[[], float]:
        ends = clock.now + worker.PATIENCE
        return lambda: max(LEAST_SECONDS, ends - clock.now)

    monkeypatch.setattr(worker, "patience", patience)
    siem.put(KEY, text_lines(*map(flow, range(9))), OLD)
    return clock


def test_no_object_is_ever_so_long_that_its_rest_is_left_to_the_queue() -> None:
    assert worker.patience(0)() == LEAST_SECONDS
    assert LEAST_SECONDS < worker.patience()() <= worker.PATIENCE


def test_a_cluster_that_goes_on_refusing_makes_the_object_fail(
    siem: Siem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(request: faulty.Request, forward: faulty.Forward) -> Answer:
        if request.path.startswith("/_bulk"):
            return Answer(503, faulty.error("no_master"))
        return forward(request)

    with faulty.running(siem.stack.node.url) as proxy:
        clock = begin(siem, proxy, monkeypatch)
        proxy.always = refuse
        loaded = worker.load(LogObject(OLD, KEY), False)
        assert (loaded.key, loaded.outcome, loaded.cause) == (KEY, "failed", "no_master")
        assert sum(clock.slept) >= worker.PATIENCE - 120
        assert len(proxy.bulks) < 60  # pauses grow to a minute
        (entry,) = siem.entries(key=KEY)
        assert (entry["outcome"], entry["cause"]) == ("failed", "no_master")
        proxy.always = None
        loaded = worker.load(LogObject(OLD, KEY), False)
        assert (loaded.outcome, loaded.indexed) == ("loaded", 9)
    assert siem.messages("splitted_logs") == []
