"""The library makes the same documents as the compiled function, or leaves the record to it."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import geoip, loader
from bench.corpora import CORPORA
from bench.corpora.pools import Pools
from es_loader.enrich.geoip import GeoIp
from es_loader.normalize import Normalizer
from tests.es_loader import odd_records
from tests.es_loader.native import changed_records
from tests.es_loader.native.comparison import LOG_TYPES, Both, Direct, context, samples

NAMES = [
    *("alb", "api_gateway_access", "clientvpn", "cloudtrail", "elasticache_redis_slowlog"),
    "index_metrics",
    *("nlb", "tgw_flow", "vpc_flow"),
]
RECORDS = 2_000
each_name = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def locate(tmp_path_factory: pytest.TempPathFactory) -> GeoIp:
    """The databases of the benchmark."""
    folder = tmp_path_factory.mktemp("geoip")
    geoip.write(folder)
    return GeoIp(folder)


@pytest.mark.parametrize("name", LOG_TYPES.by_name)
def test_samples_become_the_same_documents(name: str, locate: GeoIp) -> None:
    log_type = LOG_TYPES.by_name[name]
    for places in (None, locate.locate):
        both = Both.of(places)
        for sample in samples(name):
            for account in ("", "111122223333", "444455556666"):
                assert both.difference(sample.read_bytes(), log_type, context(account)) == ""


@pytest.mark.parametrize("name", CORPORA)
def test_the_records_of_the_benchmark_become_the_same_documents(name: str, locate: GeoIp) -> None:
    corpus = CORPORA[name]
    both = Both.of(locate.locate)
    log_type = LOG_TYPES.of_key(corpus.key)
    assert log_type
    own = loader.context(corpus.key)
    assert both.difference(b"".join(corpus.text(RECORDS)), log_type, own) == ""
    if name in NAMES:
        assert both.share > 0.95


@each_name
@given(seed=st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_odd_records_become_the_same_documents(name: str, seed: int) -> None:
    log_type, random = LOG_TYPES.by_name[name], Random(seed)
    if log_type.read.format in ("json", "named"):
        data = odd_records.json_lines(log_type, random, 100)
    else:
        lines = [odd_records.columns(log_type, random) for _ in range(100)]
        data = "\n".join(log_type.read.delimiter.join(line) for line in lines).encode()
    assert Both.of().difference(data, log_type, context()) == ""


@each_name
@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_usual_records_with_a_changed_value_become_the_same_documents(name: str, seed: int) -> None:
    log_type, random = LOG_TYPES.by_name[name], Random(seed)
    direct = Direct(log_type, None)
    records = [changed_records.record(log_type, random) for _ in range(200)]
    if log_type.read.format != "json":
        lines = [str(record, "utf-8", "replace") for record in records]
        assert direct.difference(lines) == ""
    else:
        assert direct.difference(records) == ""
    assert direct.engine.made


def test_every_address_has_the_place_that_python_finds(locate: GeoIp) -> None:
    addresses = [*Pools(3).external_addresses, *Pools(3).internal_addresses[:50]]
    addresses += ["0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1", "192.0.2.1"]
    addresses += ["2a00:1450:4009:80b::200e", "2001:db8::1", "::1", "::ffff:8.8.8.8"]
    both = Both.of(locate.locate)
    line = "2 111122223333 eni-1 {0} {0} 1 2 6 1 1 1795551900 1795551901 ACCEPT OK"
    names = (
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
        "start end action log-status"
    )
    data = "\n".join([names, *(line.format(address) for address in addresses)]).encode()
    assert both.difference(data, LOG_TYPES.by_name["vpc_flow"], context()) == ""
    assert both.share > 0.99


def test_a_loader_without_the_library_makes_the_same_documents(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("es_loader.native.library.FILE", tmp_path / "missing.so")
    without = Normalizer(LOG_TYPES)
    assert without.ways.engine is None
    monkeypatch.undo()
    both = Both(Normalizer(LOG_TYPES), without)
    data = b"\n".join(changed_records.usual("cloudtrail"))
    assert both.difference(data, LOG_TYPES.by_name["cloudtrail"], context()) == ""


def test_more_addresses_than_the_table_holds_become_the_same_documents() -> None:
    line = (
        "2 111122223333 eni-1 10.{0}.{1}.1 10.{0}.{1}.2 1 2 6 1 1 1795551900 1795551901 ACCEPT OK"
    )
    names = (
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
        "start end action log-status"
    )
    lines = [line.format(n // 250, n % 250) for n in range(20_000)]
    both = Both.of()
    data = "\n".join([names, *lines]).encode()
    assert both.difference(data, LOG_TYPES.by_name["vpc_flow"], context()) == ""
    assert both.share > 0.9


def test_a_record_that_does_not_fit_the_buffer_becomes_the_same_document() -> None:
    record = json.loads(next(iter(changed_records.usual("cloudtrail"))))
    large = record | {"errorMessage": "x" * 3_000_000}
    data = "\n".join(map(json.dumps, [record, large, record])).encode()
    both = Both.of()
    assert both.difference(data, LOG_TYPES.by_name["cloudtrail"], context()) == ""
    found = both.native.ways.engine
    assert found and (found.made, found.left) == (2, 1)


def test_times_that_are_numbers_of_any_length_are_learnt_one_after_the_other() -> None:
    kind, both = LOG_TYPES.by_name["access_analyzer"], Both.of()
    nanoseconds = 1_795_551_900_123_456_789
    numbers = ["-1", -1, -1.5, 17955519001, 17955519002, nanoseconds, nanoseconds + 1, 10**30]
    data = "\n".join(json.dumps({"id": "a", "updatedAt": number}) for number in numbers)
    for _ in range(2):
        assert both.difference(data.encode(), kind, context()) == ""


def test_a_record_that_is_taken_again_leaves_the_check_for_utf8_on() -> None:
    record = json.loads(next(iter(changed_records.usual("cloudtrail"))))
    direct = Direct(LOG_TYPES.by_name["cloudtrail"], None)
    usual = json.dumps(record | {"errorMessage": "x" * 2_000}).encode()
    assert direct.difference([usual]) == ""
    unknown = json.dumps(record | {"userAgent": "curl/8.9.1"}).encode()  # held up in the first row
    broken = usual.replace(b"xxx", b"\xff\xff\xff", 1)
    assert direct.difference([unknown, *[usual] * 2_000, broken]) == ""
    assert direct.engine.left == 1


def test_a_list_none_of_whose_elements_has_the_member_is_no_value() -> None:
    digest = {"digestEndTime": "2026-11-24T19:36:49Z", "logFiles": [{"s3Bucket": "audit-logs"}]}
    data = json.dumps(digest).encode()
    assert Both.of().difference(data, LOG_TYPES.by_name["cloudtrail"], context()) == ""


@pytest.mark.parametrize(
    ("name", "line", "times"),
    [
        (
            "linux_messages",
            "{} host-1 sshd[77]: session opened for user root",
            [
                "Nov 24 20:00:{:02}",
                "Nov  4 20:00:{:02}",
                "Feb 29 20:00:{:02}",
                "Xxx 24 20:00:{:02}",
            ],
        ),
        (
            "apache_error",
            "[{}] [core:error] [pid 7] AH00001: text",
            [
                "Tue Nov 24 20:00:{:02} 2026",
                "Tue Nov 24 20:00:{:02}.103786 2026",
                "Nov  4 20:00:{:02}.5 2026",
                "Feb 29 20:00:{:02}.25 2024",
                "Feb 29 20:00:{:02}.25 2026",
                "2026-11-24 20:00:{:02}.1",
            ],
        ),
        (
            "apache_access",
            '192.0.2.7 - - [{}] "GET / HTTP/1.1" 200 12 "-" "curl/8.0"',
            [
                "24/Nov/2026:20:00:{:02} +0000",
                "24/Nov/2026:23:59:{:02} -0330",
                "24/Nov/2026:20:00:{:02}",
            ],
        ),
        (
            "rds_mysql_audit",
            "{},orders-1,app,192.0.2.7,51,2,WRITE,orders,customers,",
            [
                "17955504{:02}.015",
                "99955504{:02}.015",
                "17955504{:02}015000",
                "17955504{:02}015001",
                "17955504{:02}007",
                "99955504{:02}015000",
            ],
        ),
    ],
)
def test_all_times_of_a_minute_become_the_same_documents(
    name: str, line: str, times: list[str]
) -> None:
    texts = [time.format(second) for time in times for second in range(61)]
    both = Both.of()
    data = "\n".join(map(line.format, texts * 2)).encode()
    assert both.difference(data, LOG_TYPES.by_name[name], context()) == ""
    assert both.share > 0.5
