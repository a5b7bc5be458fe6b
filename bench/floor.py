"""The least that any loader has to do with the same bytes: unpack, parse, serialise.

Fixed, since all figures are multiples of it. It streams, since that is faster than to hold the
whole object, and keeps no result.
"""

from collections.abc import Iterator

import msgspec
import orjson
from isal import isal_zlib

IN, OUT = 32 * 1024, 128 * 1024
HEAD, TAIL = b'{"Records":[', b"]}"
NAMES = [f"c{number}" for number in range(64)]


def array_floor(packed: bytes, boundary: bytes) -> int:
    """Records of a gzip object `{"Records":[...]}`, each parsed and written; returns their number.

    boundary   what stands where one record follows another: `},{"eventVersion"`
    """
    array = msgspec.json.Decoder(list[msgspec.Raw]).decode
    loads, dumps = orjson.loads, orjson.dumps

    def written(text: bytes) -> int:
        records = array(b"[" + text + b"]")
        for record in records:
            dumps(loads(memoryview(record)))
        return len(records)

    count, rest = 0, b""
    for chunk in _unpacked(packed):
        rest = rest + chunk if count else (rest + chunk).removeprefix(HEAD)
        if end := rest.rfind(boundary) + 1:
            count += written(rest[:end])
            rest = rest[end + 1 :]
    return count + written(rest.removesuffix(TAIL))


def json_floor(packed: bytes) -> int:
    """Records of a gzip object of JSON lines, each parsed and written; returns their number."""
    loads, dumps = orjson.loads, orjson.dumps
    count, rest = 0, b""
    for chunk in _unpacked(packed):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            dumps(loads(line))
        count += len(lines)
    return count


def line_floor(packed: bytes, separator: str) -> int:
    """Lines of a gzip object, split and written as objects; returns their number."""
    dumps = orjson.dumps
    count, rest = 0, b""
    for chunk in _unpacked(packed):
        text, _, rest = (rest + chunk).rpartition(b"\n")
        lines = text.decode().split("\n")
        for line in lines:
            dumps(dict(zip(NAMES, line.split(separator), strict=False)))
        count += len(lines)
    return count


def _unpacked(packed: bytes) -> Iterator[bytes]:
    unpack = isal_zlib.decompressobj(31)
    for at in range(0, len(packed), IN):
        data = packed[at : at + IN]
        while data:
            if out := unpack.decompress(data, OUT):
                yield out
            data = unpack.unconsumed_tail
