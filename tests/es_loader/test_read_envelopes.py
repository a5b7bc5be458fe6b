"""What FireLens and SNS wrap records in."""

import json
from pathlib import Path
from typing import Any

import pytest

from common.errors import LogTypeError
from es_loader.decode import LogTypes, parts
from es_loader.fetch import Stream
from es_loader.log_type_file import load
from es_loader.read import Broken
from tests.es_loader.test_read import Pieces

LOG_TYPE = """
description = "a web server"
vendor = "test"
index = "monthly"
[match]
{match}
[read]
{read}
[time]
field = []
[ecs]
message = "message"
"""
LINES = "format = \"lines\"\npattern = '(?P<message>.*)'"
TASK = "arn:aws:ecs:us-east-2:111122223333:task/web/3de392df6bfa470b97edaa6f482cd7a6"


@pytest.fixture
def log_types(tmp_path: Path) -> LogTypes:
    found = {}
    for name, match, read in (
        ("web_access", "container = 'nginx'\noutput = 'stdout'", LINES),
        ("web_error", "container = 'nginx'\noutput = 'stderr'", LINES),
        ("app", "container = '(?:^|-)app(?:-|$)'", 'format = "json"'),
        ("findings", "source = 'acme.findings'", 'format = "json"\nrecords = ["findings"]'),
        ("lines", "log_group = 'lines'", LINES),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log_type.toml").write_text(LOG_TYPE.format(match=match, read=read))
        found[name] = load(tmp_path / name)
    return LogTypes(found)


def told(log_types: LogTypes, text: str, by_key: str = "") -> list[tuple[Any, ...]]:
    """(log type, account, region, records) of every part."""
    found = parts(Stream(Pieces(text.encode(), 100)), log_types, log_types.by_name.get(by_key))
    return [
        (part.log_type.name if part.log_type else None, part.account, part.region, part.records)
        for part in found
    ]


def line(name: str, log: Any, output: str = "stdout") -> str:
    return json.dumps(
        {"source": output, "log": log, "container_name": f"/ecs-{name}-1", "ecs_task_arn": TASK}
    )


def test_the_name_and_the_output_of_a_container_decide_the_log_type(log_types: LogTypes) -> None:
    text = "\n".join(
        [
            line("nginx", "GET /\n"),
            line("nginx", "GET /b"),
            line("nginx", "upstream timed out", "stderr"),
            line("app", '{"a": 1}'),
            line("other", "x"),
        ]
    )
    account = ("111122223333", "us-east-2")
    assert told(log_types, text) == [
        ("web_access", *account, ["GET /", "GET /b"]),
        ("web_error", *account, ["upstream timed out"]),
        ("app", *account, ['{"a": 1}']),
        (None, *account, ["x"]),
    ]


def test_a_container_that_no_log_type_names_has_that_of_the_key(log_types: LogTypes) -> None:
    assert [part[0] for part in told(log_types, line("other", "x"), "web_access")] == ["web_access"]


def test_a_containers_record_without_a_line_is_broken_and_the_others_are_read(
    log_types: LogTypes,
) -> None:
    first, broken, last = told(log_types, "\n".join(line("nginx", log) for log in ("a", 1, "b")))
    assert (first[3], last[3]) == (["a"], ["b"])
    assert isinstance(broken[3][0], Broken) and broken[3][0].reason == "malformed"


def notice(message: Any) -> str:
    return json.dumps(
        {"Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": message}
    )


EVENT = {
    "detail-type": "Finding",
    "source": "acme.findings",
    "account": "111122223333",
    "region": "us-east-2",
    "detail": {"findings": [{"id": 1}, {"id": 2}]},
}


@pytest.mark.parametrize("message", [json.dumps(EVENT), EVENT], ids=["text", "object"])
def test_an_event_that_sns_delivers_is_unwrapped_twice(log_types: LogTypes, message: Any) -> None:
    ((name, account, region, records),) = told(log_types, notice(message))
    assert (name, account, region) == ("findings", "111122223333", "us-east-2")
    assert [json.loads(record) for record in records] == [{"id": 1}, {"id": 2}]


def test_a_line_that_sns_delivers_is_the_record_of_a_log_type_of_lines(log_types: LogTypes) -> None:
    assert told(log_types, notice("a line"), "lines") == [("lines", "", "", ["a line"])]


def test_another_notice_is_a_record_as_it_is(log_types: LogTypes) -> None:
    text = notice('{"a": 1}')
    assert told(log_types, text, "app") == [("app", "", "", [text.encode()])]


def test_output_without_a_container_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    path = tmp_path / "odd" / "log_type.toml"
    path.write_text(LOG_TYPE.format(match="log_group = 'a'\noutput = 'stdout'", read=LINES))
    with pytest.raises(LogTypeError, match="output needs container"):
        load(tmp_path / "odd")
