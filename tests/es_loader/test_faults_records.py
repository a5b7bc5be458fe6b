"""Records of an odd shape: each is kept, and none takes another one with it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from configure_domain.templates import put_templates
from es_loader import handler as es_loader
from es_loader import log_type_file, pipeline
from es_loader.decode import LogTypes
from es_loader.ledger import Run
from es_loader.normalize import Normalizer
from es_loader.receive import LogObject
from tests.es_loader import logs
from tests.es_loader.loading import Loaded, Loader

LONG = "x" * 40_000


def original(document: dict[str, Any]) -> Any:
    """What the document keeps of its record."""
    return json.loads(document["event"]["original"])


def test_row_14_a_record_without_a_time_takes_that_of_its_object(loader: Loader) -> None:
    event = logs.trail(1)
    del event["eventTime"]
    odd = [event, event | {"eventTime": None}, event | {"eventTime": "yesterday"}]
    loaded = loader.load(logs.records(logs.trail(0), *odd, logs.trail(2)))
    assert loaded.counts == (5, 5, 0)
    modified = loaded.entries[0]["modified"]
    assert [document["@timestamp"] == modified for document in loaded.documents] == [
        *(False, True, True, True, False),
    ]
    sources = [document.get("siem", {}).get("time_source") for document in loaded.documents]
    assert sources == [None, "object", "object", "object", None]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("2026-11-24T19:00:60Z", "2026-11-24T19:00:59Z"),
        ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.5Z"),
        (1_795_546_800, "2026-11-24T19:00:00.000Z"),
        (1_795_546_800_123, "2026-11-24T19:00:00.123Z"),
        (1_795_546_800.5, "2026-11-24T19:00:00.500Z"),
        ("1795546800", "2026-11-24T19:00:00.000Z"),
    ],
)
def test_row_14_second_60_is_59_and_a_time_may_be_a_number(
    loader: Loader, given: Any, taken: str
) -> None:
    loaded = loader.load(logs.records(logs.trail(0), logs.trail(1, eventTime=given), logs.trail(2)))
    assert loaded.counts == (3, 3, 0)
    assert loaded.documents[1]["@timestamp"] == taken
    assert "siem" not in loaded.documents[1]


def test_row_14_without_an_event_id_the_id_is_the_object_and_the_record_number(
    loader: Loader,
) -> None:
    event = logs.trail(1, eventID="0a1b2c3d-1111-2222-3333-444455556666")
    loaded = loader.load(logs.records(logs.trail(0), event, logs.trail(2, eventID=None)))
    assert loaded.counts == (3, 3, 0)
    first, second, third = (document["_id"] for document in loaded.documents)
    assert (first[:-1], first[-2:], third[-2:]) == (third[:-1], "-0", "-2")
    assert not second.startswith(first[:-2])


def test_row_15_what_is_no_object_in_records_is_kept(loader: Loader) -> None:
    odd: list[Any] = [None, "text", 7, 1.5, True, [], ["a", {"b": 1}], {}]
    loaded = loader.load(logs.records(logs.trail(0), *odd, logs.trail(1)))
    assert loaded.counts == (10, 10, 0)
    assert [original(document) for document in loaded.documents[1:-1]] == odd
    assert all(d["siem"]["time_source"] == "object" for d in loaded.documents[1:-1])


@pytest.mark.parametrize("content", [None, "text", 7, {"a": 1}])
def test_row_15_records_that_are_no_array_are_one_record(loader: Loader, content: Any) -> None:
    loaded = loader.load(json.dumps({"Records": content}).encode())
    assert loaded.counts == (1, 1, 0)
    assert original(loaded.documents[0]) == {"Records": content}


@pytest.mark.parametrize(
    ("odd", "field", "value"),
    [
        ({"userIdentity": [{"type": "IAMUser"}]}, "aws.cloudtrail.user_identity.type", None),
        ({"userIdentity": "root"}, "aws.cloudtrail.user_identity.type", None),
        ({"requestParameters": ["a", 1]}, "aws.cloudtrail.request.bucket_name", None),
        ({"requestParameters": "text"}, "aws.cloudtrail.request.bucket_name", None),
        ({"eventName": 1.5}, "event.action", "1.5"),
        ({"eventName": {"a": 1}}, "event.action", None),
        ({"sourceIPAddress": ["192.0.2.1", "192.0.2.2"]}, "source.ip", ["192.0.2.1", "192.0.2.2"]),
        ({"sourceIPAddress": ["192.0.2.1", "no address"]}, "source.ip", ["192.0.2.1"]),
        ({"sourceIPAddress": "s3.amazonaws.com"}, "source.ip", None),
        ({"readOnly": "perhaps"}, "aws.cloudtrail.read_only", None),
        ({"readOnly": "true"}, "aws.cloudtrail.read_only", True),
        (
            {"additionalEventData": {"bytesTransferredIn": "1.5"}},
            "aws.cloudtrail.bytes_in",
            None,
        ),
        ({"additionalEventData": {"bytesTransferredIn": "7"}}, "aws.cloudtrail.bytes_in", 7),
    ],
)
def test_row_15_a_field_of_another_type_is_repaired_or_left_out(
    loader: Loader, odd: dict[str, Any], field: str, value: Any
) -> None:
    event = logs.trail(1, **odd)
    loaded = loader.load(logs.records(logs.trail(0), event, logs.trail(2)))
    assert loaded.counts == (3, 3, 0)
    assert value_of(loaded.documents[1], field) == value
    assert original(loaded.documents[1]) == event
    assert loaded.documents[1]["event"]["provider"] == "s3.amazonaws.com"


def test_row_16_of_a_flow_with_missing_columns_what_is_there_is_mapped(loader: Loader) -> None:
    short = logs.flow(1).rsplit(" ", 4)[0]
    lines = [logs.FLOW_HEADER, logs.flow(0), short, "nonsense", logs.flow(2)]
    loaded = loader.load(logs.text_lines(*lines), "vpc_flow")
    assert loaded.counts == (4, 3, 1)
    assert loaded.refused == [(2, "no_match")]
    assert loaded.quarantined[0]["record"] == "nonsense"
    document = loaded.documents[1]
    assert (document["source"]["ip"], document["network"]["bytes"]) == ("192.0.2.1", 8400)
    assert document["siem"]["time_source"] == "object"


def test_row_16_a_format_without_times_is_loaded(loader: Loader) -> None:
    lines = ["srcaddr dstaddr bytes", "192.0.2.1 198.51.100.7 84", "192.0.2.2 198.51.100.7 85"]
    loaded = loader.load(logs.text_lines(*lines), "vpc_flow")
    assert loaded.counts == (2, 2, 0)
    assert [document["network"]["bytes"] for document in loaded.documents] == [84, 85]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (logs.alb(request="M-SEARCH * HTTP/1.1"), "http.request.method", "M-SEARCH"),
        (logs.alb(request="- http://shop.example.com:80- -"), "url.domain", "shop.example.com"),
        (logs.alb(request="GET https://shop.example.com:443/a b HTTP/1.1"), "url.path", "/a b"),
        (logs.alb(agent='a "quoted" agent'), "user_agent.original", 'a "quoted" agent'),
        (logs.alb(agent=""), "url.path", "/a"),
        (logs.alb(more=' TID_0a1b "-" "-" "-" new 1 "a b"'), "aws.alb.more", 'new 1 "a b"'),
        (logs.alb(more=" x"), "url.path", "/a"),
        (logs.alb(more="").partition(' "shop.example.com"')[0], "url.path", "/a"),
    ],
)
def test_row_17_an_odd_request_agent_or_column_is_no_reason_to_refuse_a_line(
    loader: Loader, line: str, field: str, value: str
) -> None:
    loaded = loader.load(logs.text_lines(logs.alb(), line, logs.alb()), "alb")
    assert loaded.counts == (3, 3, 0)
    assert value_of(loaded.documents[1], field).strip() == value


@pytest.mark.parametrize(
    "line",
    [
        "b owner example-bucket [24/Nov/2026:19:00:00 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET"
        '.OBJECT a "GET /a HTTP/1.1" 200 - 9 9 7 6 "-" "agent" -',
        "owner example-bucket [24/Nov/2026:19:00:00 +0000] 192.0.2.3 - 3E57427F3EXAMPLE",
        "{not a line of this log}",
        "x",
    ],
)
def test_row_17_a_line_that_fits_no_format_is_quarantined_and_the_rest_indexed(
    loader: Loader, line: str
) -> None:
    lines = [logs.alb()] * 1000
    lines[0] = lines[500] = line
    loaded = loader.load(logs.text_lines(*lines), "alb")
    assert loaded.counts == (1000, 998, 2)
    assert loaded.refused == [(0, "no_match"), (500, "no_match")]
    assert {kept["record"] for kept in loaded.quarantined} == {line}


def test_row_18_messages_that_fit_no_format_are_quarantined(loader: Loader) -> None:
    lines = [logs.flow(n) for n in range(100)]
    for position in (0, 50, 99):
        lines[position] = f"nonsense-{position}"
    loaded = loader.load(logs.cloudwatch("vpc-flow-logs", *lines), "vpc_flow")
    assert loaded.counts == (100, 97, 3)
    assert loaded.refused == [(0, "no_match"), (50, "no_match"), (99, "no_match")]
    assert loaded.quarantined[1]["record"] == "nonsense-50"


def test_row_18_a_dash_is_no_value(loader: Loader) -> None:
    lines = [
        "2 111122223333 eni-0a1b2c3d - - - - - - - 1795546800 1795546860 - NODATA",
        "2 - - - - - - - - - - - - -",
    ]
    loaded = loader.load(logs.text_lines(logs.FLOW_HEADER, *lines), "vpc_flow")
    assert loaded.counts == (2, 2, 0)
    for document in loaded.documents:
        assert '"-"' not in json.dumps(document)
        assert not {"source", "destination"} & document.keys()


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"userAgent": LONG}, "user_agent.original"),
        ({"errorCode": LONG}, "error.code"),
        ({"requestParameters": {"bucketName": LONG}}, "aws.cloudtrail.request.bucket_name"),
        ({"requestParameters": {"bucketName": "é" * 20_000}}, "aws.cloudtrail.request.bucket_name"),
        ({"requestParameters": {"unmapped": LONG}}, ""),
        ({LONG: LONG}, ""),
    ],
)
def test_row_22_a_string_of_40000_characters_is_kept_whole(
    loader: Loader, odd: dict[str, Any], field: str
) -> None:
    event = logs.trail(1, **odd)
    loaded = loader.load(logs.records(logs.trail(0), event, logs.trail(2)))
    assert loaded.counts == (3, 3, 0)
    assert original(loaded.documents[1]) == event
    if field:
        assert len(value_of(loaded.documents[1], field)) >= 20_000
        assert not is_indexed(loader, loaded.documents[1], field)
        assert is_indexed(loader, loaded.documents[1], "event.provider")


def is_indexed(loader: Loader, document: dict[str, Any], field: str) -> bool:
    """Whether a field of a document can be searched for."""
    own, there = {"ids": {"values": [document["_id"]]}}, {"exists": {"field": field}}
    query = {"bool": {"filter": [own, there]}}
    found = loader.stack.opensearch.count(index=document["_index"], body={"query": query})
    return bool(found["count"])


def value_of(document: dict[str, Any], field: str) -> Any:
    """The value of a field, None where there is none."""
    found: Any = document
    for name in field.split("."):
        found = found.get(name, {})
    return None if found == {} else found


@pytest.mark.parametrize(
    "odd",
    [
        {"resources": [{"ARN": "arn:aws:s3:::a"}, {"ARN": LONG}]},
        {"sourceIPAddress": ["192.0.2.1", LONG]},
        {"requestParameters": {"instancesSet": {"items": [{"instanceId": LONG}] * 2}}},
        {"userAgent": ["short", LONG]},
    ],
)
def test_row_23_a_string_of_40000_characters_in_a_list_is_kept_whole(
    loader: Loader, odd: dict[str, Any]
) -> None:
    event = logs.trail(1, **odd)
    loaded = loader.load(logs.records(logs.trail(0), event, logs.trail(2)))
    assert loaded.counts == (3, 3, 0)
    assert original(loaded.documents[1]) == event


def test_row_25_a_field_that_changes_its_type_is_indexed_each_time(loader: Loader) -> None:
    values: list[Any] = [
        *("text", "", "-", 7, 1.5, True, None, [], {}, ["a"], [{"a": 1}], [["a"]]),
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}}]},
        json.dumps({"Version": "2012-10-17", "Statement": []}),
        "HIDDEN_DUE_TO_SECURITY_REASONS",
    ]
    places = ("policy", "bucketName", "instanceType", "cidrIp")
    events = [
        logs.trail(n, requestParameters=dict.fromkeys(places, value), responseElements=value)
        for n, value in enumerate(values)
    ]
    events += [
        logs.trail(n, userIdentity=value, resources=value, readOnly=value, tlsDetails=value)
        for n, value in enumerate(values)
    ]
    loaded = loader.load(logs.records(*events))
    assert loaded.counts == (len(events), len(events), 0)
    assert [original(document) for document in loaded.documents] == events


def test_row_27_identical_lines_are_as_many_documents(loader: Loader) -> None:
    loaded = loader.load(logs.text_lines(logs.FLOW_HEADER, *[logs.flow(7)] * 3), "vpc_flow")
    assert loaded.counts == (3, 3, 0)
    assert len({document["_id"] for document in loaded.documents}) == 3


@pytest.mark.parametrize(
    ("severity", "number", "name"),
    [
        (0.1, 0, "informational"),
        (1, 1, "low"),
        (3.9, 3, "low"),
        (4, 4, "medium"),
        (6.9, 6, "medium"),
        (7, 7, "high"),
        (8.9, 8, "high"),
        (9, 9, "critical"),
        (9.5, 9, "critical"),
        (10, 10, "critical"),
        (11, 10, "critical"),
    ],
)
def test_row_30_every_severity_of_a_finding_has_its_name(
    loader: Loader, severity: float, number: int, name: str
) -> None:
    loaded = loader.load(logs.json_lines(logs.finding(round(severity * 10), severity)), "guardduty")
    assert loaded.counts == (1, 1, 0)
    (document,) = loaded.documents
    assert document["event"]["severity"] == number
    assert document["siem"]["severity"] == name
    assert document["aws"]["guardduty"]["threat_purpose"] == "AttackSequence"


TOML = """
description = "a log type whose transform fails"
vendor = "example"
index = "monthly"
[match]
key = 'fragile'
examples = ["fragile/1"]
[read]
{read}
[time]
field = "time"
[ecs]
message = "message"
"""
TRANSFORM = """
def transform(record, document):
    fail(record["message"])


def fail(message):
    if message == "key":
        raise KeyError("absent")
    if message == "value":
        int("no number")
    if message == "type":
        None + 1
"""


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (
            'format = "json"',
            logs.json_lines(*({"message": m} for m in ("a", "key", "value", "type", "b"))),
        ),
        (
            'format = "lines"\npattern = "(?P<message>.*)"',
            logs.text_lines("a", "key", "value", "type", "b"),
        ),
    ],
)
def test_row_30_an_error_in_a_transform_quarantines_the_record_with_the_place_of_the_error(
    loader: Loader, tmp_path: Path, read: str, body: bytes
) -> None:
    folder = tmp_path / "fragile"
    folder.mkdir()
    (folder / "log_type.toml").write_text(TOML.format(read=read))
    (folder / "transform.py").write_text(TRANSFORM)
    fragile = log_type_file.load(folder)
    put_templates(loader.stack.opensearch, {"fragile": fragile})
    parts = replace(es_loader._built()[1], normalizer=Normalizer(LogTypes({"fragile": fragile})))
    key = f"fragile/{tmp_path.name}"
    loader.put(key, body)
    pipeline.load(parts, LogObject(loader.bucket, key), Run(lambda: 600.0))
    loaded: Loaded = loader.loaded(key)
    assert loaded.counts == (5, 2, 3)
    assert loaded.offsets == [0, 4]
    assert loaded.refused == [(n, "transform_error") for n in (1, 2, 3)]
    errors = [line["error"] for line in loaded.quarantined]
    assert errors[0] == "KeyError: 'absent' (transform.py:8)"
    assert errors[1].startswith("ValueError: invalid literal") and "transform.py:10" in errors[1]
    assert errors[2].startswith("TypeError: ") and "transform.py:12" in errors[2]
