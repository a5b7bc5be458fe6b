"""What the logs of Network Firewall become, beyond what the samples show."""

import json
from typing import Any

import pytest

from tests.log_types.documents import documents


@pytest.mark.parametrize(
    ("tcp", "flags"),
    [
        ({"tcp_flags": "1b"}, ["fin", "syn", "psh", "ack"]),
        ({"tcp_flags": "00", "syn": True}, ["syn"]),
        ({"tcp_flags": "zz", "ack": True, "syn": True, "rst": False}, ["syn", "ack"]),
        ({"tcp_flags": "  ", "ack": True}, ["ack"]),
        ({"tcp_flags": [1], "ack": "yes"}, None),
    ],
)
def test_the_flags_of_a_flow_are_told_by_a_number_or_by_their_names(
    tcp: dict[str, Any], flags: list[str] | None
) -> None:
    record = {"firewall_name": "f", "event": {"event_type": "netflow", "tcp": tcp}}
    (found,) = documents("network_firewall", json.dumps(record).encode())
    assert found["aws"]["network_firewall"].get("tcp_flags") == flags
