"""When a log source counts as silent, hour by hour."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from metrics_exporter.activity import Seen, SourceId
from metrics_exporter.sources import History, Verdict, observe

START = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
TRAIL = SourceId("cloudtrail", "111122223333", "eu-west-1")
OTHER = SourceId("vpc_flow", "111122223333", "eu-west-1")
HOUR = timedelta(hours=1)
FLOOR = 4 * 3600.0
DAY = 24

Heard = Callable[[int], bool]


class Life:
    """The hours of one source beside another that is heard in each, or in none of `dead`."""

    def __init__(self, heard: Heard, dead: Iterable[int] = ()) -> None:
        self.heard, self.dead = heard, set(dead)
        self.history = History(START)
        self.hour = 0
        self.silent_at: list[int] = []
        self.verdict: Verdict | None = None

    def run(self, until: int) -> "Life":
        """Live through the hours before this one."""
        for hour in range(self.hour, until):
            since = START + hour * HOUR
            middle = int((since + HOUR / 2).timestamp() * 1000)
            alive = hour not in self.dead
            seen = {OTHER: Seen(10, middle, middle)} if alive else {}
            if alive and self.heard(hour):
                seen[TRAIL] = Seen(1, middle, middle)
            self.history, verdicts = observe(self.history, seen, since, since + HOUR, FLOOR)
            self.verdict = next((each for each in verdicts if each.source == TRAIL), None)
            if self.verdict and self.verdict.silent:
                self.silent_at.append(hour)
        self.hour = until
        return self


def always(hour: int) -> bool:
    return True


def nightly(hour: int) -> bool:
    return hour % DAY == 2


def office(hour: int) -> bool:
    day, of_day = divmod(hour, DAY)
    return day % 7 < 5 and 9 <= of_day < 18


def until(end: int, heard: Heard) -> Heard:
    return lambda hour: hour < end and heard(hour)


@pytest.mark.parametrize("heard", [always, nightly, office])
def test_a_source_that_keeps_its_rhythm_is_never_called_silent(heard: Heard) -> None:
    assert Life(heard).run(60 * DAY).silent_at == []


def test_a_source_of_every_hour_is_silent_after_the_floor() -> None:
    life = Life(until(20 * DAY, always)).run(21 * DAY)
    assert life.silent_at[0] == 20 * DAY + 3
    assert life.verdict and life.verdict.silent
    assert life.verdict.limit == FLOOR


def test_a_nightly_source_is_silent_after_two_nights() -> None:
    last = 19 * DAY + 2
    life = Life(until(20 * DAY, nightly)).run(25 * DAY)
    assert life.silent_at[0] == last + 2 * DAY
    assert life.verdict and life.verdict.limit == 2 * DAY * 3600


def test_a_weekend_teaches_that_weekends_are_quiet() -> None:
    friday = 18 * DAY + 17
    life = Life(until(19 * DAY, office)).run(30 * DAY)
    longest = (3 * DAY - 8) * 3600  # Friday evening to Monday morning
    assert life.verdict and life.verdict.limit == 2 * longest
    assert life.silent_at[0] == friday + 2 * longest // 3600


def test_a_new_source_is_not_judged_for_eight_days() -> None:
    life = Life(until(2 * DAY, always)).run(8 * DAY)
    assert life.silent_at == []
    assert life.verdict and life.verdict.limit is None
    assert life.run(8 * DAY + 1).silent_at == [8 * DAY]


def test_a_source_that_was_heard_once_or_twice_is_never_judged() -> None:
    assert Life(until(2, always)).run(30 * DAY).silent_at == []


def test_an_outage_that_was_called_silence_does_not_teach_that_outages_are_normal() -> None:
    def heard(hour: int) -> bool:
        return not 20 * DAY <= hour < 22 * DAY and not hour >= 30 * DAY

    life = Life(heard).run(29 * DAY)
    assert life.verdict and not life.verdict.silent
    assert life.verdict.limit == FLOOR
    life.silent_at.clear()
    assert life.run(31 * DAY).silent_at[0] == 30 * DAY + 3


def test_a_pause_is_forgotten_after_four_weeks() -> None:
    def heard(hour: int) -> bool:
        return not 5 * DAY <= hour < 6 * DAY

    life = Life(heard).run(20 * DAY)
    assert life.verdict and life.verdict.limit == 2 * 25 * 3600
    life.run(40 * DAY)
    assert life.verdict.limit == FLOOR


def test_a_source_that_is_heard_again_says_so_once() -> None:
    life = Life(lambda hour: not 20 * DAY <= hour < 21 * DAY).run(21 * DAY)
    assert life.verdict and life.verdict.silent
    life.run(21 * DAY + 1)
    assert (life.verdict.silent, life.verdict.was_silent) == (False, True)
    life.run(21 * DAY + 2)
    assert (life.verdict.silent, life.verdict.was_silent) == (False, False)


def test_while_nothing_at_all_is_indexed_no_source_is_to_blame() -> None:
    dead = range(20 * DAY, 22 * DAY)
    life = Life(always, dead).run(30 * DAY)
    assert life.silent_at == []
    assert life.verdict and life.verdict.limit == FLOOR


def test_a_source_that_is_silent_for_three_months_is_forgotten() -> None:
    life = Life(until(20 * DAY, always)).run(100 * DAY)
    assert life.verdict and life.verdict.silent
    assert life.run(111 * DAY).verdict is None


def test_the_same_log_type_of_another_account_or_region_is_another_source() -> None:
    since = START
    seen = {
        SourceId("cloudtrail", account, region): Seen(1, 0, 0)
        for account in ("111122223333", "444455556666")
        for region in ("eu-west-1", "us-east-1")
    }
    history, verdicts = observe(History(since), seen, since, since + HOUR, FLOOR)
    assert len(history.sources) == len(verdicts) == 4
