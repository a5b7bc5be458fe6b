"""Which log type an object's records have, and whether they are in an envelope."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from common.errors import LogTypeError, ObjectSkipped
from es_loader import log_type_file
from es_loader.decode import LogTypes, Part, parts
from es_loader.fetch import Stream
from es_loader.record import Broken, Header
from tests.es_loader import logs

NAMES = (
    *("cloudtrail", "guardduty", "inspector", "linux_secure", "okta", "securityhub"),
    *("vpc_flow", "waf"),
)
TYPES = {name: log_type_file.load(log_type_file.HERE / name) for name in NAMES}
ALL = LogTypes(TYPES)


def found(body: bytes, by_key: str | None = None, forced: bool = False) -> list[Part]:
    """The parts of an object, without the names of columns."""
    kind = TYPES[by_key] if by_key else None
    return [
        replace(part, records=[each for each in part.records if not isinstance(each, Header)])
        for part in parts(Stream(io.BytesIO(body)), ALL, kind, forced)
    ]


def records(body: bytes, by_key: str | None = None, forced: bool = False) -> list[tuple[str, Any]]:
    """(log type, record) of an object."""
    return [
        (part.log_type.name if part.log_type else "", record)
        for part in found(body, by_key, forced)
        for record in part.records
    ]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("AWSLogs/111122223333/CloudTrail/", "folder_marker"),
        ("CloudWatchLogs/", "folder_marker"),
        ("photos/cat.jpg", "unknown_key"),
        ("", "unknown_key"),
    ],
)
def test_a_key_of_no_log_is_skipped(key: str, reason: str) -> None:
    with pytest.raises(ObjectSkipped) as raised:
        ALL.of_object(key)
    assert str(raised.value) == reason


def test_a_key_decides_a_log_type_or_leaves_it_to_the_content() -> None:
    assert ALL.of_object(TYPES["waf"].match.examples[0]) is TYPES["waf"]
    assert ALL.of_object("CloudWatchLogs/2026/11/24/stream-1.gz") is None


def test_a_key_of_two_log_types_is_a_mistake_in_them() -> None:
    twice = LogTypes({"waf": TYPES["waf"], "copy": replace(TYPES["waf"], name="copy")})
    with pytest.raises(LogTypeError):
        twice.of_object(TYPES["waf"].match.examples[0])


@pytest.mark.parametrize("name", ["logEvents", "messageType", "logGroup", "detail-type", "source"])
def test_whoever_is_logged_cannot_make_an_object_look_like_an_envelope(name: str) -> None:
    names = {"logEvents": [], "messageType": "", "logGroup": "", "detail-type": "", "source": ""}
    odd = logs.trail(0, userAgent=name, requestParameters=names, responseElements={name: [name]})
    body = logs.records(odd, logs.trail(1))
    assert [kind for kind, _ in records(body, "cloudtrail")] == ["cloudtrail"] * 2
    lines = logs.json_lines(logs.waf(0, httpRequest=names, action=name), logs.waf(1))
    assert [kind for kind, _ in records(lines, "waf")] == ["waf"] * 2


@pytest.mark.parametrize("line", ["{", '{"a', '{"a":1}', "{not json}", '{"x":{"message":"y"}}'])
def test_a_first_line_that_looks_like_json_leaves_the_others_what_they_are(line: str) -> None:
    body = logs.text_lines(line, logs.secure(1), logs.secure(2))
    assert records(body, "linux_secure") == [
        ("linux_secure", each) for each in (line, logs.secure(1), logs.secure(2))
    ]


@pytest.mark.parametrize("member", ["message", "log"])
def test_lines_that_an_agent_has_wrapped_are_unwrapped(member: str) -> None:
    wrapped = {"container_id": "0a1b", member: logs.secure(1) + "\n"}
    ((_, first), (_, second)) = records(logs.json_lines(wrapped, {"other": 1}), "linux_secure")
    assert first == logs.secure(1)
    assert isinstance(second, Broken) and second.reason == "malformed"


def test_control_messages_and_blank_messages_do_not_count() -> None:
    body = logs.cloudwatch("x", "CWL CONTROL MESSAGE", messageType="CONTROL_MESSAGE")
    body += logs.cloudwatch("vpc-flow-logs", logs.flow(0), "", " \n", logs.flow(1) + "\n")
    assert records(body) == [("vpc_flow", logs.flow(0)), ("vpc_flow", logs.flow(1))]


def test_the_log_group_decides_for_each_envelope() -> None:
    body = b"\n".join(
        [
            logs.cloudwatch("vpc-flow-logs", logs.flow(0)),
            logs.cloudwatch("nobody-knows", "a line"),
            logs.cloudwatch("/linux/secure", logs.secure(0)),
        ]
    )
    known = [("vpc_flow", logs.flow(0)), ("", "a line"), ("linux_secure", logs.secure(0))]
    assert records(body) == known
    assert records(body, "waf")[1] == ("waf", "a line")
    assert {kind for kind, _ in records(body, "waf", forced=True)} == {"waf"}


def test_an_envelope_says_whose_its_records_are() -> None:
    (part,) = found(logs.cloudwatch("vpc-flow-logs", logs.flow(0)))
    assert (part.account, part.region) == ("111122223333", "")
    event = logs.eventbridge("aws.guardduty", "GuardDuty Finding", logs.finding(0, 8))
    (part,) = found(logs.json_lines(event))
    assert (part.account, part.region) == ("111122223333", "us-east-1")


@pytest.mark.parametrize("events", [None, "text", {"a": 1}])
def test_an_envelope_without_log_events_is_one_broken_record(events: Any) -> None:
    body = logs.cloudwatch("vpc-flow-logs", logEvents=events)
    good = logs.cloudwatch("vpc-flow-logs", logs.flow(0))
    (_, broken), (_, line) = records(body + b"\n" + good)
    assert isinstance(broken, Broken) and broken.reason == "malformed"
    assert line == logs.flow(0)


@pytest.mark.parametrize("between", [b"", b"\n", b" ", b",\n"])
@pytest.mark.parametrize("odd", [b"{}", b"7", b'"text"', b'{"messageType":"DATA_MESSAGE"}'])
def test_what_is_no_envelope_between_envelopes_is_told(between: bytes, odd: bytes) -> None:
    good = logs.cloudwatch("vpc-flow-logs", logs.flow(0))
    separated = b"\n" if odd[:1] != b"{" else between
    found_records = records(good + separated + odd + separated + good)
    assert [isinstance(record, Broken) for _, record in found_records] == [False, True, False]


def test_of_a_broken_envelope_the_log_events_before_the_break_are_given() -> None:
    body = logs.cloudwatch("vpc-flow-logs", *map(logs.flow, range(9)))
    broken = body.replace(b'"id":"5"', b'"id":"5')
    good = logs.cloudwatch("vpc-flow-logs", logs.flow(9))
    given = [record for _, record in records(broken + b"\n" + good)]
    assert given[:5] == [logs.flow(n) for n in range(5)]
    assert isinstance(given[5], Broken) and given[5].reason == "malformed"
    assert given[5].raw.startswith(b'{"id":"5,')
    assert given[6:] == [logs.flow(9)]


def test_the_source_and_detail_type_decide_for_each_event() -> None:
    findings = {"findings": [{"Id": "1"}, {"Id": "2"}]}
    body = logs.json_lines(
        logs.eventbridge("aws.guardduty", "GuardDuty Finding", {"id": "1"}),
        logs.eventbridge("aws.nobody", "Something", {"a": 1}),
        logs.eventbridge("aws.securityhub", "Security Hub Findings - Imported", findings),
    )
    assert [(kind, json.loads(record)) for kind, record in records(body)] == [
        ("guardduty", {"id": "1"}),
        ("", {"a": 1}),
        ("securityhub", {"Id": "1"}),
        ("securityhub", {"Id": "2"}),
    ]


def test_a_detail_type_decides_alone_where_its_log_type_names_no_source() -> None:
    body = logs.json_lines(
        logs.eventbridge("aws.s3", "AWS API Call via CloudTrail", {"eventID": "1"}),
        logs.eventbridge("aws.inspector2", "AWS API Call via CloudTrail", {"eventID": "2"}),
        logs.eventbridge("aws.inspector2", "Inspector2 Finding", {"findingArn": "3"}),
        logs.eventbridge("aws.partner/okta.com/example/siem", "SystemLog", {"uuid": "4"}),
    )
    assert [kind for kind, _ in records(body)] == ["cloudtrail", "cloudtrail", "inspector", "okta"]


@pytest.mark.parametrize(
    "more", [{"account": 111122223333}, {"region": None}, {"time": float("nan")}]
)
def test_an_odd_member_of_an_event_does_not_take_its_detail_with_it(more: dict[str, Any]) -> None:
    event = logs.eventbridge("aws.guardduty", "GuardDuty Finding", {"id": "1"})
    ((kind, record),) = records(logs.json_lines(event | more))
    assert (kind, json.loads(record)) == ("guardduty", {"id": "1"})


def framing(types: dict[str, Any], by_key: str | None = None) -> str:
    """The hash of how an object is cut into records."""
    return LogTypes(types).framing(types[by_key] if by_key else None)


def test_the_framing_is_the_same_for_the_same_log_types() -> None:
    assert framing(TYPES) == framing(dict(reversed(TYPES.items())))
    assert framing(TYPES, "waf") == framing(TYPES, "waf") != framing(TYPES, "vpc_flow")


@pytest.mark.parametrize(
    "change", [{"records": ("x",)}, {"header": True}, {"event": "E"}, {"delimiter": ";"}]
)
def test_the_framing_changes_with_how_any_log_type_is_read(change: dict[str, Any]) -> None:
    waf = replace(TYPES["waf"], read=replace(TYPES["waf"].read, **change))
    assert framing(TYPES | {"waf": waf}) != framing(TYPES)
    assert framing(TYPES | {"waf": waf}, "vpc_flow") != framing(TYPES, "vpc_flow")


def test_the_framing_does_not_change_with_the_mapping() -> None:
    assert framing(TYPES | {"waf": replace(TYPES["waf"], mapping={})}) == framing(TYPES)


def test_events_in_an_array_are_unwrapped() -> None:
    events = [
        logs.eventbridge("aws.guardduty", "GuardDuty Finding", {"id": "1"}),
        logs.eventbridge("aws.nobody", "Something", {"a": 1}),
    ]
    body = json.dumps(events).encode()
    assert [(kind, json.loads(r)) for kind, r in records(body)] == [
        ("guardduty", {"id": "1"}),
        ("", {"a": 1}),
    ]


def test_lists_of_records_in_an_array_are_unwrapped_and_what_else_is_in_it_is_told() -> None:
    body = (
        b'[{"Records": [{"a": 1}, {"a": 2}]}, {"a": 3}, {"Records": []}, {"Records": [{"a": 4}]}]'
    )
    assert records(body, "cloudtrail") == [
        ("cloudtrail", b'{"a": 1}'),
        ("cloudtrail", b'{"a": 2}'),
        ("cloudtrail", b'{"a": 3}'),
        ("cloudtrail", b'{"Records": []}'),
        ("cloudtrail", b'{"a": 4}'),
    ]


def test_an_event_with_an_empty_list_of_findings_is_a_record() -> None:
    kind = "Security Hub Findings - Imported"
    event = logs.eventbridge("aws.securityhub", kind, {"findings": []})
    ((found, record),) = records(logs.json_lines(event))
    assert (found, json.loads(record)) == ("securityhub", {"findings": []})


def test_events_that_eventbridge_writes_to_a_log_group_are_unwrapped() -> None:
    event = logs.eventbridge("aws.guardduty", "GuardDuty Finding", {"id": "1"})
    messages = [json.dumps(event), "no event", json.dumps(event | {"source": "acme"})]
    body = logs.cloudwatch("/aws/events/audit", *messages)
    parts = [(p.log_type and p.log_type.name, p.account, p.records) for p in found(body)]
    assert parts == [
        ("guardduty", "111122223333", [b'{"id": "1"}']),
        (None, "111122223333", ["no event"]),
        (None, "111122223333", [b'{"id": "1"}']),
    ]


def test_the_log_group_decides_for_events_that_no_log_type_names() -> None:
    event = logs.eventbridge("acme", "Something", {"id": "1"})
    body = logs.cloudwatch("/aws/events/guardduty", json.dumps(event))
    assert records(body) == [("guardduty", b'{"id": "1"}')]


def test_extracted_fields_say_whose_a_log_event_is() -> None:
    fields = [None, {"@aws.account": "444455556666", "@aws.region": "eu-west-1"}, {"level": "x"}]
    body = json.loads(logs.cloudwatch("audit/cloudtrail", '{"a": 1}', '{"a": 2}', '{"a": 3}'))
    for event, extracted in zip(body["logEvents"], fields, strict=True):
        event["extractedFields"] = extracted
    assert [(p.account, p.region, p.records) for p in found(json.dumps(body).encode())] == [
        ("111122223333", "", ['{"a": 1}']),
        ("444455556666", "eu-west-1", ['{"a": 2}']),
        ("111122223333", "", ['{"a": 3}']),
    ]
