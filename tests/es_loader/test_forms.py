"""The forms of one log type: JSON or lines, and what columns each line has."""

import json
from typing import Any

import pytest

from es_loader import log_type_file
from es_loader.decode import LogTypes, parts
from es_loader.fetch import Stream
from es_loader.record import Broken, Header
from tests.es_loader import logs
from tests.es_loader.test_read import Pieces

KIND = log_type_file.load(log_type_file.HERE / "cloudfront_realtime")
WITH, WITHOUT = (form.columns for form in KIND.read.forms)
SERVER = "1795547764.145\t203.0.113.1\t192.0.2.80\t0.1\t200\t1\tGET\thttps\tone"
CLIENT = "1795547764.145\t203.0.113.1\t0.1\t200\t1\tGET\thttps\ttwo\t/three"
GROUP = "/aws/cloudfront/realtime"


def found(body: bytes, size: int = 4096) -> list[Any]:
    """(format, record) of an object that comes in pieces."""
    stream = Stream(Pieces(body, size))
    made = []
    for part in parts(stream, LogTypes({KIND.name: KIND}), KIND):
        assert part.log_type
        made += [(part.log_type.read.format, record) for record in part.records]
    return made


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
def test_the_form_of_a_line_tells_its_columns(size: int) -> None:
    lines = [SERVER, SERVER, f"{SERVER}\t/x", CLIENT, "GET /", CLIENT, SERVER]
    expected = [
        *(Header(WITH[:9]), SERVER, SERVER, Header(WITH[:10]), f"{SERVER}\t/x"),
        *(Header(WITHOUT[:9]), CLIENT),
        Broken(b"GET /", "no_match", "the line does not have the form of its log type"),
        *(CLIENT, Header(WITH[:9]), SERVER),
    ]
    assert found("\n".join(lines).encode(), size) == [("delimited", each) for each in expected]


def test_an_object_of_json_is_json_however_it_is_written() -> None:
    values = [{"c-ip": "203.0.113.1"}, {"c-ip": "203.0.113.2"}]
    for indent in (None, 2):
        body = "\n".join(json.dumps(value, indent=indent) for value in values).encode()
        assert [(form, json.loads(raw)) for form, raw in found(body)] == [
            ("json", value) for value in values
        ]


def test_a_line_that_looks_like_json_among_others_is_no_record() -> None:
    forms = found(f'{SERVER}\n{{"c-ip":"203.0.113.1"}}\n'.encode())
    assert [type(each) for _, each in forms] == [Header, str, Broken]


def test_each_envelope_is_json_or_lines_until_lines_have_come() -> None:
    value = '{"c-ip":"203.0.113.1"}'
    envelopes = [logs.cloudwatch(GROUP, each) for each in (value, SERVER, value)]
    forms = found(b"\n".join(envelopes))
    assert [(form, type(each)) for form, each in forms] == [
        *(("json", str), ("delimited", Header), ("delimited", str), ("delimited", Broken)),
    ]


FLOWS = log_type_file.load(log_type_file.HERE / "vpc_flow")
DEFAULT = "2 111122223333 eni-1 203.0.113.9 10.0.1.5 5100 22 6 2 49 1795547760 1795547820 ACCEPT OK"
OTHER = "- eni-1 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5"
ORDER = next(each.columns for each in FLOWS.read.orders if each.pattern.match(OTHER))
SHORT = FLOWS.read.columns[:14]
HEADED = "interface-id srcaddr"


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([DEFAULT, DEFAULT], [Header(SHORT), DEFAULT, DEFAULT]),
        ([OTHER, OTHER], [Header(ORDER), OTHER, OTHER]),
        ([HEADED, "eni-1 10.0.1.5"], [Header(tuple(HEADED.split())), "eni-1 10.0.1.5"]),
        ([" ".join(ORDER), OTHER], [Header(ORDER), OTHER]),
    ],
)
def test_the_first_line_tells_the_order_of_the_columns(
    lines: list[str], expected: list[Any], size: int
) -> None:
    stream = Stream(Pieces("\n".join(lines).encode(), size))
    found = parts(stream, LogTypes({FLOWS.name: FLOWS}), FLOWS)
    assert [record for part in found for record in part.records] == expected


def test_each_envelope_has_an_order_of_its_own() -> None:
    envelopes = [logs.cloudwatch("vpc-flow-logs", each) for each in (DEFAULT, OTHER, DEFAULT)]
    stream = Stream(Pieces(b"\n".join(envelopes), 4096))
    found = parts(stream, LogTypes({FLOWS.name: FLOWS}), FLOWS)
    assert [record for part in found for record in part.records] == [
        *(Header(SHORT), DEFAULT, Header(ORDER), OTHER, Header(SHORT), DEFAULT),
    ]
