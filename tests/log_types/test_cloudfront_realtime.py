"""What CloudFront's real-time logs become, beyond what the samples show."""

import json
from typing import Any

import pytest

from tests.log_types.documents import documents, refused

NAME = "cloudfront_realtime"


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"timestamp": {}, "c-ip": ["203.0.113.1"], "sc-status": [], "cs-protocol": ["https"]},
        {"x-host-header": 5, "cs-user-agent": {"a": "b"}, "cs-uri-query": [1], "s-ip": {}},
        {"time-taken": "x", "x-forwarded-for": 7, "ssl-protocol": 1, "c-ip-version": 4},
        {"cs-headers": [1, None, {"Name": 1}, ["a"]], "cs-header-names": {"a": 1}},
        {"cs-protocol-version": None, "x-edge-request-id": [None], "new": {"deep": [1]}},
    ],
)
def test_members_of_other_types_are_passed_over(members: dict[str, Any]) -> None:
    data = json.dumps(members).encode()
    assert not refused(NAME, data)
    assert len(documents(NAME, data)) == 1


def test_a_choice_of_columns_that_nobody_can_tell_is_quarantined() -> None:
    (found,) = refused(NAME, b"1795547764.145\t203.0.113.1\tGET\t/a\t200")
    assert found["reason"] == "no_match"


def test_json_that_is_cut_is_quarantined_and_the_rest_is_kept() -> None:
    data = b'{"c-ip":"203.0.113.1"}\n{"c-ip":"203.0.113.2","cs-\n{"c-ip":"203.0.113.3"}\n'
    assert [d["source"]["ip"] for d in documents(NAME, data)] == ["203.0.113.1", "203.0.113.3"]
    (found,) = refused(NAME, data)
    assert (found["position"], found["reason"]) == (1, "malformed")
