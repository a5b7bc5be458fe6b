"""An answer of an API, or an event, without any finding is left out under a name."""

import json

import pytest

from tests.log_types.documents import refused

TYPES = (
    "access_analyzer",
    "guardduty",
    "inspector",
    "macie",
    "securityhub",
    "securityhub_ocsf",
)
EMPTY: tuple[object, ...] = (
    [{"findings": []}],
    [{"Findings": []}],
    {"findings": None, "nextToken": None},
    {"detail-type": "Finding", "source": "aws", "detail": {"findings": []}},
)


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("body", EMPTY, ids=["list", "capital", "null", "event"])
def test_an_answer_or_event_without_findings_is_excluded(name: str, body: object) -> None:
    found = refused(name, json.dumps(body).encode())
    assert [each.get("rule") for each in found] == ["no_findings"]
