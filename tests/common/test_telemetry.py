import json

import pytest

from common.telemetry import UNITS, emit


def test_metrics_are_one_line_of_embedded_metric_format(
    capsys: pytest.CaptureFixture[str],
) -> None:
    emit({"RetryCount": 1, "InputLogFileSize": 12.5}, error_type="timeout")
    (line,) = capsys.readouterr().out.splitlines()
    metrics = json.loads(line)
    (described,) = metrics["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "SIEM"
    assert [name for name in described["Dimensions"][0] if name != "service"] == ["error_type"]
    assert {each["Name"]: each["Unit"] for each in described["Metrics"]} == {
        "RetryCount": "Count",
        "InputLogFileSize": "Bytes",
    }
    assert metrics["error_type"] == "timeout"
    assert metrics["InputLogFileSize"] == [12.5]


def test_dimensions_of_one_line_are_not_those_of_the_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    emit({"RetryCount": 1}, error_type="timeout")
    emit({"TotalLogFileCount": 1})
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert "error_type" in first
    assert "error_type" not in second


def test_the_names_that_dashboards_of_the_earlier_siem_use_are_there() -> None:
    assert UNITS.keys() >= {
        "InputLogFileSize",
        "OutputDataSize",
        "SuccessLogLoadCount",
        "ErrorLogLoadCount",
        "ExcludedLogCount",
        "CountedLogCount",
        "TotalDurationTime",
        "EsResponseTime",
        "TotalLogFileCount",
        "TotalLogCount",
    }
