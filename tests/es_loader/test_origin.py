"""What envelopes say of where and when their records were written."""

import io
import json
from random import Random
from typing import Any

import orjson
import pytest

from es_loader.envelopes.part import moment
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.normalize import Normalizer, Refused
from tests.es_loader import logs
from tests.es_loader.native.comparison import LOG_TYPES, MODIFIED, Both, context, samples

GROUP = "/aws/lambda/orders"
DAY = 86_400_000
MIDNIGHT = 1_793_491_200_000  # 2026-11-01T00:00:00Z, 24 days before MODIFIED
TASK = "arn:aws:ecs:us-east-2:111122223333:task/web/3de392df6bfa470b97edaa6f482cd7a6"

both = pytest.mark.parametrize("native", [True, False], ids=["native", "plain"])


def made(data: bytes, by_key: str = "", native: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """(index, document) of every record."""
    found = Normalizer(LOG_TYPES, native=native).run(
        Stream(io.BytesIO(data)), context(), LOG_TYPES.by_name.get(by_key)
    )
    documents = []
    for each in found:
        assert not isinstance(each, Refused), each
        documents.append((each[3], orjson.loads(each[5])))
    return documents


def told(moments: list[Any], *messages: str) -> bytes:
    """An envelope whose log events were sent at these times."""
    events = [{"timestamp": at, "message": m} for at, m in zip(moments, messages, strict=True)]
    return logs.cloudwatch(GROUP, logEvents=events)


@both
def test_a_record_without_a_time_has_that_of_its_log_event(native: bool) -> None:
    lines = (
        "START RequestId: 1 Version: 7",
        "2026-11-24T20:00:00.500Z\tundefined\tINFO\thello",
        "END",
    )
    found = made(told([MIDNIGHT - 1, MODIFIED, MIDNIGHT], *lines), native=native)
    assert [(index, each["@timestamp"]) for index, each in found] == [
        ("log-aws-lambda_logs-2026-10", "2026-10-31T23:59:59.999Z"),
        ("log-aws-lambda_logs-2026-11", "2026-11-24T20:00:00.500Z"),
        ("log-aws-lambda_logs-2026-11", "2026-11-01T00:00:00.000Z"),
    ]
    sources = [each.get("siem", {}).get("time_source") for _, each in found]
    assert sources == ["envelope", None, "envelope"]


@both
def test_a_time_of_an_envelope_that_is_far_off_chooses_no_index(native: bool) -> None:
    ((index, document),) = made(told([MODIFIED - 500 * DAY], "END"), native=native)
    assert (index, document["@timestamp"][:4]) == ("log-aws-lambda_logs-2026-11", "2025")


@both
@pytest.mark.parametrize("odd", [None, 0, -1, "", "soon", [1], 1.5, True, 10**400])
def test_what_is_no_time_in_an_envelope_leaves_that_of_the_object(native: bool, odd: Any) -> None:
    ((_, document),) = made(told([odd], "END"), native=native)
    assert document["siem"]["time_source"] == "object"
    assert document["event"]["original"] == "END"


@both
def test_documents_tell_the_log_group_and_the_stream_of_their_envelope(native: bool) -> None:
    data = logs.cloudwatch(GROUP, "END", "END") + logs.cloudwatch(GROUP, "END", logStream='"b"')
    found = [each["aws"]["cloudwatch"] for _, each in made(data, native=native)]
    assert found == [
        {"log_group": GROUP, "log_stream": "web-1"},
        {"log_group": GROUP, "log_stream": "web-1"},
        {"log_group": GROUP, "log_stream": '"b"'},
    ]
    assert "cloudwatch" not in made(b"END\n", "lambda_logs", native)[0][1].get("aws", {})


@both
def test_documents_tell_the_container_of_a_line(native: bool) -> None:
    line = {
        "date": "2026-11-24T20:00:01.250Z",
        "source": "stdout",
        "log": '192.0.2.1 - - [24/Nov/2026:20:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "curl/8"',
        "container_id": "0a1b",
        "container_name": "nginx",
        "ecs_cluster": "web",
        "ecs_task_arn": TASK,
        "ecs_task_definition": "web:7",
    }
    odd = line | {"container_id": 5, "ecs_cluster": None}
    data = b"\n".join(json.dumps(each).encode() for each in (line, odd))
    (_, first), (_, second) = made(data, native=native)
    assert first["container"] == {"id": "0a1b", "name": "nginx"}
    assert first["aws"]["ecs"] == {"cluster": "web", "task": {"arn": TASK, "definition": "web:7"}}
    assert first["@timestamp"] == "2026-11-24T20:00:00Z"
    assert second["container"] == {"name": "nginx"}
    assert "cluster" not in second["aws"]["ecs"]


@both
def test_lines_of_several_containers_keep_their_order_and_each_its_container(native: bool) -> None:
    log = '192.0.2.1 - - [24/Nov/2026:20:00:00 +0000] "GET /%d HTTP/1.1" 200 1 "-" "curl/8"'
    line = {"source": "stdout", "container_name": "nginx", "ecs_cluster": ""}
    lines = [line | {"log": log % n, "container_id": f"c{n % 3}"} for n in range(300)]
    data = b"\n".join(json.dumps(each).encode() for each in lines)
    found = [(each["url"]["path"], each["container"]["id"]) for _, each in made(data, "", native)]
    assert found == [(f"/{n}", f"c{n % 3}") for n in range(300)]


@both
def test_the_detail_of_an_event_without_a_time_has_that_of_the_event(native: bool) -> None:
    detail = {"check-name": "MFA", "status": "WARN", "check-item-detail": {}}
    event = logs.eventbridge("aws.trustedadvisor", "Check Item Refresh Notification", detail)
    event["time"] = "2026-11-23T10:11:12Z"
    ((_, document),) = made(json.dumps(event).encode(), "trusted_advisor", native)
    assert document["@timestamp"].startswith("2026-11-23T10:11:12")
    assert document["siem"]["time_source"] == "envelope"


@both
def test_a_line_of_an_agent_without_a_time_has_that_of_the_agent(native: bool) -> None:
    data = json.dumps({"@timestamp": "2026-11-24T20:00:07Z", "message": "END"}).encode()
    ((_, document),) = made(data, "lambda_logs", native)
    assert document["@timestamp"] == "2026-11-24T20:00:07.000Z"


@both
def test_an_exported_message_without_a_time_has_the_one_before_it(native: bool) -> None:
    data = b"2026-11-24T20:00:00.123Z START RequestId: 1 Version: 7\n"
    ((_, document),) = made(data, "lambda_logs", native)
    assert document["@timestamp"] == "2026-11-24T20:00:00.123Z"


@pytest.mark.parametrize("name", LOG_TYPES.by_name)
def test_envelopes_make_the_same_documents_with_the_library_and_without(name: str) -> None:
    log_type, found, random = LOG_TYPES.by_name[name], Both.of(), Random(name)
    for sample in samples(name):
        lines = sample.read_text("utf-8", "replace").splitlines()
        moments = [random.choice((0, MODIFIED, MIDNIGHT - 1, MIDNIGHT)) for _ in lines]
        data = told([at + random.randrange(3) for at in moments], *lines)
        assert found.difference(data, log_type, context()) == ""


def test_a_record_keeps_the_time_of_its_envelope_where_it_is_read_from_its_middle() -> None:
    kind = LOG_TYPES.by_name["lambda_logs"]
    data = told([MODIFIED + number for number in range(50)], *["END"] * 50)
    whole, rest = (times(data, kind, first) for first in (0, 17))
    assert rest == whole[17:]
    assert whole[49] == "2026-11-24T20:25:00.049Z"


def times(data: bytes, kind: LogType, first: int) -> list[str]:
    """@timestamp of the records from `first` on."""
    run = Normalizer(LOG_TYPES).run(Stream(io.BytesIO(data)), context(), kind, first=first)
    return [orjson.loads(each[5])["@timestamp"] for each in run if not isinstance(each, Refused)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (MODIFIED, MODIFIED),
        (MODIFIED // 1000, MODIFIED),
        (1_795_551_900.25, 1_795_551_900_250),
        ("2026-11-24T20:25:00Z", MODIFIED),
        ("2026-11-24T20:25:00+00:00", MODIFIED),
        ("x" * 100, 0),
        (5, 0),
    ],
)
def test_moments_are_told_as_numbers_and_as_texts(value: Any, expected: int) -> None:
    assert moment(value) == expected
