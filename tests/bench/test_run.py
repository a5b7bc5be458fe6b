"""make bench: its lines, and what it says to a wrong name."""

import re

import pytest

from bench import run


def test_an_unknown_name_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TYPES", "alb,cloud_trail")
    assert run.main() == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert re.fullmatch(r"bench: TYPES must be some of .*, got: cloud_trail\n", err)


def test_a_ratio_is_that_of_the_least_that_both_took() -> None:
    runs = [
        {"floor": 2.0, "ours": 3.0, "records": 60_000},
        {"floor": 2.5, "ours": 4.0, "records": 60_000},
        {"floor": 2.1, "ours": 3.1, "records": 60_000},
    ]
    assert run.described("alb", 42_000_000, 99.6, runs) == (
        "alb                 20,000 records/s    700 B/record  peak  100 MB  1.50 x floor"
    )


def test_the_cold_start_is_a_line_for_each_function(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TYPES", "cold_start")
    monkeypatch.setattr(run, "REPEATS", 1)
    assert run.main() == 0
    first, *others = capfd.readouterr().out.splitlines()
    line = r"cold_start +\d\.\d\d s CPU to the first document, imports \d\.\d\d s"
    assert re.fullmatch(line, first)
    told = [re.fullmatch(r"cold_start +\d\.\d\d s CPU to import (\w+)", each) for each in others]
    assert [each and each[1] for each in told] == run.OTHERS
    assert {"configure_domain", "loader_stopper"} <= {*run.OTHERS}
