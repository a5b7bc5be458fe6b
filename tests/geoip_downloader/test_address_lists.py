"""Lists of bad addresses and domains as their makers publish them."""

import pytest

from geoip_downloader.address_lists import indicators
from geoip_downloader.errors import DownloadError

FEODO = """\
################################################################
# abuse.ch Feodo Tracker Botnet C2 IP Blocklist (CSV)          #
# Terms Of Use: https://feodotracker.abuse.ch/blocklist/       #
################################################################
"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"
"2022-06-04 21:21:51","8.8.8.10","443","online","2026-11-24","Example"
"2022-06-04 21:22:51","1.0.0.77","443","offline","2026-11-23","Example"
# END (2) entries
"""
EXIT_ADDRESSES = """\
ExitNode 0123456789ABCDEF0123456789ABCDEF01234567
Published 2026-11-23 20:05:14
LastStatus 2026-11-24 05:00:00
ExitAddress 9.9.9.1 2026-11-24 05:08:45
"""


def read(text: str) -> list[str]:
    return [str(each) for each in indicators("name", text.splitlines(keepends=True))]


def test_plain_text_is_sorted_and_each_address_is_there_once() -> None:
    assert read("8.8.8.8\n1.1.1.1\r\n\n8.8.8.8\n2001:4860:4860::8888\n") == [
        "1.1.1.1",
        "8.8.8.8",
        "2001:4860:4860::8888",
    ]


def test_csv_with_a_header_and_quotes() -> None:
    assert read(FEODO) == ["1.0.0.77", "8.8.8.10"]


def test_domains_follow_the_addresses() -> None:
    assert read(
        "0.0.0.0 Bad.example\n0.0.0.0 bad.example\n8.8.8.8\n0.0.0.0 also.bad.example\n"
    ) == [
        "8.8.8.8",
        "also.bad.example",
        "bad.example",
    ]


def test_an_address_among_other_words() -> None:
    assert read(EXIT_ADDRESSES) == ["9.9.9.1"]


def test_networks_and_comments() -> None:
    assert read("; Spamhaus DROP\n1.10.16.0/20 ; SBL256894\n# x\n1.19.0.1/16\n") == [
        "1.10.16.0/20",
        "1.19.0.0/16",
    ]


@pytest.mark.parametrize("line", ["10.0.0.1", "127.0.0.1", "fe80::1", "192.168.0.0/16"])
def test_addresses_that_are_not_public_are_left_out(line: str) -> None:
    assert read(f"{line}\n8.8.8.8\n") == ["8.8.8.8"]


@pytest.mark.parametrize("line", ["0.0.0.0/0", "8.0.0.0/7", "::/0", "2400::/12"])
def test_a_network_of_half_the_internet_is_left_out(line: str) -> None:
    assert read(f"{line}\n8.8.8.8\n") == ["8.8.8.8"]


@pytest.mark.parametrize("text", ["", "# nothing at the moment\n", '# x\n"first_seen","dst_ip"\n'])
def test_a_list_of_comments_alone_is_empty(text: str) -> None:
    assert read(text) == []


def test_a_text_without_addresses_is_an_error_that_names_the_list() -> None:
    with pytest.raises(DownloadError) as raised:
        read("<html>\n<body>Not found</body>\n</html>\n")
    assert str(raised.value) == "name: no address in any of its 3 lines"
    assert raised.value.cause == "list"
