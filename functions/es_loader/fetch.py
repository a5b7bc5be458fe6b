"""Fetches a log object and gives its bytes unpacked, as UTF-8, in small chunks."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from common.errors import ObjectGone, Retry
from es_loader.receive import LogObject
from es_loader.unpack import BROKEN, Readable, Source, files

GONE = {"NoSuchKey", "NoSuchVersion", "404", "NoSuchBucket"}
T = TypeVar("T")


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
    unpacked before that has been given. What a text in UTF-16 cannot mean becomes invalid UTF-8.
    """

    def __init__(self, body: Readable) -> None:
        self.cut = ""
        self.bytes = 0
        self._chunks = self._run(Source(body))
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

    def _run(self, source: Source) -> Iterator[bytes]:
        end = b"\n"
        for file in self._guarded(files(source)):
            if end != b"\n":
                yield b"\n"  # the last line of a file is none with the first of the next
            for chunk in _text(self._guarded(file)):
                if chunk:
                    self.bytes += len(chunk)
                    yield chunk
                    end = chunk[-1:]

    def _guarded(self, iterator: Iterator[T]) -> Iterator[T]:
        """What a codec gives, until it fails."""
        while not self.cut:
            try:
                item = next(iterator)
            except StopIteration:
                return
            except BROKEN as error:
                self.cut = f"{type(error).__name__}: {error}"
                return
            yield item


def fetch(s3: Any, log_object: LogObject) -> Fetched:
    """Opens the object. ObjectGone if it is deleted; Retry for anything that may pass."""
    version = {"VersionId": log_object.version} if log_object.version else {}
    try:
        answer = s3.get_object(Bucket=log_object.bucket, Key=log_object.key, **version)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in GONE:
            raise ObjectGone(f"s3://{log_object.bucket}/{log_object.key}: {code}") from None
        raise Retry(f"s3_{code or 'error'}", str(error)) from error
    except BotoCoreError as error:
        raise Retry(f"s3_{type(error).__name__}", str(error)) from error
    return Fetched(
        body=_Body(answer["Body"]),
        etag=answer.get("ETag", "").strip('"'),
        modified=int(answer["LastModified"].timestamp() * 1000),
        size=answer["ContentLength"],
    )


@dataclass(slots=True)
class _Body:
    """A body from S3. A connection that breaks is a Retry, and no cut object."""

    body: Readable

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self.body.read(size)
        except (BotoCoreError, HTTPError, OSError) as error:
            raise Retry(f"s3_{type(error).__name__}", str(error)) from error


def _text(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A file as UTF-8 without a byte order mark."""
    first = next(chunks, b"")
    while first and len(first) < 4 and (more := next(chunks, b"")):
        first += more
    codec = _codec(first)
    if codec is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decode = codecs.getincrementaldecoder(codec)("siem.odd").decode
    yield decode(first).removeprefix("\ufeff").encode("utf-8", "surrogateescape")
    for chunk in chunks:
        yield decode(chunk).encode("utf-8", "surrogateescape")
    yield decode(b"", True).encode("utf-8", "surrogateescape")


def _codec(head: bytes) -> str | None:
    """Codec of a text that is not UTF-8, told by its byte order mark or its NULs."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[:1] and head[1:2] == b"\0" and head[3:4] == b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[1:2] not in (b"", b"\0") and head[2:3] == b"\0":
        return "utf-16-be"
    return None


def _odd(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-16 becomes a byte that is no UTF-8, which is repaired and told later on."""
    assert isinstance(error, UnicodeDecodeError)
    return "\udcff", error.end


codecs.register_error("siem.odd", _odd)
