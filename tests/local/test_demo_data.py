"""The sample objects: their number, times, keys and framing."""

import gzip
import json
from datetime import UTC, datetime

from local import demo_data

NOW = datetime(2026, 11, 24, 20, 15, tzinfo=UTC)
OBJECTS = demo_data.generate("111122223333", "ap-northeast-1", NOW)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert demo_data.generate("111122223333", "ap-northeast-1", NOW) == OBJECTS
    assert demo_data.generate("111122223333", "ap-northeast-1", NOW, seed=2) != OBJECTS


def test_ten_log_types_with_at_least_five_hundred_records() -> None:
    assert len({made.log_type for made in OBJECTS} - {""}) == 10
    assert sum(made.records for made in OBJECTS) >= 500


def test_keys_are_different() -> None:
    assert len({made.key for made in OBJECTS}) == len(OBJECTS)


def test_event_times_lie_in_the_last_hour() -> None:
    body = next(made.body for made in OBJECTS if made.log_type == "cloudtrail")
    times = [event["eventTime"] for event in json.loads(gzip.decompress(body))["Records"]]
    assert min(times) >= "2026-11-24T19:15:00Z" and max(times) <= "2026-11-24T20:15:00Z"


def test_cloudwatch_envelopes_follow_one_another_without_a_newline() -> None:
    body = next(made.body for made in OBJECTS if made.log_type == "linux_secure")
    text = gzip.decompress(body).decode()
    assert "\n" not in text
    assert text.count('"messageType": "DATA_MESSAGE"') == 3
    assert text.count('"messageType": "CONTROL_MESSAGE"') == 1


def test_one_object_has_one_line_that_is_no_json() -> None:
    (damaged,) = [made for made in OBJECTS if made.broken]
    broken = 0
    for line in gzip.decompress(damaged.body).splitlines():
        try:
            json.loads(line)
        except ValueError:
            broken += 1
    assert broken == damaged.broken == 1
