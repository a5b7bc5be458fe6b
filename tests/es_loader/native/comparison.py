"""What the native library makes of records, beside what the compiled function does."""

import io
import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from es_loader.compile import Context, Locate, compile_log_type
from es_loader.decode import LogTypes
from es_loader.enrich.forwarded import Trusted
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.log_type_file import load_all
from es_loader.native import engine
from es_loader.native.bound import bind
from es_loader.native.library import FILE, load
from es_loader.normalize import Normalizer, Refused
from es_loader.parse import column_names, parser

LOG_TYPES = LogTypes(load_all())
MODIFIED = 1_795_551_900_000  # 2026-11-24T20:25:00Z


def context(account: str = "111122223333", key: str = "some/key") -> Context:
    """The context of an object whose key names an account."""
    ingested = "2026-11-24T20:30:00.000Z"
    return Context("logs", key, "0123456789abcdefghijkl", MODIFIED, ingested, account, "us-east-1")


@dataclass(frozen=True, slots=True)
class Both:
    """The same log types with the library and without."""

    native: Normalizer
    plain: Normalizer

    @classmethod
    def of(
        cls,
        locate: Locate | None = None,
        lists: ThreatLists | None = None,
        trusted: Trusted | None = None,
    ) -> "Both":
        """Both, the library being there."""
        found = cls(
            Normalizer(LOG_TYPES, locate, lists=lists, trusted=trusted),
            Normalizer(LOG_TYPES, locate, native=False, lists=lists, trusted=trusted),
        )
        assert found.native.ways.engine, f"the library is missing, run `make setup`: {FILE}"
        return found

    def difference(self, data: bytes, log_type: LogType, own: Context) -> str:
        """The first difference of what both make of an object; "" where there is none."""
        made, expected = (
            list(each.run(Stream(io.BytesIO(data)), own, log_type, forced=True))
            for each in (self.native, self.plain)
        )
        assert len(made) == len(expected)
        for ours, theirs in zip(made, expected, strict=True):
            if isinstance(ours, Refused) or isinstance(theirs, Refused):
                if ours != theirs:
                    return f"{ours} instead of {theirs}"
            elif ours[:5] != theirs[:5]:
                return f"{ours[:5]} instead of {theirs[:5]}"
            elif difference := differs(ours[5], theirs[5]):
                return f"{ours[1]!r}: {difference}"
        return ""

    @property
    def share(self) -> float:
        """Share of the records whose documents the library made."""
        found = self.native.ways.engine
        assert found
        return found.made / (found.made + found.left)


def differs(ours: bytes, theirs: bytes) -> str:
    """The members in which two documents differ; "" where they are the same."""
    mine, other = json.loads(ours), json.loads(theirs)
    if mine == other and orjson.loads(ours) == orjson.loads(theirs):
        return ""
    keys = [key for key in mine | other if mine.get(key) != other.get(key)]
    return "; ".join(f"{key}: {mine.get(key)} instead of {other.get(key)}" for key in keys)


class Direct:
    """The library alone, given records that no framing has looked at."""

    def __init__(self, log_type: LogType, locate: Locate | None) -> None:
        library = load()
        assert library, f"the library is missing, run `make setup`: {FILE}"
        columns = column_names(log_type.read)
        own = context()
        self.engine = engine.Engine(library, locate)
        bound = bind(self.engine, log_type, columns, own)
        assert bound, f"the log type has no program: {log_type.name}"
        self._bound = bound
        self._parse = parser(log_type, columns)
        self._normalize = compile_log_type(log_type, columns, locate).bind(own)

    def difference(self, records: list[Any]) -> str:
        """The first difference of a document that the library made; "" where there is none."""
        found = list(chain.from_iterable(self._bound.documents(records, 0, _left)))
        assert len(found) == len(records)
        for position, (raw, made) in enumerate(zip(records, found, strict=True)):
            if isinstance(made, Refused):
                continue
            try:
                index, id, text = self._normalize(self._parse(raw), raw, position, None)
            except Exception as error:
                return f"{raw!r}: {made} instead of {error!r}"
            if made[:5] != (position, raw, made[2], index, id):
                return f"{raw!r}: {made[:5]} instead of {index}, {id}"
            if difference := differs(made[5], text):
                return f"{difference}: {raw!r}"
        return ""


def _left(raw: Any, position: int) -> Refused:
    return Refused(position, raw, "", "left", "")


def with_program() -> list[str]:
    """Names of the log types that the library can do."""
    library = load()
    if library is None:
        return []
    own = engine.Engine(library, None)
    return [
        name
        for name, log_type in LOG_TYPES.by_name.items()
        if own.program(log_type, column_names(log_type.read))
    ]


def samples(name: str) -> list[Path]:
    """The samples of a log type, without what is expected of them."""
    folder = LOG_TYPES.by_name[name].folder / "samples"
    return sorted(p for p in folder.glob("*") if not p.name.endswith(".expected.json"))
