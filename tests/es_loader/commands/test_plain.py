"""What the loader's parts tell people instead of CloudWatch."""

import logging
import os

import pytest

from common.telemetry import emit, logger
from es_loader.commands.plain import DISABLED, plain_log
from tests.logs import Logs


def test_a_warning_is_a_line_with_its_cause_and_is_not_repeated(logs: Logs) -> None:
    with plain_log():
        for cause in ("timeout", "timeout", "no_master"):
            logger.warning("OpenSearch refuses", extra={"cause": cause})
        logger.info("object skipped")
    assert logs.text.splitlines() == [
        "siem: OpenSearch refuses: timeout",
        "siem: OpenSearch refuses: no_master",
    ]


def test_after_it_all_is_as_it_was(logs: Logs) -> None:
    client = logging.getLogger("opensearch")
    before = (logger.log_level, client.level, os.environ.get(DISABLED))
    with pytest.raises(ValueError), plain_log():
        raise ValueError
    assert (logger.log_level, client.level, os.environ.get(DISABLED)) == before
    logger.warning("twice")
    logger.warning("twice")
    assert logs.messages == ["twice", "twice"]


def test_metrics_stay_off_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    with plain_log():
        emit({"RetryCount": 1}, error_type="timeout")
    assert capsys.readouterr().out == ""
    emit({"RetryCount": 1}, error_type="timeout")
    assert "RetryCount" in capsys.readouterr().out
