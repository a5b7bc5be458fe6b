"""What the lines of lists of bad addresses and domains name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.indicators import is_usable, network, of_line


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("198.51.100.7", ["198.51.100.7"]),
        ("  198.51.100.7\r\n", ["198.51.100.7"]),
        ("198.51.100.7 # known since 2024", ["198.51.100.7"]),
        ("198.51.100.77/24 ; SBL1", ["198.51.100.0/24"]),
        ("198.51.100.7:443", ["198.51.100.7"]),
        ("198[.]51[.]100[.]7", ["198.51.100.7"]),
        ("2001:DB8::7", ["2001:db8::7"]),
        ("2001:db8:1::/48", ["2001:db8:1::/48"]),
        ("bad.example", ["bad.example"]),
        ("Bad.Example.", ["bad.example"]),
        ("*.bad.example", ["bad.example"]),
        (".bad.example", ["bad.example"]),
        ("||bad.example^", ["bad.example"]),
        ("bad[.]example", ["bad.example"]),
        ("xn--bcher-kva.example", ["xn--bcher-kva.example"]),
        ("bad.example # seen beside other.example", ["bad.example"]),
    ],
)
def test_plain_text_names_one_a_line(line: str, named: list[str]) -> None:
    assert [str(each) for each in of_line(line)] == named


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("198.51.100.7,2026-11-24,Example", "198.51.100.7"),
        ('"2026-11-24 21:21:51","198.51.100.7","443","online"', "198.51.100.7"),
        ("bad.example,198.51.100.7,2026-11-24", "bad.example"),
        ('"2026-11-24 10:00:00","1234567","bad.example","domain"', "bad.example"),
        ('{"cidr":"198.51.100.0/24","sblid":"SBL1"}', "198.51.100.0/24"),
        ("ExitAddress 198.51.100.7 2026-11-24 05:08:45", "198.51.100.7"),
        ("bad.example\t198.51.100.7", "bad.example"),
    ],
)
def test_of_columns_the_first_indicator_counts(line: str, named: str) -> None:
    assert [str(each) for each in of_line(line)] == [named]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("0.0.0.0 bad.example", ("bad.example",)),
        ("127.0.0.1\tbad.example other.example # ads", ("bad.example", "other.example")),
        (":: bad.example", ("bad.example",)),
        ("127.0.0.1 localhost", ()),
        ("127.0.0.1 localhost.localdomain", ()),
        ("0.0.0.0 0.0.0.0", ()),
        ("::1 ip6-localhost ip6-loopback", ()),
    ],
)
def test_a_hosts_file_names_domains(line: str, named: tuple[str, ...]) -> None:
    assert of_line(line) == named


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "# 198.51.100.7",
        "; bad.example",
        "! Title: lists.example",
        "<a href='x'>bad.example</a>",
        "first_seen_utc,dst_ip,dst_port",
        "com",
        "http://bad.example/x.exe",
        "198.51.100.7/33",
        "198.51.100.300",
        "198.51.100.0/255.255.255.0",
        "d41d8cd98f00b204e9800998ecf8427e",
        "printer.local",
        "1.0.0.10.in-addr.arpa",
        "Published 2026-11-24 20:05:14",
        f"{'a' * 64}.example",
        "bad..example",
        "b\u00e4d.example",
    ],
)
def test_other_lines_name_nothing(line: str) -> None:
    assert of_line(line) == ()


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("198.51.100.0/24", True),
        ("8.0.0.0/8", True),
        ("8.0.0.0/7", False),
        ("0.0.0.0/0", False),
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("192.168.0.0/16", False),
        ("192.0.0.0/8", False),  # it has 192.168.0.0/16 in it
        ("100.64.1.0/24", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("2001:db8::/32", True),
        ("2400::/19", True),
        ("2400::/18", False),
        ("::1", False),
        ("fe80::1", False),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_a_network_is_usable_if_it_is_public_and_not_too_wide(text: str, usable: bool) -> None:
    found = network(text)
    assert found
    assert is_usable(found) == usable


@given(st.text())
def test_no_line_is_an_error(line: str) -> None:
    for found in of_line(line):
        assert str(found)
