"""Through trusted proxies the sender of a request is told, and never one that it made up."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import LogTypeError
from common.settings import networks
from es_loader import log_type_file
from es_loader.compile import Context
from es_loader.decode import LogTypes
from es_loader.enrich.forwarded import Trusted
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.fetch import Stream
from es_loader.normalize import Normalizer, Refused

LOG_TYPES = LogTypes(log_type_file.load_all())
CONTEXT = Context("logs", "key", "hash", 1_795_551_900_000, "2026-11-24T20:30:00.000Z")
PROXIES = "10.0.0.0/8,203.0.113.0/24,2001:db8:ffff::/48"
FORWARDING = [name for name, kind in LOG_TYPES.by_name.items() if kind.forwarded]
CLIENT, SPOOFED, PROXY, OTHER = "198.51.100.7", "192.0.2.66", "203.0.113.9", "192.0.2.1"
CLF = '{} - - [24/Nov/2026:19:02:49 +0000] "GET /p HTTP/1.1" 200 612 "-" "curl/8.11.0" "{}"'


def waf(source: str, header: str) -> str:
    headers = [{"name": "Host", "value": "shop.example"}]
    headers += [{"name": "X-Forwarded-For", "value": each} for each in header.split(" + ")]
    request = {"clientIp": source, "headers": headers, "uri": "/"}
    return json.dumps({"timestamp": 1795546873958, "action": "ALLOW", "httpRequest": request})


def audit(source: str, header: str) -> str:
    return json.dumps(
        {
            "@timestamp": "2026-11-24T20:05:58Z",
            "audit_category": "FAILED_LOGIN",
            "audit_request_remote_address": source,
            "audit_rest_request_headers": {"X-Forwarded-For": header.split(" + ")},
        }
    )


def cloudfront(source: str, header: str) -> str:
    fields = "#Fields: date time c-ip c-port cs-method x-forwarded-for"
    text = header.replace(" + ", ",").replace(" ", "%20")
    return f"{fields}\n" + "\t".join(["2026-11-24", "20:05:58", source, "4711", "GET", text])


def realtime(source: str, header: str) -> str:
    record = {"timestamp": "1795550758.123", "c-ip": source, "c-port": "4711"}
    return json.dumps(record | {"x-forwarded-for": header.replace(" + ", ", ")})


def web_server(source: str, header: str) -> str:
    return CLF.format(source, header.replace(" + ", ", "))


WRITTEN = {
    "apache_access": web_server,
    "cloudfront_realtime": realtime,
    "cloudfront_standard": cloudfront,
    "nginx_access": web_server,
    "opensearch_audit": audit,
    "waf": waf,
}
each_name = pytest.mark.parametrize("name", FORWARDING)
both_ways = pytest.mark.parametrize("native", [True, False])


def document(
    name: str, source: str, header: str, proxies: str = PROXIES, native: bool = True
) -> dict[str, Any]:
    """The document of a request that came from a source with a header."""
    trusted = Trusted(networks(proxies)) if proxies else None
    lists = ThreatLists()
    for network in networks(f"{CLIENT},{PROXY}"):
        lists.add(network, "listed")
    normalizer = Normalizer(LOG_TYPES, native=native, lists=lists, trusted=trusted)
    data, kind = WRITTEN[name](source, header).encode(), LOG_TYPES.by_name[name]
    (made,) = normalizer.run(Stream(io.BytesIO(data)), CONTEXT, kind, forced=True)
    assert not isinstance(made, Refused), made
    return dict(json.loads(made[5]))


def test_the_log_types_that_have_such_a_list() -> None:
    assert sorted(WRITTEN) == FORWARDING


@each_name
@both_ways
@pytest.mark.parametrize(
    "header",
    [
        CLIENT,
        f"{SPOOFED}, {CLIENT}",
        f"{CLIENT}, {SPOOFED}, {CLIENT}",
        f"{SPOOFED}, 10.1.1.1, {CLIENT}, 10.2.2.2, {PROXY}",
        f"{SPOOFED} + {CLIENT}",
        f"{SPOOFED}, {CLIENT}, ::ffff:10.2.2.2",
    ],
)
def test_behind_a_trusted_proxy_the_source_is_the_client(
    name: str, native: bool, header: str
) -> None:
    found = document(name, PROXY, header, native=native)
    assert found["source"]["ip"] == found["source"]["address"] == CLIENT
    assert "port" not in found["source"]
    assert found["network"]["forwarded_ip"] == CLIENT
    assert found.get("client", {"ip": CLIENT})["ip"] == CLIENT
    assert {CLIENT, PROXY} <= set(found["related"]["ip"])
    # What is looked up is the client, and not the proxy.
    assert found["threat"]["enrichments"]["indicator"]["ip"] == [CLIENT]


@each_name
@both_ways
def test_without_a_trusted_proxy_the_source_stays(name: str, native: bool) -> None:
    header = f"{SPOOFED}, {CLIENT}, 10.1.1.1"
    found = document(name, OTHER, header, native=native)
    assert found["source"]["ip"] == OTHER
    assert found["network"]["forwarded_ip"] == CLIENT
    assert {CLIENT, OTHER} <= set(found["related"]["ip"])
    assert found.get("client", {"ip": CLIENT})["ip"] == CLIENT


@pytest.mark.parametrize(
    "name", ["cloudfront_realtime", "cloudfront_standard", "opensearch_audit", "waf"]
)
def test_what_is_no_address_is_no_client(name: str) -> None:
    found = document(name, PROXY, f"unknown, {CLIENT}, 10.1.1.1")
    assert found["source"]["ip"] == CLIENT
    found = document(name, PROXY, f"{SPOOFED}, unknown, 10.1.1.1")
    assert found["source"]["ip"] == PROXY


@each_name
def test_where_all_are_trusted_the_first_is_the_client(name: str) -> None:
    found = document(name, PROXY, "10.3.3.3, 10.1.1.1")
    assert found["source"]["ip"] == found["network"]["forwarded_ip"] == "10.3.3.3"


@each_name
@both_ways
def test_without_trusted_proxies_documents_are_as_they_were(name: str, native: bool) -> None:
    header = f"{SPOOFED}, {CLIENT}, 10.1.1.1"
    found = document(name, PROXY, header, proxies="", native=native)
    assert found["source"]["ip"] == PROXY
    forwarded = found["network"]["forwarded_ip"]
    assert SPOOFED in (forwarded, forwarded[0])


@each_name
def test_a_list_without_an_address_changes_nothing(name: str) -> None:
    for header in ("-", "unknown", ""):
        try:
            found = document(name, PROXY, header)
        except AssertionError:
            assert name in ("apache_access", "nginx_access")
            continue
        assert found["source"]["ip"] == PROXY


def test_records_of_json_in_lines_of_cloudfront_are_changed_too() -> None:
    record = {"date": "2026-11-24", "time": "20:05:58", "c-ip": PROXY, "x-forwarded-for": CLIENT}
    normalizer = Normalizer(LOG_TYPES, trusted=Trusted(networks(PROXIES)))
    kind = LOG_TYPES.by_name["cloudfront_standard"]
    body = Stream(io.BytesIO(json.dumps(record).encode()))
    (made,) = normalizer.run(body, CONTEXT, kind, forced=True)
    assert not isinstance(made, Refused)
    assert json.loads(made[5])["source"]["ip"] == CLIENT


def chains() -> Iterator[st.SearchStrategy[str]]:
    for text in (
        CLIENT,
        SPOOFED,
        "10.1.1.1",
        PROXY,
        "x",
        "",
        "2001:db8:ffff::1",
        "::ffff:10.1.1.1",
    ):
        yield st.just(text)


@given(st.lists(st.one_of(*chains())))
def test_who_is_believed_is_followed_by_trusted_proxies_only(chain: list[str]) -> None:
    trusted = Trusted(networks(PROXIES))
    client = trusted.client(chain)
    if client is None:
        return
    last = len(chain) - 1 - chain[::-1].index(client)
    assert all(trusted[each] for each in chain[last + 1 :])
    assert not trusted[client] or all(trusted[each] for each in chain)


def test_what_is_remembered_is_bounded() -> None:
    trusted = Trusted(networks(PROXIES))
    for number in range(20_000):
        assert not trusted[f"192.0.{number // 250}.{number % 250}"]
        assert not trusted[f"{'x' * 1000}{number}"]
    assert len(trusted) <= 4096
    assert max(map(len, trusted)) < 50


def test_a_log_type_that_cannot_have_another_source_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "doors"
    folder.mkdir()
    text = (log_type_file.HERE / "waf" / "log_type.toml").read_text()
    (folder / "log_type.toml").write_text(text.replace('source.ip = "', 'source.ip = [] # "'))
    with pytest.raises(LogTypeError, match=r"source\.ip with a source path: aws\.waf"):
        log_type_file.load(folder)
