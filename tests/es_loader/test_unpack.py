"""Unpacking: what was packed comes out again, and what breaks off is told."""

import bz2
import gzip
import io
import random
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable

import pytest
import zstandard
from isal import igzip

from common.errors import Retry
from es_loader.fetch import Stream
from es_loader.unpack import CHUNK

RANDOM = random.Random(1)
TEXT = b"".join(b'{"n":%d,"x":"%x"}\n' % (n, RANDOM.getrandbits(128)) for n in range(100))
GZIP_END = 8


def unpacked(body: bytes) -> tuple[bytes, str]:
    """The text of an object, and how it breaks off."""
    stream = Stream(io.BytesIO(body))
    return b"".join(stream), stream.cut


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def one_zipped(body: bytes) -> bytes:
    """A zip of one file."""
    return zipped({"log": body})


def stored(body: bytes) -> bytes:
    """A gzip that is as long as what is in it."""
    return gzip.compress(body, 0)


every_packing = pytest.mark.parametrize(
    "pack",
    [gzip.compress, igzip.compress, stored, bz2.compress, zstandard.compress, one_zipped, bytes],
)


@every_packing
@pytest.mark.parametrize("body", [b"x", TEXT, bytes(3_000_000), RANDOM.randbytes(500_000)])
def test_what_was_packed_comes_out(pack: Callable[[bytes], bytes], body: bytes) -> None:
    assert unpacked(pack(b"log " + body)) == (b"log " + body, "")


@every_packing
def test_what_was_packed_twice_comes_out(pack: Callable[[bytes], bytes]) -> None:
    assert unpacked(gzip.compress(pack(TEXT))) == (TEXT, "")
    assert unpacked(pack(gzip.compress(TEXT))) == (TEXT, "")
    assert unpacked(one_zipped(pack(TEXT))) == (TEXT, "")


@every_packing
def test_chunks_are_small_whatever_they_were_packed_into(pack: Callable[[bytes], bytes]) -> None:
    chunks = list(Stream(io.BytesIO(pack(b"log" + bytes(30_000_000)))))
    assert sum(map(len, chunks)) == 30_000_003
    assert max(map(len, chunks)) <= 10 * CHUNK


@pytest.mark.parametrize("pack", [gzip.compress, igzip.compress, stored])
def test_row_12_cut_at_any_byte_a_gzip_gives_all_that_is_before_the_cut(
    pack: Callable[[bytes], bytes],
) -> None:
    packed = pack(TEXT)
    for end in range(2, len(packed)):
        text, cut = unpacked(packed[:end])
        there = zlib.decompressobj(31).decompress(packed[:end])
        assert TEXT.startswith(text) and len(text) >= len(there) - 2
        assert cut == "EOFError: gzip ends before its end marker"


@pytest.mark.parametrize("pack", [bz2.compress, zstandard.compress, one_zipped])
def test_row_12_cut_at_any_byte_every_packing_tells(pack: Callable[[bytes], bytes]) -> None:
    packed = pack(TEXT)
    for end in range(4, len(packed)):
        text, cut = unpacked(packed[:end])
        assert TEXT.startswith(text)
        assert cut


@pytest.mark.parametrize("pack", [gzip.compress, igzip.compress, bz2.compress, zstandard.compress])
def test_packed_pieces_one_after_the_other_are_one_text(pack: Callable[[bytes], bytes]) -> None:
    cuts = sorted(RANDOM.sample(range(len(TEXT)), 20))
    pieces = [TEXT[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    assert unpacked(b"".join(map(pack, pieces))) == (TEXT, "")


def test_zeros_after_a_gzip_are_padding() -> None:
    assert unpacked(gzip.compress(TEXT) + bytes(100_000)) == (TEXT, "")
    assert unpacked(gzip.compress(TEXT) + bytes(9) + gzip.compress(b"x")) == (TEXT + b"x", "")


@pytest.mark.parametrize("end", [b"x", b"no gzip at all" * 9, b"\x1f\x8b"])
def test_what_follows_a_gzip_and_is_none_is_told(end: bytes) -> None:
    text, cut = unpacked(gzip.compress(TEXT) + end)
    assert text == TEXT
    assert cut


def test_the_optional_parts_of_a_gzip_header_are_skipped() -> None:
    deflated = gzip.compress(TEXT)[10:]
    names = b"a name" * 20_000 + b"\0" + b"a comment\0"
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + struct.pack("<H", 700) + bytes(700) + names + b"\0\0"
    assert unpacked(head + deflated) == (TEXT, "")
    for end in (10, 11, 300, 800, 10_000, len(head) - 1):
        assert unpacked(head[:end]) == (b"", "EOFError: gzip ends before its end marker")


@pytest.mark.parametrize("at", [0, 4])
def test_a_wrong_checksum_or_length_is_told_and_takes_nothing_away(at: int) -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[at - GZIP_END] ^= 1
    assert unpacked(bytes(packed)) == (
        TEXT,
        "ValueError: the checksum of a gzip is not that of its content",
    )


def test_the_files_in_a_zip_are_read_in_the_order_of_their_names() -> None:
    body = zipped({"b": b"2\n", "c/": b"", "a": b"1\n", "c/d": b"3\n"})
    assert unpacked(body) == (b"1\n2\n3\n", "")


def test_the_last_line_of_a_file_in_a_zip_is_none_with_the_first_of_the_next() -> None:
    assert unpacked(zipped({"a": b"1", "b": b"2\n", "c": b"", "d": b"3"})) == (b"1\n2\n3", "")


def test_each_file_in_a_zip_has_its_own_encoding() -> None:
    body = zipped({"a": "é\n".encode("utf-16"), "b": "é\n".encode("utf-8-sig"), "c": "é".encode()})
    assert unpacked(body) == ("é\né\né".encode(), "")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_file_in_a_zip_is_told(method: int) -> None:
    body = bytearray(zipped({"a": b"1\n", "b": TEXT}, method))
    middle = len(body) // 2
    body[middle : middle + 9] = bytes(9)
    text, cut = unpacked(bytes(body))
    assert text.startswith(b"1\n")
    assert cut


def test_an_encrypted_file_in_a_zip_is_told() -> None:
    body = bytearray(one_zipped(TEXT))
    body[6] |= 1
    body[body.index(b"PK\1\2") + 8] |= 1
    text, cut = unpacked(bytes(body))
    assert text == b""
    assert "encrypted" in cut


def test_a_file_in_a_zip_that_is_packed_in_an_unknown_way_is_told() -> None:
    body = bytearray(one_zipped(TEXT))
    body[8] = body[body.index(b"PK\1\2") + 10] = 97
    assert unpacked(bytes(body))[1].startswith("NotImplementedError")


def test_a_zip_that_there_is_no_room_for_is_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    with io.FileIO("/dev/full", "r+") as full:
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
        with pytest.raises(Retry) as raised:
            unpacked(one_zipped(TEXT))
    assert raised.value.cause == "no_space"


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, zstandard.compress, one_zipped, bytes]
)
def test_a_body_that_fails_is_no_cut_object(pack: Callable[[bytes], bytes]) -> None:
    class Body:
        def __init__(self) -> None:
            self.given = io.BytesIO(pack(TEXT)[:-9])

        def read(self, size: int = -1, /) -> bytes:
            if data := self.given.read(size):
                return data
            raise Retry("s3_timeout")

    with pytest.raises(Retry):
        list(Stream(Body()))
