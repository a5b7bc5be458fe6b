"""Reads lists of bad addresses and domains as their makers deliver them: text, packed or not.

gzip (https://www.rfc-editor.org/rfc/rfc1952) and zip are told by their content.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
SUFFIXES = (".gz", ".zip")
LONGEST = 4096  # bytes of a line; what follows is a line of its own
MOST_BYTES = 200 * 1024 * 1024  # unpacked
BROKEN = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,  # of an encrypted zip
    zipfile.BadZipFile,
    zlib.error,
)


def lines(file: Path, most_bytes: int = MOST_BYTES) -> Iterator[str]:
    """The lines of a list. Raises OSError where it cannot be read, or holds more than that."""
    size = 0
    try:
        for body in _texts(file):
            while line := body.readline(LONGEST):
                size += len(line)
                if size > most_bytes:
                    raise OSError(f"it holds more than {most_bytes} bytes")
                yield str(line, "utf-8", "replace")
    except BROKEN as error:
        raise OSError(str(error) or type(error).__name__) from None


def name_of(file_name: str) -> str:
    """The name of a list, which is that of its file: `bad` of `bad.txt.gz`."""
    path = Path(file_name)
    return Path(path.stem).stem if path.suffix in SUFFIXES else path.stem


def _texts(file: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    with file.open("rb") as body:
        head = body.read(4)
    if head == ZIP:
        with zipfile.ZipFile(file) as members:
            for member in members.infolist():
                with members.open(member) as text:
                    yield text
        return
    with gzip.open(file) if head.startswith(GZIP) else file.open("rb") as text:
        yield text
