"""Objects that CloudWatch Logs exports to S3: each message with its time before it."""

import io
from typing import Any

import pytest

from es_loader import log_type_file
from es_loader.decode import LogTypes, parts
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.record import Header

NAMES = ("eks_audit", "lambda_logs", "linux_messages", "rds_postgresql", "vpc_flow")
TYPES: dict[str, LogType] = {name: log_type_file.load(log_type_file.HERE / name) for name in NAMES}
TIME = "2026-11-24T20:00:00.123Z"
FLOW = "2 111122223333 eni-0a1b2c3d 192.0.2.1 198.51.100.7 1024 443 6 10 840 1795546800 1795546860"


def records(name: str, text: str | bytes) -> list[Any]:
    """The records of an object of a log type."""
    body = text.encode() if isinstance(text, str) else text
    stream = Stream(io.BytesIO(body))
    found = parts(stream, LogTypes(TYPES), TYPES[name])
    return [each for part in found for each in part.records if not isinstance(each, Header)]


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("eks_audit", ['{"kind": "Event", "auditID": "1"}', '{"kind": "Event",\n "auditID": "2"}']),
        ("vpc_flow", [f"{FLOW} ACCEPT OK", f"{FLOW} REJECT OK"]),
        (
            "lambda_logs",
            ["START RequestId: 1 Version: 7", "Traceback\n  line 1", "END RequestId: 1"],
        ),
        (
            "rds_postgresql",
            ["2026-11-24 20:00:00 UTC:192.0.2.1(50000):a@b:[7]:LOG:  select 1\n\tfrom c"],
        ),
    ],
    ids=["json", "columns", "lines", "records of several lines"],
)
def test_messages_lose_the_time_that_the_export_put_before_them(
    name: str, messages: list[str]
) -> None:
    exported = "".join(f"{TIME} {message}\n" for message in messages)
    assert records(name, exported) == messages


def test_a_line_that_begins_with_a_time_of_its_own_keeps_it() -> None:
    line = f"{TIME} web-1 systemd[1]: Started session."
    assert records("linux_messages", line) == [line]


def test_lines_of_an_exported_record_of_several_messages_are_joined() -> None:
    first = "2026-11-24 20:00:00 UTC:192.0.2.1(50000):a@b:[7]:LOG:  statement: select 1"
    exported = f"{TIME} {first}\n{TIME} \tfrom c\n{TIME} {first}\n"
    assert records("rds_postgresql", exported) == [f"{first}\n\tfrom c", first]


def test_bytes_that_are_no_utf_8_stay_in_exported_json() -> None:
    assert records("eks_audit", f'{TIME} {{"a": "'.encode() + b'\xff"}\n') == [b'{"a": "\xff"}']


def test_the_answer_of_the_api_has_messages_too() -> None:
    answer = '{"events": [{"timestamp": 1, "message": "{\\"auditID\\": \\"1\\"}"}, {"a": 1}]}'
    one, other = records("eks_audit", answer)
    assert (one, other.reason) == ('{"auditID": "1"}', "malformed")
