"""Lists of bad addresses, packed or not."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from common.list_files import LONGEST, lines, name_of

TEXT = b"198.51.100.7\nbad.example\n"


def zipped(**members: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


@pytest.mark.parametrize(
    "content",
    [TEXT, gzip.compress(TEXT), zipped(a=TEXT), zipped(a=TEXT[:13], b=TEXT[13:])],
    ids=["plain", "gzip", "zip", "zip of two"],
)
def test_the_lines_of_a_list_are_read_however_it_is_packed(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list"
    file.write_bytes(content)
    assert list(lines(file)) == ["198.51.100.7\n", "bad.example\n"]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(TEXT)[:-9], b"\x1f\x8bno gzip at all", b"PK\x03\x04no zip", zipped(a=TEXT)[:40]],
)
def test_a_list_that_is_broken_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list"
    file.write_bytes(content)
    with pytest.raises(OSError, match=r"."):
        list(lines(file))


def test_a_list_that_unpacks_to_too_much_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(gzip.compress(b"x" * 1_000_000))
    with pytest.raises(OSError, match="it holds more than 100000 bytes"):
        list(lines(file, 100_000))


def test_a_line_that_never_ends_is_read_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(b"x" * (LONGEST + 1))
    assert [len(line) for line in lines(file)] == [LONGEST, 1]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("feodo_tracker.txt", "feodo_tracker"),
        ("feodo_tracker.txt.gz", "feodo_tracker"),
        ("our own.csv.zip", "our own"),
        ("bad", "bad"),
        ("v1.2.txt", "v1.2"),
    ],
)
def test_the_name_of_a_list_is_that_of_its_file(file: str, name: str) -> None:
    assert name_of(file) == name
