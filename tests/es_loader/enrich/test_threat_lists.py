"""What lists of bad addresses and domains say of one."""

import io
import json
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.indicators import domain, network
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.fetch import Stream
from es_loader.log_type_file import load_all
from es_loader.normalize import Normalizer

LOG_TYPES = LogTypes(load_all())
CONTEXT = Context("logs", "key", "hash", 1_795_551_900_000, "2026-11-24T20:30:00.000Z")


def lists_of(**lists: str) -> ThreatLists:
    """Lists with the entries in these texts, by name."""
    found = ThreatLists()
    for name, text in lists.items():
        for word in text.split():
            entry = network(word) or domain(word)
            assert entry, word
            found.add(entry, name)
    return found


def told(lists: ThreatLists, name: str, record: Any, native: bool = True) -> Any:
    """threat.enrichments of the document of a record."""
    data = record.encode() if isinstance(record, str) else json.dumps(record).encode()
    normalizer = Normalizer(LOG_TYPES, native=native, lists=lists)
    kind = LOG_TYPES.by_name[name]
    (made,) = normalizer.run(Stream(io.BytesIO(data)), CONTEXT, kind, forced=True)
    assert isinstance(made, tuple)
    return json.loads(made[5]).get("threat", {}).get("enrichments")


def event(address: str) -> dict[str, Any]:
    """An event of CloudTrail that comes from an address."""
    return {
        "eventTime": "2026-11-24T20:05:58Z",
        "eventName": "GetObject",
        "eventSource": "s3.amazonaws.com",
        "sourceIPAddress": address,
    }


def query(name: str) -> dict[str, Any]:
    """A query of Route 53 Resolver."""
    return {"query_timestamp": "2026-11-24T20:05:58Z", "srcaddr": "10.0.0.1", "query_name": name}


both_ways = pytest.mark.parametrize("native", [True, False])


@both_ways
def test_a_listed_address_is_told_with_all_that_lists_it(native: bool) -> None:
    lists = lists_of(tor="198.51.100.7 198.51.100.8", drop="198.51.100.0/24 203.0.113.0/24")
    assert told(lists, "cloudtrail", event("198.51.100.7"), native) == {
        "indicator": {
            "ip": ["198.51.100.7"],
            "name": ["198.51.100.7", "198.51.100.0/24"],
            "provider": ["tor", "drop"],
            "type": ["ipv4-addr"],
        },
        "matched": {"field": ["source.ip"]},
    }
    assert told(lists, "cloudtrail", event("192.0.2.7"), native) is None
    assert told(lists, "cloudtrail", event("ec2.amazonaws.com"), native) is None


@both_ways
@pytest.mark.parametrize(
    ("address", "kind", "name"),
    [
        ("2001:db8::7", "ipv6-addr", "2001:db8::/64"),
        ("2001:DB8:0::7", "ipv6-addr", "2001:db8::/64"),
        ("::ffff:198.51.100.7", "ipv4-addr", "198.51.100.7"),
    ],
)
def test_addresses_of_ipv6(address: str, kind: str, name: str, native: bool) -> None:
    lists = lists_of(bad="2001:db8::/64 198.51.100.7")
    found = told(lists, "cloudtrail", event(address), native)
    assert (found["indicator"]["type"], found["indicator"]["name"]) == ([kind], [name])


@both_ways
@pytest.mark.parametrize(
    "name", ["bad.example", "BAD.example.", "a.b.bad.example", "x.bad.example."]
)
def test_a_domain_is_listed_with_all_below_it(name: str, native: bool) -> None:
    assert told(lists_of(hosts="bad.example"), "route53_resolver", query(name), native) == {
        "indicator": {
            "name": ["bad.example"],
            "provider": ["hosts"],
            "type": ["domain-name"],
            "url": {"domain": [name.lower().removesuffix(".")]},
        },
        "matched": {"field": ["dns.question.name"]},
    }


@both_ways
@pytest.mark.parametrize(
    "name", ["notbad.example", "example", "bad.example.org", "198.51.100.7", ""]
)
def test_other_names_are_not_listed(name: str, native: bool) -> None:
    lists = lists_of(hosts="bad.example", addresses="198.51.100.7")
    assert told(lists, "route53_resolver", query(name), native) is None


@both_ways
def test_all_that_is_listed_in_a_record_is_told(native: bool) -> None:
    lists = lists_of(one="198.51.100.7", two="203.0.113.7 2001:db8::7")
    names = (
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
        " start end action log-status\n"
    )
    line = "2 111122223333 eni-1 198.51.100.7 203.0.113.7 1 2 6 1 1 1795551900 1795551901 ACCEPT OK"
    found = told(lists, "vpc_flow", names + line, native)
    assert found["indicator"]["provider"] == ["one", "two"]
    assert found["matched"]["field"] == ["source.ip", "destination.ip"]


@both_ways
def test_each_address_of_a_list_is_looked_up(native: bool) -> None:
    record = {
        "actor": {"user": {"name": "x"}},
        "src_endpoint": {"ip": ["192.0.2.1", "203.0.113.7"]},
    }
    record |= {"class_uid": 3002, "time": 1795550758000, "metadata": {"version": "1.1.0"}}
    found = told(lists_of(bad="203.0.113.7"), "security_lake", record, native)
    assert found["indicator"]["ip"] == ["203.0.113.7"]


@both_ways
def test_what_a_log_type_itself_says_of_threats_stays(native: bool) -> None:
    address = {"ipAddressV4": "198.51.100.7"}
    finding = {
        "schemaVersion": "2.0",
        "accountId": "111122223333",
        "region": "us-east-1",
        "type": "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
        "updatedAt": "2026-11-24T20:05:58Z",
        "service": {
            "action": {"networkConnectionAction": {"remoteIpDetails": address}},
            "additionalInfo": {"threatListName": "its own"},
        },
    }
    indicator = told(lists_of(bad="198.51.100.0/24"), "guardduty", finding, native)["indicator"]
    assert indicator["ip"] == ["198.51.100.7"]
    assert indicator["provider"] == ["its own", "bad"]
    assert told(lists_of(bad="203.0.113.1"), "guardduty", finding, native)["indicator"] == {
        "ip": ["198.51.100.7"],
        "provider": ["its own"],
        "type": ["ipv4-addr"],
    }


def test_the_entries_of_several_lists_are_counted_once() -> None:
    assert lists_of(one="198.51.100.7 bad.example", two="198.51.100.7 bad.example").entries == 2


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(8, 32)), max_size=30),
    st.integers(0, 2**32 - 1),
)
def test_addresses_are_found_in_the_networks_that_have_them(
    networks: list[tuple[int, int]], number: int
) -> None:
    known = [ip_network((start, prefix), strict=False) for start, prefix in networks]
    lists = lists_of(bad=" ".join(map(str, known)))
    for each in (number, *(start for start, _ in networks)):
        address = ip_address(each)
        found = lists.find(str(address))
        expected = {str(net).removesuffix("/32") for net in known if address in net}
        assert set(found.names if found else ()) == expected
        ranges = lists.ranges()
        inside = any(a <= each <= b for a, b in zip(ranges[::2], ranges[1::2], strict=True))
        assert inside == bool(expected)
        assert list(ranges) == sorted(ranges)


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert lists_of(bad="198.51.100.7 bad.example").find(text) is None
