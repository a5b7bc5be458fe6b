"""What lines of Lambda functions become, beyond what the samples show."""

import json
import time
from typing import Any

import pytest

from tests.log_types.documents import documents

SIZE = 64 * 1024
TOO_LONG = 2.0  # seconds of CPU; a pass over 64 KB takes a few milliseconds


def of(line: str) -> dict[str, Any]:
    """The document of a line, as CloudWatch Logs delivers it."""
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "/aws/lambda/orders",
        "logStream": "x",
        "logEvents": [{"id": "1", "timestamp": 1, "message": line}],
    }
    (found,) = documents("lambda_logs", json.dumps(envelope).encode())
    return found


def test_tabs_that_a_shipper_has_escaped_are_tabs() -> None:
    found = of("REPORT RequestId: x\\tDuration: 3003.16 ms\\tMemory Size: 128 MB\\t\\n")
    assert found["aws"]["lambda"] == {"duration": 3003.16, "memory_size": 128}
    assert found["event"]["duration"] == 3_003_160_000


def test_a_request_that_is_undefined_is_no_value() -> None:
    found = of("2026-11-24T19:30:36.113Z\tundefined\tINFO\tloading")
    assert "faas" not in found
    assert found["message"] == "loading"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"type": 1, "message": None, "level": ["INFO"], "requestId": {}},
        {"type": "platform.report", "record": {"metrics": [], "tracing": "x", "status": 1}},
        {"type": "platform.report", "record": {"metrics": {"durationMs": {"a": 1}}}},
        {"type": "platform.start", "time": 5, "record": None},
        {"stackTrace": [1, {"a": 2}], "errorType": ["x"]},
    ],
)
def test_members_of_other_types_are_passed_over(value: dict[str, Any]) -> None:
    assert of(json.dumps(value))["event"]["kind"] == "event"


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("REPORT ", "A: "),
        ("REPORT ", "\t"),
        ("REPORT ", "Duration: 1 ms\t"),
        ("START RequestId: ", " Version: "),
        ("[ERROR] ", "a"),
        ("[ERROR] ", "a."),
        ("[ERROR] ", "ValueError"),
        ("[", "A"),
        ("", "A_"),
        ("", " "),
        ("2026-11-24T19:30:36.113Z ", "1"),
    ],
)
def test_a_hostile_line_takes_linear_time_and_is_kept(start: str, unit: str) -> None:
    line = start + unit * (SIZE // len(unit)) + "."
    began = time.process_time()
    assert of(line)["event"]["original"] == line
    assert time.process_time() - began < TOO_LONG
