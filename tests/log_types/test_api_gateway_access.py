"""What access logs of API Gateway become, beyond what the samples show."""

import json
from typing import Any

import pytest

from tests.log_types.documents import documents


def of(line: str) -> dict[str, Any]:
    """The document of a line."""
    (found,) = documents("api_gateway_access", line.encode())
    return found


@pytest.mark.parametrize("values", [("-", "GET"), ("GET", "-"), ("GET", "POST"), (None, "GET")])
def test_of_two_keys_with_one_field_the_first_that_has_a_value_counts(
    values: tuple[str | None, str],
) -> None:
    found = of(json.dumps(dict(zip(("httpMethod", "method"), values, strict=True)) | {"ip": "-"}))
    assert found["http"]["request"]["method"] == "GET"


@pytest.mark.parametrize("key", ["ip", "sourceIp", "source_ip", "$context.identity.sourceIp"])
def test_a_value_is_known_however_its_key_is_spelt(key: str) -> None:
    assert of(json.dumps({key: "203.0.113.1"}))["source"]["ip"] == "203.0.113.1"


def test_a_value_in_an_object_is_known_by_the_names_of_both() -> None:
    line = json.dumps({"identity": {"sourceIp": "203.0.113.1", "userAgent": "curl/8.11.0"}})
    found = of(line)
    assert found["source"]["ip"] == "203.0.113.1"
    assert found["user_agent"]["name"] == "curl"


def test_an_epoch_counts_before_any_other_time() -> None:
    times = {"requestTimeEpoch": 1795547764000, "requestTime": "24/Nov/2026:20:00:00 +0000"}
    assert of(json.dumps(times))["@timestamp"].startswith("2026-11-24T19:16:04")
    times |= {"requestTimeEpoch": "-"}
    assert of(json.dumps(times))["@timestamp"].startswith("2026-11-24T20:00:00")


def test_a_variable_without_quotes_may_have_no_value() -> None:
    found = of('{"status":200,"integrationLatency":-,"ip":"203.0.113.1"}')
    assert found["http"]["response"]["status_code"] == 200
    assert found["source"]["ip"] == "203.0.113.1"
