"""What is given on the command line."""

from datetime import UTC, datetime

import pytest

from common.errors import SiemError
from es_loader.commands.argument import moment, place
from es_loader.commands.messages import MOST_BYTES, _batches


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("s3://logs", ("logs", "")),
        ("s3://logs/", ("logs", "")),
        ("s3://my.logs-1/AWSLogs/a b+%20é/", ("my.logs-1", "AWSLogs/a b+%20é/")),
        ("s3://logs//x", ("logs", "/x")),
    ],
)
def test_a_place_is_a_bucket_and_a_prefix_as_it_is_written(
    text: str, read: tuple[str, str]
) -> None:
    assert place(text) == read


@pytest.mark.parametrize("text", ["logs", "s3:/logs", "s3://", "s3://UPPER/x", "https://logs/x"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(SiemError, match="s3://bucket/prefix"):
        place(text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-24", "2026-11-24T00:00:00+00:00"),
        ("2026-11-24T20:00:00Z", "2026-11-24T20:00:00+00:00"),
        ("2026-11-24T20:00:00+09:00", "2026-11-24T11:00:00+00:00"),
    ],
)
def test_a_time_is_read_in_utc(text: str, iso: str) -> None:
    assert moment("--since", text) == datetime.fromisoformat(iso).timestamp() * 1000


def test_an_age_is_counted_from_now() -> None:
    now = datetime.now(UTC).timestamp() * 1000
    ages = [moment("--since", text) for text in ("30m", "12h", "7d")]
    wanted = [now - minutes * 60_000 for minutes in (30, 720, 10_080)]
    assert ages == pytest.approx(wanted, abs=60_000)


@pytest.mark.parametrize("text", ["", "7", "7w", "1795546800", "2026-13-01", "soon"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(SiemError, match="--until must be a time"):
        moment("--until", text)


def test_a_batch_has_no_more_messages_and_bytes_than_sqs_takes() -> None:
    assert [len(batch) for batch in _batches(["x"] * 25)] == [10, 10, 5]
    large = "é" * (MOST_BYTES // 4)
    assert [len(batch) for batch in _batches([large] * 5)] == [2, 2, 1]
    assert list(_batches([])) == []
