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


def test_json_that_a_function_has_written_behind_a_head_is_text() -> None:
    found = of(
        '2026-11-24T19:30:36.113Z\t22295190-4893-42bf-affa-3147b29fc286\tWARN\t{"level":"x"}'
    )
    assert found["message"] == '{"level":"x"}'
    assert found["log"]["level"] == "WARN"


@pytest.mark.parametrize("end", ["", "\n", "\\n"])
def test_the_begin_and_the_end_of_an_invocation_name_it(end: str) -> None:
    begin = of(f"START RequestId: 22295190 Version: $LATEST{end}")
    assert begin["faas"] == {"execution": "22295190", "version": "$LATEST"}
    assert begin["message"] == "START RequestId: 22295190 Version: $LATEST"
    assert of(f"END RequestId: 22295190{end}")["faas"]["execution"] == "22295190"


@pytest.mark.parametrize("tab", ["\t", "\\t"])
def test_what_follows_the_usual_figures_of_a_report_is_read(tab: str) -> None:
    parts = "REPORT RequestId: x,Duration: 2.5 ms,Billed Duration: 3 ms,Memory Size: 128 MB"
    parts += ",Max Memory Used: 61 MB,Init Duration: 100.5 ms,Status: timeout"
    found = of(parts.replace(",", tab))
    assert found["aws"]["lambda"]["init_duration"] == 100.5
    assert found["aws"]["lambda"]["max_memory_used"] == 61
    assert found["event"]["outcome"] == "failure"
    assert found["event"]["duration"] == 2_500_000
    assert found["faas"]["coldstart"] is True
