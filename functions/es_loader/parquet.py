"""Cuts Parquet into records, some hundred rows at a time, whatever its row groups are.

A row becomes JSON; for a log type of columns it becomes a line, behind a `Header` of its columns,
whose `_` are the hyphens of the text form. Its index is at the end of a Parquet file, so the bytes
are set aside first, on disk.
https://parquet.apache.org/docs/file-format/
"""

import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import msgspec
import orjson

from common.errors import Retry
from es_loader.log_type import Read
from es_loader.record import Batch, Broken, Header

MAGIC = b"PAR1"
ROWS = 500  # at a time: what is in memory, beside the pages that they are in
FOOTER = 8  # bytes: length of the metadata, and MAGIC


def parquet_records(chunks: Iterable[bytes], read: Read) -> Iterator[Batch]:
    """The rows of one Parquet file. What is damaged is one broken piece."""
    if read.format not in ("json", "delimited"):
        yield [
            Broken(MAGIC, "malformed", f"Parquet, where the log type has the form {read.format}")
        ]
        return
    with tempfile.TemporaryFile() as file:
        for chunk in chunks:
            try:
                file.write(chunk)
            except OSError as error:
                raise Retry("no_space", str(error)) from error
        if not _is_whole(file):
            yield [Broken(MAGIC, "cut", "the Parquet file ends before its index")]
            return
        columns: tuple[str, ...] = ()
        for batch in _tables(file):
            if isinstance(batch, Broken):
                yield [batch]
                return
            rows = _json(batch)
            if read.format == "json":
                yield [*rows]
                continue
            names = tuple(batch.schema.names)
            if names != columns:
                columns = names
                yield [Header(tuple(name.replace("_", "-") for name in names))]
            yield [_line(row, names, read.delimiter) for row in rows]


def _is_whole(file: BinaryIO) -> bool:
    """Whether the file ends as one does: metadata, its length, MAGIC."""
    size = file.seek(0, os.SEEK_END)
    if size < len(MAGIC) + FOOTER:
        return False
    file.seek(size - FOOTER)
    footer = file.read(FOOTER)
    file.seek(0)
    length = int.from_bytes(footer[:4], "little")
    return footer.endswith(MAGIC) and length <= size - len(MAGIC) - FOOTER


def _tables(file: BinaryIO) -> Iterator[Any]:
    """The rows in record batches; a broken piece for the rest of a file that is damaged."""
    # Imported here: no other object needs it, and it takes 20 MB.
    from arro3.io import read_parquet

    try:
        yield from read_parquet(file, batch_size=ROWS)
    except BaseException as error:
        # Damaged metadata is a panic of the library, which is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        yield Broken(MAGIC, "malformed", f"damaged Parquet: {error}")


def _json(batch: Any) -> list[bytes]:
    from arro3.io import write_ndjson

    text = io.BytesIO()
    write_ndjson(batch, text)
    return text.getvalue().splitlines()


def _line(row: bytes, names: tuple[str, ...], delimiter: str) -> str:
    values = orjson.loads(row)
    return delimiter.join(_column(values.get(name), delimiter) for name in names)


def _column(value: Any, delimiter: str) -> str:
    if value is None or value == "":
        return "-"
    text = value if isinstance(value, str) else str(msgspec.json.encode(value), "utf-8")
    return text.replace(delimiter, "_")
