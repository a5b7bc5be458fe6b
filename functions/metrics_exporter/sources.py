"""Learns how often each log source is heard, and says which ones have fallen silent.

A source is silent when it has been quiet for longer than twice its longest pause of the last four
weeks, and longer than a floor. A pause that was called silence is not learned, or an outage would
teach us to overlook the next one. A source is judged once it is known for eight days, so that a
weekend is among its pauses, and was heard in three runs.

Quiet time passes only while other sources are heard: when nothing at all is indexed, the loader has
stopped, which other alarms tell, and no source is to blame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from metrics_exporter.activity import Seen, SourceId

LEARNING = timedelta(days=8)
LEAST_RUNS = 3
REMEMBERED = timedelta(days=28)
FORGOTTEN = timedelta(days=90)
TIMES_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a source.

    runs     in how many runs it was heard
    quiet    seconds of quiet up to now
    pauses   day -> the longest pause that ended on it, in seconds
    silent   it was called silent, and not heard since
    """

    first_seen: datetime
    last_seen: datetime
    runs: int = 1
    quiet: float = 0.0
    pauses: Mapping[str, float] = field(default_factory=dict)
    silent: bool = False

    @property
    def expected(self) -> float:
        """Seconds within which it has always been heard again so far."""
        return max(self.pauses.values(), default=0.0)


@dataclass(frozen=True, slots=True)
class History:
    """All sources, as of `until`."""

    until: datetime
    sources: Mapping[SourceId, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run says of a source.

    limit   seconds of quiet after which it is silent; None: it is still being learned
    """

    source: SourceId
    known: Source
    documents: int
    limit: float | None
    was_silent: bool

    @property
    def silent(self) -> bool:
        """Whether it has fallen silent."""
        return self.known.silent


def observe(
    history: History, seen: Mapping[SourceId, Seen], since: datetime, until: datetime, floor: float
) -> tuple[History, list[Verdict]]:
    """The history after a window in which these sources were seen, and what to say of each source.

    floor   seconds of quiet that no source is called silent for
    """
    passed = (until - since).total_seconds() if seen else 0.0
    sources: dict[SourceId, Source] = {}
    verdicts: list[Verdict] = []
    for id in sorted(history.sources.keys() | seen.keys()):
        before = history.sources.get(id)
        now = _heard(before, seen[id], since, until) if id in seen else before
        assert now is not None
        if id not in seen:
            now = replace(now, quiet=now.quiet + passed)
            if until - now.last_seen > FORGOTTEN:
                continue
        limit = _limit(now, until, floor)
        now = replace(now, silent=limit is not None and now.quiet > limit)
        sources[id] = now
        documents = seen[id].documents if id in seen else 0
        verdicts.append(Verdict(id, now, documents, limit, bool(before and before.silent)))
    return History(until, sources), verdicts


def _heard(before: Source | None, seen: Seen, since: datetime, until: datetime) -> Source:
    first, last = _moment(seen.first), _moment(seen.last)
    quiet = max(0.0, (until - last).total_seconds())
    if before is None:
        return Source(first, last, quiet=quiet)
    pause = before.quiet + max(0.0, (first - since).total_seconds())
    pauses = {
        day: seconds
        for day, seconds in before.pauses.items()
        if day >= f"{until - REMEMBERED:%Y-%m-%d}"
    }
    if not before.silent:
        day = f"{first:%Y-%m-%d}"
        pauses[day] = max(pause, pauses.get(day, 0.0))
    return replace(
        before, last_seen=last, runs=before.runs + 1, quiet=quiet, pauses=pauses, silent=False
    )


def _limit(source: Source, until: datetime, floor: float) -> float | None:
    if source.runs < LEAST_RUNS or until - source.first_seen < LEARNING:
        return None
    return max(floor, TIMES_PAUSE * source.expected)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
