"""What a User-Agent header says becomes fields of the document."""

import json
import time
from typing import Any

import pytest

from es_loader.enrich import agent
from es_loader.log_type import AGENT

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


def told(header: str) -> dict[str, Any]:
    """The members that a header tells."""
    found = zip(agent.MEMBERS, agent.of(header), strict=True)
    return {name: json.loads(bytes(value)) for name, value in found if value is not None}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            IPHONE,
            {
                "name": "Mobile Safari",
                "version": "17.5",
                "device": {"name": "iPhone"},
                "os": {"name": "iOS", "version": "17.5", "full": "iOS 17.5"},
            },
        ),
        ("curl/8.11.0", {"name": "curl", "version": "8.11.0"}),
        ("Boto3/1.35.0 md/Botocore#1.35.0 os/linux", {"name": "Boto3", "version": "1.35.0"}),
        ("", {}),
        ("-", {}),
        ("nobody knows me", {}),
        ("é\x00\ufffd", {}),
    ],
)
def test_a_header_tells_program_system_and_device(header: str, expected: dict[str, Any]) -> None:
    found = told(header)
    assert {name: found.get(name) for name in expected} == expected
    assert expected or not found


def test_a_header_that_is_too_long_tells_nothing() -> None:
    assert told(IPHONE + " x" * agent.LONGEST) == {}


@pytest.mark.parametrize(
    "piece", ["Mozilla/5.0 ", "Version/1.1.1.1 ", "(((((((", ";;;;  ", "0.0.0.0"]
)
def test_a_hostile_header_costs_less_than_a_second(piece: str) -> None:
    agent.of("warm")
    started = time.process_time()
    agent.of((piece * agent.LONGEST)[: agent.LONGEST])
    assert time.process_time() - started < 1


def test_every_field_is_one_that_a_header_can_tell() -> None:
    members = {name.split(".")[1] for name in AGENT}
    assert members == set(agent.MEMBERS)
