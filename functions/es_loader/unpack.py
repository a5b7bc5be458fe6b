"""Unpacks the bytes of an object, told by their content and never by a name.

gzip (https://www.rfc-editor.org/rfc/rfc1952), bzip2, zstd, and zip, whose members are read one
after the other. What is packed twice, as by a Firehose that compresses what CloudWatch Logs has
compressed, is unpacked twice.
"""

import bz2
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

import zstandard
from isal import igzip_lib, isal_zlib

from common.errors import Retry

CHUNK = 128 * 1024
GZIP, BZIP2, ZSTD = b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd"
ZIP, EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
PACKED = (GZIP, BZIP2, ZSTD, ZIP, EMPTY_ZIP)
DEEPEST = 3
EXTRA, NAME, COMMENT, HEADER_CHECKSUM = 4, 8, 16, 2  # flags in the header of a gzip
ZSTD_PIECE = 1024  # packed bytes at a time: every four of them may stand for 128 KiB
# What a codec raises on bytes that end too early or are no longer those that were packed. The last
# two are zip's, for members that are encrypted or packed in a way that Python does not know.
BROKEN: tuple[type[Exception], ...] = (  # type: ignore[assignment]  # isal's own types are wrong
    EOFError,
    OSError,
    ValueError,
    igzip_lib.IsalError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
    zstandard.ZstdError,
    NotImplementedError,
    RuntimeError,
)


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; b"" at the end."""
        ...


class Source:
    """A stream whose next bytes can be looked at, and be put back."""

    def __init__(self, body: Readable) -> None:
        self._body, self._head = body, b""
        self._broken: Exception | None = None  # told once what came before it has been read

    def peek(self, size: int) -> bytes:
        """The next bytes, `size` of them where there are as many; nothing is consumed."""
        while len(self._head) < size and not self._broken:
            try:
                more = self._body.read(size - len(self._head))
            except BROKEN as error:
                if not self._head:
                    raise
                self._broken = error
                break
            if not more:
                break
            self._head += more
        return self._head[:size]

    def read(self, size: int = CHUNK, /) -> bytes:
        """At most `size` bytes; b"" at the end."""
        if self._head:
            size = len(self._head) if size < 0 else size
            head, self._head = self._head[:size], self._head[size:]
            return head
        if self._broken:
            raise self._broken
        return self._body.read(size)

    def unread(self, data: bytes) -> None:
        """Put back what was read too far."""
        self._head = data + self._head

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes; EOFError, if there are less."""
        if len(self.peek(size)) < size:
            raise EOFError("gzip ends before its end marker")
        return self.read(size)


class _Joined:
    """Chunks as a stream: a read gives a chunk, or what is left of one."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._rest or next(self._chunks, b"")
        self._rest = chunk[size:] if size >= 0 else b""
        return chunk[:size] if self._rest else chunk


def files(source: Source, depth: int = 0) -> Iterator[Iterator[bytes]]:
    """The unpacked files in an object, each as chunks of about 128 KiB: one, unless it is a zip.

    Raises one of BROKEN, here or while a file is read, where the packed bytes break off or are
    damaged; what was unpacked before that has been given.
    """
    head = source.peek(4)
    if depth >= DEEPEST or not head.startswith(PACKED):
        yield _read(source.read)
        return
    for chunks in _unpacked(source, head):
        yield from files(Source(_Joined(chunks)), depth + 1)


def _unpacked(source: Source, head: bytes) -> Iterator[Iterator[bytes]]:
    if head.startswith(GZIP):
        yield _gunzip(source)
    elif head.startswith(BZIP2):
        yield _read(bz2.BZ2File(_file(source)).read1)
    elif head.startswith(ZSTD):
        yield _unzstd(source)
    else:
        yield from _unzip(source)


def _file(source: Source) -> BinaryIO:
    return source  # type: ignore[return-value]  # the codec only calls read()


def _read(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(CHUNK):
        yield chunk


def _gunzip(source: Source) -> Iterator[bytes]:
    # By hand, since isal's own file object loses what it has unpacked when the bytes break off,
    # and its check of the trailer the last chunk when that is wrong.
    while head := source.peek(2):
        if head[:1] == b"\0":  # padding, as tar and tapes leave it
            source.unread(source.read().lstrip(b"\0"))
            continue
        if head != GZIP:
            raise ValueError("what follows the end marker of a gzip is no gzip")
        _skip_gzip_header(source)
        unpack = isal_zlib.decompressobj(-15)
        checksum = size = 0
        data = source.read(CHUNK // 4)
        while True:
            if out := unpack.decompress(data, CHUNK):
                checksum = isal_zlib.crc32(out, checksum)
                size += len(out)
                yield out
            if unpack.eof:
                break
            data = unpack.unconsumed_tail or source.read(CHUNK // 4)
            if not data and not out:
                raise EOFError("gzip ends before its end marker")
        source.unread(unpack.unused_data)
        trailer = source.exactly(8)
        if trailer != b"".join(n.to_bytes(4, "little") for n in (checksum, size & 0xFFFFFFFF)):
            raise ValueError("the checksum of a gzip is not that of its content")


def _skip_gzip_header(source: Source) -> None:
    flags = source.exactly(10)[3]
    if flags & EXTRA:
        source.exactly(int.from_bytes(source.exactly(2), "little"))
    for _ in range((flags & NAME > 0) + (flags & COMMENT > 0)):
        while b"\0" not in (text := source.read()):
            if not text:
                raise EOFError("gzip ends before its end marker")
        source.unread(text.partition(b"\0")[2])
    if flags & HEADER_CHECKSUM:
        source.exactly(2)


def _unzstd(source: Source) -> Iterator[bytes]:
    # By hand, since its stream reader takes a frame that is cut for one that ends.
    decompressor = zstandard.ZstdDecompressor()
    data = source.read(ZSTD_PIECE)
    while data:
        unpack = decompressor.decompressobj()
        while not unpack.eof:
            if not data:
                raise EOFError("zstd ends inside a frame")
            if out := unpack.decompress(data):
                yield out
            data = unpack.unused_data if unpack.eof else source.read(ZSTD_PIECE)
        data = data or source.read(ZSTD_PIECE)


def _unzip(source: Source) -> Iterator[Iterator[bytes]]:
    # A zip's index is at its end, so the packed bytes are set aside first.
    with tempfile.TemporaryFile(buffering=0) as file:
        while chunk := source.read():
            try:
                file.write(chunk)
            except OSError as error:
                raise Retry("no_space", str(error)) from error
        with zipfile.ZipFile(file) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                if not member.is_dir():
                    with archive.open(member) as part:
                        yield _read(part.read)
