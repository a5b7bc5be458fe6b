"""Fetches a log object and gives its bytes decompressed, as UTF-8, in small chunks.

What the object is packed with is told by its content, never by its name.
"""

import bz2
import codecs
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import zstandard
from botocore.exceptions import BotoCoreError, ClientError
from isal import igzip, isal_zlib

from common.errors import ObjectGone, Retry
from es_loader.receive import LogObject

CHUNK = 128 * 1024
GZIP, BZIP2, ZIP, ZSTD = b"\x1f\x8b", b"BZh", b"PK\x03\x04", b"\x28\xb5\x2f\xfd"
GONE = {"NoSuchKey", "NoSuchVersion", "404", "NoSuchBucket"}
# What a codec raises on bytes that end too early or are no longer those that were packed.
BROKEN = (EOFError, OSError, isal_zlib.error, zstandard.ZstdError, zipfile.BadZipFile, ValueError)


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; b"" at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """An open object: its body (packed), ETag without quotes, LastModified in ms since 1970."""

    body: Readable
    etag: str
    modified: int
    size: int


class Stream:
    """The unpacked text of an object as UTF-8 chunks of about 128 KiB.

    `cut` is "" until the packed bytes break off or turn out damaged; then it says how. What was
    unpacked before that has been given.
    """

    def __init__(self, body: Readable) -> None:
        self.cut = ""
        self.bytes = 0
        self._chunks = self._run(_Peekable(body))
        self._head = b""

    def head(self, size: int = 4096) -> bytes:
        """The first bytes, at least `size` of them where there are as many; nothing is consumed."""
        while len(self._head) < size and (chunk := next(self._chunks, b"")):
            self._head += chunk
        return self._head

    def __iter__(self) -> Iterator[bytes]:
        if self._head:
            head, self._head = self._head, b""
            yield head
        yield from self._chunks

    def _run(self, body: "_Peekable") -> Iterator[bytes]:
        chunks = self._guarded(_unpack(body))
        first = next(chunks, b"")
        while first and len(first) < 4 and (more := next(chunks, b"")):
            first += more
        codec = _codec(first)
        if codec is None:
            yield first.removeprefix(codecs.BOM_UTF8)
            yield from chunks
            return
        decode = codecs.getincrementaldecoder(codec)("replace").decode
        yield decode(first).removeprefix("\ufeff").encode()
        for chunk in chunks:
            yield decode(chunk).encode()
        yield decode(b"", True).encode()

    def _guarded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            try:
                chunk = next(chunks)
            except StopIteration:
                return
            except BROKEN as error:
                self.cut = f"{type(error).__name__}: {error}"
                return
            self.bytes += len(chunk)
            yield chunk


def fetch(s3: Any, log_object: LogObject) -> Fetched:
    """Opens the object. ObjectGone if it is deleted; Retry for anything that may pass."""
    version = {"VersionId": log_object.version} if log_object.version else {}
    try:
        answer = s3.get_object(Bucket=log_object.bucket, Key=log_object.key, **version)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in GONE:
            raise ObjectGone(f"s3://{log_object.bucket}/{log_object.key}: {code}") from None
        raise Retry(f"s3_{code or 'error'}") from error
    except BotoCoreError as error:
        raise Retry(f"s3_{type(error).__name__}") from error
    return Fetched(
        body=answer["Body"],
        etag=answer.get("ETag", "").strip('"'),
        modified=int(answer["LastModified"].timestamp() * 1000),
        size=answer["ContentLength"],
    )


class _Peekable:
    """A body whose first bytes can be looked at; network errors of S3 become Retry."""

    def __init__(self, body: Readable) -> None:
        self._body, self._head = body, b""

    def peek(self, size: int) -> bytes:
        while len(self._head) < size and (more := self._read(size - len(self._head))):
            self._head += more
        return self._head

    def read(self, size: int = CHUNK) -> bytes:
        if self._head:
            size = len(self._head) if size < 0 else size
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._read(size)

    def _read(self, size: int) -> bytes:
        try:
            return self._body.read(size)
        except BotoCoreError as error:  # a connection that breaks is not a cut object
            raise Retry(f"s3_{type(error).__name__}") from error


def _codec(head: bytes) -> str | None:
    """Codec of a text that is not UTF-8, told by its byte order mark or its NULs."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[:1] and head[1:2] == b"\0" and head[3:4] == b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[1:2] not in (b"", b"\0") and head[2:3] == b"\0":
        return "utf-16-be"
    return None


def _unpack(body: _Peekable) -> Iterator[bytes]:
    head = body.peek(4)
    if head.startswith(GZIP):
        return _gunzip(body)
    if head.startswith(BZIP2):
        return _read(bz2.BZ2File(_file(body)).read1)
    if head.startswith(ZSTD):
        reader = zstandard.ZstdDecompressor().stream_reader(_file(body), read_across_frames=True)
        return _unzstd(reader, body)
    if head.startswith(ZIP):
        return _unzip(body)
    return _read(body.read)


def _file(body: _Peekable) -> BinaryIO:
    return body  # type: ignore[return-value]  # the codecs only call read()


def _read(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(CHUNK):
        yield chunk


def _gunzip(body: _Peekable) -> Iterator[bytes]:
    # isal's own file object loses what it has unpacked when the bytes break off, so: by hand.
    unpack = isal_zlib.decompressobj(31)
    data = body.read(CHUNK // 4)
    while data or not unpack.eof:
        if not data:
            raise EOFError("gzip ends before its end marker")
        if out := unpack.decompress(data, CHUNK):
            yield out
        if not unpack.eof:
            data = unpack.unconsumed_tail or body.read(CHUNK // 4)
            continue
        data = unpack.unused_data.lstrip(b"\0")
        while not data and (more := body.read(CHUNK // 4)):
            data = more.lstrip(b"\0")
        if data:
            unpack = isal_zlib.decompressobj(31)


def _unzstd(reader: Any, body: _Peekable) -> Iterator[bytes]:
    while chunk := reader.read(CHUNK):
        yield chunk


def _unzip(body: _Peekable) -> Iterator[bytes]:
    # A zip's index is at its end, so the packed bytes are set aside first.
    with tempfile.TemporaryFile() as file:
        while chunk := body.read():
            file.write(chunk)
        with zipfile.ZipFile(file) as archive:
            for member in sorted(archive.namelist()):
                if not member.endswith("/"):
                    with archive.open(member) as part:
                        yield from _read(part.read)
