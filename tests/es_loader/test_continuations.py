"""An object that is read in parts: each record comes once, whatever its framing and its faults."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from es_loader import log_type_file
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.fetch import Stream
from es_loader.normalize import Normalizer
from tests.es_loader import logs

NAMES = ("cloudtrail", "guardduty", "vpc_flow", "waf", "windows_event")
LOG_TYPES = {name: log_type_file.load(log_type_file.HERE / name) for name in NAMES}
NORMALIZER = Normalizer(LogTypes(LOG_TYPES))
CONTEXT = Context("logs", "key", "hash", 1_795_550_000_000, "2026-11-24T20:00:00.000Z")
NUMBER = 600
FEW = settings(max_examples=6)


def objects() -> dict[str, tuple[str, bytes]]:
    """Log type and bytes of an object of each framing, of several windows, with broken records."""
    trails = [json.dumps(logs.trail(n)) for n in range(NUMBER)]
    wafs: list[Any] = [json.dumps(logs.waf(n)).encode() for n in range(NUMBER)]
    flows = [logs.flow(n) for n in range(NUMBER)]
    events = [logs.windows_event(n) for n in range(NUMBER)]
    pretty = [json.dumps(logs.waf(n), indent=1) for n in range(NUMBER)]
    for number in (0, 300, 301, NUMBER - 1):
        trails[number] = '{"eventVersion":'
        wafs[number] = b'{"timestamp":1,'
        flows[number] = "nonsense"
        events[number] = events[number].replace("</System>", "")
    findings = [
        logs.eventbridge("aws.guardduty", "GuardDuty Finding", logs.finding(n, 8))
        for n in range(NUMBER)
    ]
    envelopes = [
        logs.cloudwatch("vpc-flow-logs", *flows[at : at + 70]) for at in range(0, NUMBER, 70)
    ]
    return {
        "array": ("cloudtrail", f"[{','.join(trails)}]".encode()),
        "records": ("cloudtrail", f'{{"x":1,"Records":[{",".join(trails)}],"y":2}}'.encode()),
        "pretty": ("waf", "\n".join(pretty).encode()),
        "lines": ("waf", logs.json_lines(*wafs)),
        "concatenated": ("waf", b"".join(wafs)),
        "text": ("vpc_flow", logs.text_lines(logs.FLOW_HEADER, *flows)),
        "xml": ("windows_event", logs.text_lines(*events)),
        "envelopes": ("vpc_flow", b"".join(envelopes)),
        "cut envelopes": ("vpc_flow", b"".join(envelopes)[:-500]),
        "events": ("guardduty", logs.json_lines(*findings)),
    }


OBJECTS = objects()


def read(kind: str, first: int = 0, stop: Callable[[], bool] = lambda: False) -> list[Any]:
    """What a run from record `first` on gives of an object."""
    name, body = OBJECTS[kind]
    by_key = LOG_TYPES[name]
    stream = Stream(io.BytesIO(body))
    return list(NORMALIZER.run(stream, CONTEXT, by_key, first=first, stop=stop))


def position(result: Any) -> int:
    """Number of the record."""
    return int(result[0] if isinstance(result, tuple) else result.position)


@pytest.mark.parametrize("kind", OBJECTS)
@given(data=st.data())
@FEW
def test_parts_of_an_object_together_are_the_whole(kind: str, data: st.DataObject) -> None:
    whole = read(kind)
    assert [position(result) for result in whole] == list(range(len(whole)))
    found: list[Any] = []
    for _ in range(4):
        left = data.draw(st.integers(0, 3))

        def stop() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        found += read(kind, len(found), stop)
    found += read(kind, len(found))
    assert found == whole


@pytest.mark.parametrize("kind", OBJECTS)
@given(first=st.integers(0, NUMBER + 9))
@FEW
def test_a_run_begins_with_the_record_that_it_is_told(kind: str, first: int) -> None:
    assert read(kind, first) == read(kind)[first:]
