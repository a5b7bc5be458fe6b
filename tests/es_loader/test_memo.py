"""What is kept of values."""

from es_loader import memo, times


def test_a_time_without_seconds_after_others_of_its_minute_is_a_time() -> None:
    indices = memo.Indices("log-aws-example", "monthly")
    reader = times.reader("iso8601", "UTC", 0)
    known = memo.Times(reader, indices, [], "log-aws-example-own", 0, 2_000_000_000_000)
    assert known["2026-11-24T20:05:07Z"] == ("2026-11-24T20:05:07Z", "log-aws-example-2026-11")
    assert known["2026-11-24T20:05"] == ("2026-11-24T20:05:00Z", "log-aws-example-2026-11")
    assert known["2026-11-24T20:05:"] is None
