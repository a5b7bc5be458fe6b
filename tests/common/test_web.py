"""Values of web requests, as logs write them."""

import pytest

from common.web import as_sent, forwarded_addresses, host_and_port, nanoseconds, tls_version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com", ("example.com", "")),
        ("example.com:443", ("example.com", "443")),
        ("192.0.2.1:8080", ("192.0.2.1", "8080")),
        ("2001:db8::1", ("2001:db8::1", "")),
        ("[2001:db8::1]", ("2001:db8::1", "")),
        ("[2001:db8::1]:80", ("2001:db8::1", "80")),
        ("example.com:", ("example.com:", "")),
        ("example.com:x", ("example.com:x", "")),
        ("[", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_host_is_told_from_its_port(text: str, expected: tuple[str, str]) -> None:
    assert host_and_port(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", ("192.0.2.1",)),
        ("192.0.2.1, 198.51.100.2:51234,2001:db8::1", ("192.0.2.1", "198.51.100.2", "2001:db8::1")),
        ("192.0.2.1,%20[2001:db8::1]:443", ("192.0.2.1", "2001:db8::1")),
        ("unknown, ,-", ("unknown",)),
        ("", ()),
    ],
)
def test_forwarded_addresses_lose_their_ports(text: str, expected: tuple[str, ...]) -> None:
    assert forwarded_addresses(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [("/a%2520b", "/a%20b"), ("/a%20b", "/a%20b"), ("/100%25", "/100%25"), ("/%252541", "/%2541")],
)
def test_a_url_is_as_the_client_has_sent_it(url: str, expected: str) -> None:
    assert as_sent(url) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TLSv1.2", ("tls", "1.2")),
        ("TLSv1", ("tls", "1.0")),
        ("SSLv3", ("ssl", "3.0")),
        ("-", (None, None)),
        ("TLSv", (None, None)),
        ("QUIC", (None, None)),
    ],
)
def test_a_tls_version_is_told_from_its_protocol(
    text: str, expected: tuple[str | None, str | None]
) -> None:
    assert tls_version(text) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ("0.834", 834_000_000),
        (2, 2_000_000_000),
        (0.001, 1_000_000),
        ("-", None),
        ("inf", None),
        ("nan", None),
        (None, None),
        ([], None),
        (True, None),
    ],
)
def test_seconds_become_nanoseconds(seconds: object, expected: int | None) -> None:
    assert nanoseconds(seconds) == expected
