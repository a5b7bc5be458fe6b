"""What CloudFront's standard logs become, beyond what the samples show."""

import json
from typing import Any

import pytest

from tests.log_types.documents import documents, refused

LINE = (
    "2026-11-24\t19:02:33\tSEA19-C2\t10\t203.0.113.12\tGET\t{host}\t"
    "/a\t200\t-\tx\t-\t-\tHit\tid\t{host}"
)


def of(line: str) -> dict[str, Any]:
    """The document of a line."""
    (found,) = documents("cloudfront_standard", line.encode())
    return found


def test_row_18_a_host_that_is_a_hyphen_is_no_value_and_the_line_is_kept() -> None:
    found = of(LINE.format(host="-"))
    assert found["source"]["ip"] == "203.0.113.12"
    assert "domain" not in found["url"]
    assert "destination" not in found
    assert "hosts" not in found["related"]


def test_row_18_of_100_messages_the_three_of_another_form_are_quarantined() -> None:
    good = LINE.format(host="www.example.com")
    messages = [good] * 97 + ["one", "{", "2026-11-24 two"]
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "/aws/cloudfront/EMLARXS9EXAMPLE",
        "logStream": "x",
        "logEvents": [{"id": "1", "timestamp": 1, "message": message} for message in messages],
    }
    data = json.dumps(envelope).encode()
    assert len(documents("cloudfront_standard", data)) == 97
    assert [(r["position"], r["outcome"]) for r in refused("cloudfront_standard", data)] == [
        (97, "quarantined"),
        (98, "quarantined"),
        (99, "quarantined"),
    ]


def test_columns_in_an_order_that_is_not_the_usual_one_are_not_taken_for_it() -> None:
    chosen = "2026-11-24\t19:02:33\tGET\twww.example.com\t/a\t200\t203.0.113.12"
    (found,) = refused("cloudfront_standard", chosen.encode())
    assert found["reason"] == "no_match"


CHOSEN = "c-ip time date sc-status cs-uri-stem"
VALUES = "203.0.113.12\t19:02:33\t2026-11-24\t200\t/a"


@pytest.mark.parametrize("values", [VALUES, VALUES.replace("\t", " ")])
def test_a_line_of_fields_names_the_columns_that_somebody_has_chosen(values: str) -> None:
    found = of(f"#Version: 1.0\n#Fields: {CHOSEN}\n{values}\n")
    assert found["@timestamp"] == "2026-11-24T19:02:33Z"
    assert found["source"]["ip"] == "203.0.113.12"
    assert found["http"]["response"]["status_code"] == 200
    assert found["url"] == {"path": "/a"}


def test_after_a_line_of_fields_no_line_is_taken_for_the_usual_one() -> None:
    usual = LINE.format(host="www.example.com")
    found = documents("cloudfront_standard", f"#Fields: {CHOSEN}\n{VALUES}\n{usual}".encode())
    assert [document["url"]["path"] for document in found] == ["/a", "203.0.113.12"]
    assert found[1]["event"]["original"] == usual


def test_one_column_more_than_are_known_is_kept_with_the_line() -> None:
    columns = LINE.format(host="h") + "\t-" * 17
    assert "original" not in of(columns)["event"]
    assert of(f"{columns}\tnew")["event"]["original"] == f"{columns}\tnew"


def test_json_in_an_envelope_is_read_by_the_names_of_its_members() -> None:
    messages = [json.dumps({"c-ip": "203.0.113.12", "cs-uri-stem": "/a", "viewer-x": "1"})] * 2
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "/aws/cloudfront/EMLARXS9EXAMPLE",
        "logEvents": [{"id": "1", "timestamp": 1, "message": message} for message in messages],
    }
    for found in documents("cloudfront_standard", json.dumps(envelope).encode()):
        assert found["source"]["ip"] == "203.0.113.12"
        assert found["aws"]["cloudfront"]["more"] == ["viewer-x=1"]


def test_what_the_client_has_encoded_stays_encoded() -> None:
    line = LINE.format(host="h").replace("/a", "/%2541%2F").replace("\tx\t-", "\tx%2520y\t%2527")
    found = of(line)
    assert found["url"]["path"] == "/%41%2F"
    assert found["url"]["query"] == "%27"
    assert found["user_agent"]["original"] == "x y"


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"date": 1, "time": None, "c-ip": ["203.0.113.1"], "sc-status": {}},
        {"x-host-header": 5, "cs(User-Agent)": {"a": "b"}, "cs-uri-query": [1]},
        {"time-taken": "x", "x-forwarded-for": 7, "ssl-protocol": 1, "cs-protocol": ["https"]},
        {"sc-status": "", "cs-protocol-version": None, "x-edge-request-id": [None]},
        {"time-taken": 1e400, "timestamp(ms)": [], "new": {"deep": [1]}},
    ],
)
def test_members_of_other_types_are_passed_over(members: dict[str, Any]) -> None:
    data = json.dumps(members).encode()
    assert not refused("cloudfront_standard", data)
    assert len(documents("cloudfront_standard", data)) == 1


def test_what_has_no_field_is_kept_by_name() -> None:
    found = of(json.dumps({"date": "2026-11-24", "time": "19:00:00", "viewer-x": "1", "y": "-"}))
    assert found["aws"]["cloudfront"]["more"] == ["viewer-x=1"]
    assert found["@timestamp"] == "2026-11-24T19:00:00Z"
