import json
from datetime import UTC, datetime, timedelta

import pytest

from metrics_exporter import memory
from metrics_exporter.activity import SourceId
from metrics_exporter.sources import History, Source

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
HISTORY = History(
    NOW,
    {
        SourceId("cloudtrail", "111122223333", "eu-west-1"): Source(
            NOW - timedelta(days=9), NOW, 7, 120.0, {"2026-11-23": 4000.0}, True
        ),
        SourceId("okta", "", ""): Source(NOW, NOW),
    },
)


def test_a_history_is_what_it_was_when_it_is_read_again() -> None:
    assert memory.parse(memory.text(HISTORY)) == HISTORY


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        memory.text(HISTORY)[:-20],
        json.dumps({"until": "yesterday", "sources": []}).encode(),
        json.dumps({"until": NOW.isoformat(), "sources": [{"log_type": "x"}]}).encode(),
    ],
)
def test_what_is_no_history_is_told_from_one(body: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        memory.parse(body)
