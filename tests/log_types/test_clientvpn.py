"""What the connection logs of Client VPN become, beyond what the samples show."""

import json
from typing import Any

import pytest

from tests.log_types.documents import documents


@pytest.mark.parametrize(
    ("received", "sent", "both"),
    [("1", "2", 3), (1, 2, 3), ("1", "NA", None), ("1", None, None), ("1", [2], None)],
)
def test_bytes_of_both_directions_are_added_where_both_are_numbers(
    received: Any, sent: Any, both: int | None
) -> None:
    record = {"connection-id": "a", "ingress-bytes": received, "egress-bytes": sent}
    (found,) = documents("clientvpn", json.dumps(record).encode())
    assert found.get("network", {}).get("bytes") == both


def test_a_fact_of_another_type_is_passed_over() -> None:
    record = {"device-type": ["mac"], "username": "alice", "device-ip": "203.0.113.82"}
    (found,) = documents("clientvpn", json.dumps(record).encode())
    assert found["event"]["type"] == ["connection"]
    assert found["user"]["name"] == "alice"
    assert found["source"]["ip"] == "203.0.113.82"
