"""With lists of bad addresses and domains the library makes the same documents too."""

import io
import json
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import geoip
from common.indicators import domain, network
from es_loader.enrich.geoip import GeoIp
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.fetch import Stream
from es_loader.log_type import DOMAINS
from es_loader.normalize import Normalizer
from tests.es_loader import odd_records
from tests.es_loader.native import changed_records
from tests.es_loader.native.comparison import LOG_TYPES, Both, context, samples

NAMES = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
    " end action log-status"
)
FLOW = "2 111122223333 eni-1 {} {} 1 2 6 1 1 1795551900 1795551901 ACCEPT OK"
LOOKED_UP = [name for name, kind in LOG_TYPES.by_name.items() if kind.geoip or kind.domains]


@pytest.fixture(scope="module")
def locate(tmp_path_factory: pytest.TempPathFactory) -> GeoIp:
    """The databases of the benchmark."""
    folder = tmp_path_factory.mktemp("geoip")
    geoip.write(folder)
    return GeoIp(folder)


def lists_of(*entries: str, name: str = "bad") -> ThreatLists:
    """Lists with these entries."""
    lists = ThreatLists()
    for entry in entries:
        found = network(entry) or domain(entry)
        assert found, entry
        lists.add(found, name)
    return lists


def flows(*pairs: tuple[str, str]) -> bytes:
    """An object with a flow for each source and destination."""
    return "\n".join([NAMES, *(FLOW.format(*pair) for pair in pairs)]).encode()


def values(document: Any, path: str) -> Iterator[str]:
    """The texts at a path of a document."""
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    for each in document if isinstance(document, list) else [document]:
        if isinstance(each, str):
            yield each


@cache
def lists_of_samples(name: str, every: int) -> ThreatLists:
    """Lists that have every n-th address and domain of the documents of a log type's samples, and
    networks and domains around some of them."""
    lists, kind, number = ThreatLists(), LOG_TYPES.by_name[name], 0
    plain = Normalizer(LOG_TYPES, native=False)
    fields = [*(f"{entity}.ip" for entity in kind.geoip), *DOMAINS]
    for sample in samples(name):
        made = plain.run(Stream(io.BytesIO(sample.read_bytes())), context(), kind, forced=True)
        for each in made:
            document = json.loads(each[5]) if isinstance(each, tuple) else {}
            for text in [text for field in fields for text in values(document, field)]:
                number += 1
                if number % every:
                    continue
                address, around = network(text), network(f"{text}/{64 if ':' in text else 24}")
                if address and around:
                    lists.add(address, "addresses")
                    lists.add(around, "networks")
                elif found := domain(text):
                    lists.add(found, "domains")
                    if found.count(".") > 1:
                        lists.add(found.partition(".")[2], "parents")
    lists.add("listed.example", "domains")
    return lists


@pytest.mark.parametrize("name", LOOKED_UP)
@pytest.mark.parametrize("every", [1, 3])
def test_samples_become_the_same_documents(name: str, every: int, locate: GeoIp) -> None:
    lists = lists_of_samples(name, every)
    for places in (None, locate.locate):
        both = Both.of(places, lists)
        for sample in samples(name):
            data = sample.read_bytes()
            assert both.difference(data, LOG_TYPES.by_name[name], context()) == ""


def test_a_listed_address_is_no_reason_to_leave_a_record_to_python(locate: GeoIp) -> None:
    lists = lists_of("198.51.100.0/24", "203.0.113.7", "2001:db8::/32")
    sources = [*(f"198.51.100.{n}" for n in range(256)), "2001:db8::7", "203.0.113.7", "192.0.2.1"]
    both = Both.of(locate.locate, lists)
    data = flows(*((source, f"10.0.0.{n}") for source in sources for n in range(20)))
    assert both.difference(data, LOG_TYPES.by_name["vpc_flow"], context()) == ""
    assert both.share > 0.95


def test_a_record_with_two_listed_ends_becomes_the_same_document() -> None:
    both = Both.of(None, lists_of("198.51.100.0/24", "203.0.113.7"))
    data = flows(("198.51.100.1", "203.0.113.7"), ("198.51.100.1", "198.51.100.1"))
    assert both.difference(data, LOG_TYPES.by_name["vpc_flow"], context()) == ""


@given(seed=st.integers(0, 2**32), data=st.data())
@settings(max_examples=20, deadline=None)
def test_addresses_around_the_ends_of_networks(seed: int, data: st.DataObject) -> None:
    random = Random(seed)
    networks = []
    for _ in range(random.randrange(1, 40)):
        prefix = random.randrange(8, 33)
        start = random.getrandbits(32) >> 32 - prefix << 32 - prefix
        networks.append((start, start + (1 << 32 - prefix) - 1, prefix))
    lists = lists_of(*(f"{ip_address(first)}/{prefix}" for first, _, prefix in networks))
    numbers = [n for first, last, _ in networks for n in (first - 1, first, last, last + 1)]
    addresses = [str(ip_address(number % 2**32)) for number in numbers]
    pairs = [(each, random.choice(addresses)) for each in addresses]
    both = Both.of(None, lists)
    assert both.difference(flows(*pairs), LOG_TYPES.by_name["vpc_flow"], context()) == ""


@given(
    names=st.lists(
        st.from_regex(
            r"([aA]|b1|\.|-|1\.2\.3\.4|example|EXAMPLE|\u212a|\u00e4){1,9}", fullmatch=True
        )
    )
)
@settings(max_examples=100, deadline=None)
def test_domains_of_all_forms(names: list[str]) -> None:
    lists = lists_of("b1.example", "a.b1.example", "aa.example", "example.aa")
    flags = {"query_timestamp": "2026-11-24T20:00:00Z", "srcaddr": "10.0.0.1", "rcode": "NOERROR"}
    data = "\n".join(json.dumps(flags | {"query_name": name}) for name in [*names, "x.b1.example."])
    both = Both.of(None, lists)
    assert both.difference(data.encode(), LOG_TYPES.by_name["route53_resolver"], context()) == ""


@pytest.mark.parametrize("name", ["alb", "cloudtrail", "waf", "vpc_flow", "guardduty"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=2, deadline=None)
def test_odd_records_become_the_same_documents(name: str, seed: int) -> None:
    log_type, random = LOG_TYPES.by_name[name], Random(seed)
    if log_type.read.format == "json":
        data = odd_records.json_lines(log_type, random, 100)
    elif name == "alb":
        data = b"\n".join(changed_records.record(log_type, random) for _ in range(100))
    else:
        lines = [odd_records.columns(log_type, random) for _ in range(100)]
        data = "\n".join(log_type.read.delimiter.join(line) for line in lines).encode()
    assert Both.of(None, lists_of_samples(name, 1)).difference(data, log_type, context()) == ""


def test_a_domain_that_only_looks_listed_is_none() -> None:
    lists = lists_of(*(f"a{number}.listed.example" for number in range(200_000)))
    names = [f"b{number}.other.example" for number in range(5_000)] + ["x.a7.listed.example"]
    record = {"query_timestamp": "2026-11-24T20:00:00Z", "srcaddr": "10.0.0.1", "rcode": "NOERROR"}
    data = "\n".join(json.dumps(record | {"query_name": name}) for name in names).encode()
    both = Both.of(None, lists)
    assert both.difference(data, LOG_TYPES.by_name["route53_resolver"], context()) == ""
    assert both.share > 0.95
