"""The sample objects: their number, times, keys and framing."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

from local import demo_data
from local.demo_data import attack
from local.demo_data.scene import INTRUDER

NOW = datetime(2026, 11, 24, 20, 15, tzinfo=UTC)
OBJECTS = demo_data.generate("111122223333", "ap-northeast-1", NOW)


def cloudtrail_events() -> list[dict[str, Any]]:
    bodies = [gzip.decompress(made.body) for made in OBJECTS if made.log_type == "cloudtrail"]
    return [event for body in bodies for event in json.loads(body)["Records"]]


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert demo_data.generate("111122223333", "ap-northeast-1", NOW) == OBJECTS
    assert demo_data.generate("111122223333", "ap-northeast-1", NOW, seed=2) != OBJECTS


def test_ten_log_types_with_at_least_nine_hundred_records() -> None:
    assert len({made.log_type for made in OBJECTS} - {""}) == 10
    assert sum(made.records for made in OBJECTS) >= 900


def test_keys_are_different() -> None:
    assert len({made.key for made in OBJECTS}) == len(OBJECTS)


def test_event_times_lie_in_the_last_hour() -> None:
    times = [event["eventTime"] for event in cloudtrail_events()]
    assert min(times) >= "2026-11-24T19:15:00Z" and max(times) <= "2026-11-24T20:15:00Z"


def test_cloudwatch_envelopes_follow_one_another_without_a_newline() -> None:
    body = next(made.body for made in OBJECTS if made.log_type == "linux_secure")
    text = gzip.decompress(body).decode()
    assert "\n" not in text
    assert text.count('"messageType": "DATA_MESSAGE"') == 3
    assert text.count('"messageType": "CONTROL_MESSAGE"') == 1


def test_one_object_has_one_line_that_is_no_json() -> None:
    (damaged,) = [made for made in OBJECTS if made.broken]
    broken = 0
    for line in gzip.decompress(damaged.body).splitlines():
        try:
            json.loads(line)
        except ValueError:
            broken += 1
    assert broken == damaged.broken == 1


def test_the_leaked_key_is_used_then_a_user_is_made_and_logging_is_stopped() -> None:
    done = [
        event["eventName"]
        for event in cloudtrail_events()
        if event["sourceIPAddress"] == INTRUDER
        and event["userIdentity"]["userName"] in (attack.VICTIM, attack.MADE)
        and "errorMessage" not in event
    ]
    story = [
        *("GetCallerIdentity", "CreateUser", "CreateLoginProfile", "AttachUserPolicy"),
        *("CreateAccessKey", "ConsoleLogin", "AuthorizeSecurityGroupIngress", "GetObject"),
        *("StopLogging", "DeleteFlowLogs"),
    ]
    assert [name for name in dict.fromkeys(done) if name in story] == story


def test_nobody_else_calls_from_the_address_of_the_attack() -> None:
    users = {
        event["userIdentity"]["userName"]
        for event in cloudtrail_events()
        if event["sourceIPAddress"] == INTRUDER and event["eventName"] != "ConsoleLogin"
    }
    assert users == {attack.VICTIM, attack.MADE}


def test_the_scan_is_refused_but_at_the_two_ports_that_were_opened() -> None:
    body = [made.body for made in OBJECTS if made.log_type == "vpc_flow"][-1]
    flows = [line.split() for line in gzip.decompress(body).decode().splitlines()[1:]]
    scan = [(each[4], int(each[6]), each[12]) for each in flows if each[3] == INTRUDER]
    assert len(scan) == len(attack.SCANNED) * 8
    accepted = {host: port for host, port, action in scan if action == "ACCEPT"}
    assert accepted == attack.OPENED
    assert sum(int(each[9]) for each in flows if each[4] == INTRUDER) > 10**9
