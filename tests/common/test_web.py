"""Values of web requests, as logs write them."""

import pytest

from common.web import as_sent, forwarded_addresses, host_and_port


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
