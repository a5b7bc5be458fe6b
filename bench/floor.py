"""The least that any loader has to do with the same bytes: unpack, parse, serialise."""

import msgspec
import orjson
from isal import igzip


def json_floor(packed: bytes, key: str = "") -> int:
    """Records of a gzip object of JSON lines, or of the array under `key`, parsed and written."""
    data = igzip.decompress(packed)
    if key:
        members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        records = [bytes(r) for r in msgspec.json.decode(members[key], type=list[msgspec.Raw])]
    else:
        records = [line for line in data.split(b"\n") if line]
    for record in records:
        orjson.dumps(orjson.loads(record))
    return len(records)


def line_floor(packed: bytes) -> int:
    """Lines of a gzip object, split into columns and written as objects."""
    lines = [line for line in igzip.decompress(packed).split(b"\n") if line]
    names = [f"c{number}" for number in range(64)]
    for line in lines:
        orjson.dumps(dict(zip(names, line.decode().split(" "), strict=False)))
    return len(lines)
