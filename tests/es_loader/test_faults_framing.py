"""Objects that are cut, broken or oddly written: what can be read is indexed, the rest is told."""

import bz2
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import zstandard

from es_loader.fetch import Stream
from tests.es_loader import faulty, logs
from tests.es_loader.loading import Loader

Body = tuple[str, bytes, list[str]]  # log type, object, the texts of its records


def flows(number: int) -> Body:
    """A VPC flow log, whose records have ended where their line has."""
    lines = [logs.flow(n) for n in range(number)]
    return "vpc_flow", logs.text_lines(logs.FLOW_HEADER, *lines), [f"{line}\n" for line in lines]


def trails(number: int) -> Body:
    """A CloudTrail object: one array on one line."""
    events = [logs.trail(n) for n in range(number)]
    return "cloudtrail", logs.records(*events), [compact(event) for event in events]


def wafs(number: int) -> Body:
    """WAF records, one a line."""
    lines = [json.dumps(logs.waf(n)) for n in range(number)]
    return "waf", logs.text_lines(*lines), lines


def windows_events(number: int) -> Body:
    """Windows events as XML."""
    lines = [logs.windows_event(n) for n in range(number)]
    return "windows_event", logs.text_lines(*lines), lines


def messages(number: int) -> Body:
    """One envelope of CloudWatch Logs."""
    lines = [logs.flow(n) for n in range(number)]
    events = [json.dumps(line) + "}" for line in lines]
    return "vpc_flow", logs.cloudwatch("vpc-flow-logs", *lines), events


def envelopes(number: int) -> Body:
    """Envelopes of CloudWatch Logs with nothing between them, as Firehose writes them."""
    lines = [logs.flow(n) for n in range(number)]
    bodies = [
        logs.cloudwatch("vpc-flow-logs", *lines[at : at + 7]) for at in range(0, len(lines), 7)
    ]
    return "vpc_flow", b"".join(bodies), [json.dumps(line) + "}" for line in lines]


KINDS: tuple[Callable[[int], Body], ...] = (
    flows,
    trails,
    wafs,
    windows_events,
    messages,
    envelopes,
)
every_kind = pytest.mark.parametrize("kind", KINDS)


def compact(value: Any) -> str:
    """JSON as it stands in the objects."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def without(number: int, *positions: int) -> list[int]:
    """All record numbers but these."""
    return [n for n in range(number) if n not in positions]


@pytest.mark.parametrize("number", [0, 1, 2, 1000])
def test_row_1_every_line_after_the_header_is_a_record(loader: Loader, number: int) -> None:
    log_type, body, _ = flows(number)
    loaded = loader.load(gzip.compress(body), log_type)
    assert loaded.counts == (number, number, 0)
    assert loaded.offsets == list(range(number))


@pytest.mark.parametrize("position", [0, 500, 999])
@pytest.mark.parametrize(
    "broken",
    ['{"timestamp":1795546800000,"action":"AL', '{"timestamp":', '{"action":"ALLOW",,}', "no JSON"],
)
def test_row_11_one_broken_json_line_among_1000_is_quarantined_and_the_rest_indexed(
    loader: Loader, broken: str, position: int
) -> None:
    lines: list[Any] = [logs.waf(n) for n in range(1000)]
    lines[position] = broken.encode()
    loaded = loader.load(logs.json_lines(*lines), "waf")
    assert loaded.outcome == "loaded" if position < 999 else loaded.outcome in ("loaded", "partial")
    assert loaded.counts == (1000, 999, 1)
    assert loaded.offsets == without(1000, position)
    (line,) = loaded.quarantined
    assert (line["position"], line["record"].rstrip()) == (position, broken)
    assert line["reason"] in ("malformed", "cut")
    assert line["object"]["key"] == loaded.entries[0]["key"]


@pytest.mark.parametrize("position", [0, 500, 999])
@pytest.mark.parametrize(
    "broken", ['{"eventVersion":"1.11","eventName":"Get', "{]}", '{"a":"x"y"}']
)
def test_row_11_one_broken_element_of_a_records_array_is_quarantined_and_the_rest_indexed(
    loader: Loader, broken: str, position: int
) -> None:
    texts = trails(1000)[2]
    texts[position] = broken
    loaded = loader.load(f'{{"Records":[{",".join(texts)}]}}'.encode())
    assert loaded.counts == (1000, 999, 1)
    assert loaded.offsets == without(1000, position)
    assert loaded.refused == [(position, "malformed")]
    assert broken in loaded.quarantined[0]["record"]


def test_row_11_two_broken_lines_one_after_the_other_are_two_records(loader: Loader) -> None:
    body = logs.json_lines(logs.waf(0), b'{"timestamp":', b'{"timestamp":1,', logs.waf(1))
    loaded = loader.load(body, "waf")
    assert loaded.counts == (4, 2, 2)
    assert loaded.refused == [(1, "malformed"), (2, "malformed")]


@every_kind
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_row_12_of_a_cut_gzip_all_records_before_the_cut_are_indexed(
    loader: Loader, kind: Callable[[int], Body], where: float
) -> None:
    log_type, body, texts = kind(300)
    packed = gzip.compress(body)
    packed = packed[: int(len(packed) * where)]
    there = b"".join(Stream(io.BytesIO(packed))).decode()
    number = sum(text in there for text in texts)
    assert number < 300
    loaded = loader.load(packed, log_type)
    assert loaded.outcome == "partial"
    assert loaded.entries[0]["cause"] == "cut"
    assert loaded.counts == (number + 1, number, 1)
    assert loaded.offsets == list(range(number))
    assert loaded.refused == [(number, "cut")]
    assert there.endswith(loaded.quarantined[0]["record"])


@every_kind
@pytest.mark.parametrize("missing", [1, 4, 8])
def test_row_12_without_its_trailer_a_gzip_is_partial_and_all_its_records_are_indexed(
    loader: Loader, kind: Callable[[int], Body], missing: int
) -> None:
    log_type, body, _ = kind(50)
    loaded = loader.load(gzip.compress(body)[:-missing], log_type)
    assert loaded.outcome == "partial"
    assert loaded.counts == (51, 50, 1)
    assert loaded.refused == [(50, "cut")]


def test_row_12_a_wrong_checksum_loses_no_record(loader: Loader) -> None:
    log_type, body, _ = flows(50)
    packed = gzip.compress(body)
    loaded = loader.load(packed[:-8] + bytes(4) + packed[-4:], log_type)
    assert loaded.outcome == "partial"
    assert loaded.counts == (51, 50, 1)
    assert "checksum" in loaded.quarantined[0]["error"]


@pytest.mark.parametrize("kind", [trails, wafs, windows_events, messages])
def test_row_12_an_object_whose_last_record_is_cut_is_partial(
    loader: Loader, kind: Callable[[int], Body]
) -> None:
    log_type, body, texts = kind(50)
    loaded = loader.load(body[: body.index(texts[49].encode()) + 30], log_type)
    assert loaded.outcome == "partial"
    assert loaded.counts == (50, 49, 1)
    assert loaded.refused == [(49, "cut")]


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize(
    "pack", [zstandard.compress, bz2.compress, lambda body: zipped({"a": body})]
)
def test_row_12_another_packing_that_is_cut_is_partial_too(
    loader: Loader, pack: Callable[[bytes], bytes]
) -> None:
    log_type, body, _ = flows(9_500)
    packed = pack(body)
    loaded = loader.load(packed[: len(packed) * 9 // 10], log_type)
    read, indexed, quarantined = loaded.counts
    assert loaded.outcome == "partial"
    assert (read, quarantined) == (indexed + 1, 1)
    assert loaded.refused == [(indexed, "cut")]


def test_row_13_one_malformed_windows_event_of_50_is_quarantined(loader: Loader) -> None:
    events = [logs.windows_event(n) for n in range(50)]
    events[20] = events[20].replace("</Channel>", "")
    for body in (logs.text_lines(*events), logs.cloudwatch("/windows/event", *events)):
        loaded = loader.load(body, "windows_event")
        assert loaded.outcome == "loaded"
        assert loaded.counts == (50, 49, 1)
        assert loaded.refused == [(20, "malformed")]
        assert loaded.quarantined[0]["record"] == events[20]


def test_row_13_a_malformed_log_event_does_not_take_its_envelope_with_it(loader: Loader) -> None:
    events: list[Any] = [{"id": str(n), "message": logs.flow(n)} for n in range(50)]
    events[20] = {"id": "20", "message": None}
    events[30] = "no log event"
    loaded = loader.load(logs.cloudwatch("vpc-flow-logs", logEvents=events), "vpc_flow")
    assert loaded.counts == (50, 48, 2)
    assert loaded.refused == [(20, "malformed"), (30, "malformed")]
    assert [json.loads(line["record"]) for line in loaded.quarantined] == [events[20], events[30]]


UTF_8_CASES: Sequence[tuple[str, bytes]] = [
    ("cloudtrail", logs.records(logs.trail(0), logs.trail(1, userAgent="b\0d"), logs.trail(2))),
    ("waf", logs.json_lines(logs.waf(0), logs.waf(1, action="b\0d"), logs.waf(2))),
    ("linux_secure", logs.text_lines(logs.secure(0), logs.secure(1) + " b\0d", logs.secure(2))),
    (
        "windows_event",
        logs.text_lines(
            logs.windows_event(0),
            logs.windows_event(1).replace("user-1", "b\0d"),
            logs.windows_event(2),
        ),
    ),
    (
        "linux_secure",
        logs.cloudwatch("/linux/secure", logs.secure(0), logs.secure(1) + " b\0d", logs.secure(2)),
    ),
    (
        "waf",
        logs.cloudwatch(
            "aws-waf-logs-prod",
            *(json.dumps(logs.waf(n, action="b\0d" if n == 1 else "ALLOW")) for n in range(3)),
        ),
    ),
    (
        "guardduty",
        logs.json_lines(
            *(
                logs.eventbridge(
                    "aws.guardduty",
                    "GuardDuty Finding",
                    logs.finding(n, 8) | {"title": "b\0d" if n == 1 else "x"},
                )
                for n in range(3)
            )
        ),
    ),
    (
        "linux_secure",
        logs.json_lines(
            {"log": logs.secure(0)}, {"log": logs.secure(1) + " b\0d"}, {"log": logs.secure(2)}
        ),
    ),
]


@pytest.mark.parametrize(("log_type", "body"), UTF_8_CASES)
def test_row_19_invalid_utf_8_is_replaced_and_told(
    loader: Loader, log_type: str, body: bytes
) -> None:
    body = body.replace(rb"\\u0000", b"\xff").replace(rb"\u0000", b"\xff").replace(b"\0", b"\xff")
    assert b"b\xffd" in body
    loaded = loader.load(body, log_type)
    assert loaded.counts == (3, 3, 0)
    for number, document in enumerate(loaded.documents):
        told = document.get("siem", {}).get("encoding_repaired", False)
        assert told == (number == 1)
        assert ("b\ufffdd" in document["event"]["original"]) == (number == 1)


def test_row_19_invalid_utf_8_in_the_envelope_itself_loses_nothing(loader: Loader) -> None:
    event = logs.eventbridge("aws.guardduty", "GuardDuty Finding", logs.finding(0, 8))
    body = logs.json_lines(event, event | {"region": "b\0d"}).replace(rb"\u0000", b"\xff")
    loaded = loader.load(body, "guardduty")
    assert loaded.counts == (2, 2, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_row_20_utf_16_and_byte_order_marks_are_read(
    loader: Loader, kind: Callable[[int], Body], codec: str
) -> None:
    log_type, body, _ = kind(5)
    loaded = loader.load(gzip.compress(body.decode().encode(codec)), log_type)
    assert loaded.counts == (5, 5, 0)
    assert not any("siem" in document for document in loaded.documents)


def test_row_20_what_is_no_utf_16_is_replaced_and_told(loader: Loader) -> None:
    text = logs.text_lines(logs.secure(0), logs.secure(1) + " bXd").decode()
    body = text.encode("utf-16-le").replace(b"X\0", b"\0\xd8")
    loaded = loader.load(b"\xff\xfe" + body, "linux_secure")
    assert loaded.counts == (2, 2, 0)
    assert loaded.documents[1]["siem"]["encoding_repaired"] is True
    assert "b\ufffdd" in loaded.documents[1]["event"]["original"]


@pytest.mark.parametrize("body", [b"", gzip.compress(b""), bz2.compress(b""), zipped({})])
def test_row_21_an_empty_object_is_skipped(loader: Loader, body: bytes) -> None:
    loaded = loader.load(body)
    (entry,) = loaded.entries
    assert (entry["outcome"], entry["cause"], entry["end"]) == ("skipped", "empty", 0)
    assert loaded.counts == (0, 0, 0)


@pytest.mark.parametrize("body", [b'{"a":1}', b"7", b"{}", gzip.compress(b'{"a":1}')])
def test_row_21_a_small_object_is_loaded(loader: Loader, body: bytes) -> None:
    loaded = loader.load(body)
    assert loaded.outcome == "loaded"
    assert loaded.counts == (1, 1, 0)


@pytest.mark.parametrize("body", [b"\n \n", b"[]", b'{"Records":[]}'])
def test_row_21_an_object_without_records_is_loaded_with_none(loader: Loader, body: bytes) -> None:
    loaded = loader.load(body)
    assert loaded.outcome == "loaded"
    assert loaded.counts == (0, 0, 0)


@pytest.mark.parametrize(("depth", "indexed"), [(500, 3), (5_000, 2), (200_000, 2)])
def test_row_24_a_deeply_nested_record_does_not_stop_the_others(
    loader: Loader, depth: int, indexed: int
) -> None:
    deep = '{"eventName":"Deep","requestParameters":' + '{"a":' * depth + "1" + "}" * (depth + 1)
    body = compact({"Records": [logs.trail(0), "DEEP", logs.trail(2)]}).replace('"DEEP"', deep)
    loaded = loader.load(body.encode())
    assert loaded.counts == (3, indexed, 3 - indexed)
    if indexed == 3:
        assert loaded.documents[1]["event"]["action"] == "Deep"
        assert loaded.documents[1]["event"]["original"] == deep
    else:
        assert loaded.refused == [(1, "too_deep")]


def test_row_32_a_record_over_10_mb_is_sent_alone(loader: Loader) -> None:
    large = logs.trail(1, requestParameters={"bucketName": "b", "policy": "x" * 11_000_000})
    loaded = loader.load(gzip.compress(logs.records(logs.trail(0), large, logs.trail(2))))
    assert loaded.counts == (3, 3, 0)
    assert loaded.documents[1]["event"]["original"] == compact(large)
    sizes = [(len(bulk.documents()), len(bulk.body) > 10_000_000) for bulk in loader.proxy.bulks]
    assert (1, True) in sizes


def test_row_32_a_record_that_alone_gets_413_is_quarantined_and_the_rest_indexed(
    loader: Loader,
) -> None:
    loader.proxy.always = faulty.larger_than(10_000_000)
    large = logs.trail(1, requestParameters={"policy": "x" * 11_000_000})
    loaded = loader.load(gzip.compress(logs.records(logs.trail(0), large, logs.trail(2))))
    assert loaded.counts == (3, 2, 1)
    assert loaded.refused == [(1, "too_large")]
    assert loaded.quarantined[0]["record"] == compact(large)
