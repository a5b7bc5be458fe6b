"""Files with lists of bad addresses and domains are read whatever is in them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from es_loader.enrich import threat_list_files
from es_loader.enrich.threat_lists import ThreatLists
from tests.logs import Logs

CSV = """\
# abuse.ch
"first_seen_utc","dst_ip","dst_port","c2_status"
"2026-11-24 21:21:51","198.51.100.7","443","online"
"""


def read(folder: Path, **files: str | bytes) -> ThreatLists | None:
    """The lists of files with this content, by name."""
    within = folder / "AddressLists"
    within.mkdir(exist_ok=True)
    for name, content in files.items():
        content = content if isinstance(content, bytes) else content.encode()
        (within / name.replace("_", ".")).write_bytes(content)
    return threat_list_files.read(folder)


def test_the_lists_of_all_files_are_used_and_keep_their_names(tmp_path: Path, logs: Logs) -> None:
    lists = read(
        tmp_path,
        feodo_csv=CSV,
        hosts="0.0.0.0 bad.example\n",
        tor_txt="198.51.100.7\n2001:db8::7\n",
        empty_txt="",
        comments_txt="# nothing at the moment\n",
        tor_txt_etag='"abc" 12',
    )
    assert lists and lists.entries == 3
    assert logs.messages == ["list of bad addresses comments: names no address and no domain"]
    found = lists.find("198.51.100.7")
    assert found and found.lists == ("feodo", "tor")
    found = lists.find("www.bad.example")
    assert found and found.lists == ("hosts",)


def test_without_a_folder_or_without_entries_there_are_no_lists(tmp_path: Path) -> None:
    assert threat_list_files.read(tmp_path) is None
    assert read(tmp_path, empty_txt="# nothing\n") is None


def test_networks_that_match_everything_are_a_line_in_the_log(tmp_path: Path, logs: Logs) -> None:
    lists = read(
        tmp_path,
        bogons_txt="0.0.0.0/0\n10.0.0.0/8\n127.0.0.1\n::/0\n2400::/12\n198.51.100.0/24\n",
    )
    assert lists and lists.entries == 1
    assert logs.messages == [
        "list of bad addresses bogons: 5 entries are not used, not public, or wider than /8"
        " (IPv6: /19): 0.0.0.0/0, 10.0.0.0/8, 127.0.0.1"
    ]
    for address in ("10.1.2.3", "192.0.2.1", "127.0.0.1", "2400::1"):
        assert lists.find(address) is None


def test_all_lists_together_have_a_most(
    tmp_path: Path, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threat_list_files, "MOST", 3)
    first, second = "198.51.100.1\n198.51.100.2\n", "198.51.100.2\n198.51.100.3\nbad.example\n"
    lists = read(tmp_path, a_txt=first, b_txt=second, c_txt="198.51.100.1\n")
    assert lists and lists.entries == 3
    assert logs.messages == [
        "list of bad addresses b: 1 entries are used, the rest is not: all lists together have 3"
        " at most"
    ]
    found = lists.find("198.51.100.1")
    assert found and found.lists == ("a", "c")
    assert lists.find("bad.example") is None


def test_a_folder_among_the_lists_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "AddressLists" / "folder.txt").mkdir(parents=True)
    assert read(tmp_path, a_txt="198.51.100.1\n")


@given(content=st.one_of(st.binary(max_size=500), st.text(max_size=500).map(str.encode)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_is_an_error(content: bytes, tmp_path: Path, logs: Logs) -> None:
    lists = read(tmp_path, a_txt=content)
    assert lists is None or lists.entries
    assert len(logs.messages) <= 1
    logs.stream.truncate(0)
    logs.stream.seek(0)


def test_a_line_of_a_megabyte_is_read_in_pieces(tmp_path: Path) -> None:
    lists = read(tmp_path, a_txt="x" * 1_000_000 + "\n198.51.100.1\n" + "," * 1_000_000)
    assert lists and lists.entries == 1
