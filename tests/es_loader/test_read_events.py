"""Events whose details hold a list of records."""

import json
from typing import Any

import pytest

from es_loader.envelopes import Part
from es_loader.envelopes.events import details
from es_loader.log_type import LogType
from es_loader.log_type_file import load_all
from es_loader.record import Broken

SECURITYHUB = load_all()["securityhub"]  # its lists are `findings`, or `Findings`


def event(detail: Any, source: str = "aws.securityhub") -> bytes:
    return json.dumps(
        {
            "detail-type": "Security Hub Findings - Imported",
            "source": source,
            "account": "111122223333",
            "region": "eu-west-1",
            "time": "2026-11-24T20:00:00Z",
            "detail": detail,
        }
    ).encode()


def of_event(source: str, detail_type: str) -> LogType | None:
    return SECURITYHUB if source == "aws.securityhub" else None


def seen(parts: list[Part]) -> list[Any]:
    return [(part.records, part.account, part.region, part.moments) for part in parts]


@pytest.mark.parametrize(
    "raw",
    [
        event({"findings": [{"Id": "a"}, {"Id": "b"}]}),
        event({"actionName": "x", "findings": [{"Id": "a"}]}),
        event({"Findings": [{"Id": "a"}], "findings": [{"Id": "b"}]}),
        event({"findings": [], "Findings": [{"Id": "a"}]}),
        event({"findings": None, "Findings": [{"Id": "a"}]}),
        event({"findings": []}),
        event({"findings": {"Id": "a"}}),
        event({"Id": "a"}),
        event({}),
        event("text"),
        event([{"findings": []}]),
        event({"findings": [{"Id": "a"}]}, "aws.other"),
        event({"findings": [{"Id": "a"}]}, ""),
        event({"findings": [{"Id": "ä"}]}).replace(b"\\u00e4", b"\xff"),
        b'{"detail": {"findings": [NaN]}, "source": "aws.securityhub"}',
        b'{"findings": [{"Id": "a"}]}',
        b"{",
        b"7",
    ],
)
def test_a_log_type_that_the_key_or_the_event_names_gets_the_same_records(raw: bytes) -> None:
    known, told = (list(details([raw], by_key, of_event)) for by_key in (SECURITYHUB, None))
    for part in known:
        assert part.log_type is SECURITYHUB
    assert seen(known) == seen(told) or told[0].log_type is None


def test_a_broken_piece_stays_where_it_is() -> None:
    broken = Broken(b"{", "malformed", "no JSON")
    ours, rest = details([event({"findings": [{"Id": "a"}]}), broken], SECURITYHUB, of_event)
    assert (ours.records, rest.records) == ([b'{"Id": "a"}'], [broken])
