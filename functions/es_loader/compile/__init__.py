"""Compiles a log type into one straight-line Python function: record -> document.

The generated source (`siem log-types NAME --code`) reads each source value once (values.py), guards
it where nothing has told its type yet (members.py), and makes a tree of structs (document.py) that
is serialised in one go. Nothing is interpreted per record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from es_loader.compile.document import Writer
from es_loader.compile.members import Locate
from es_loader.compile.shape import Shape
from es_loader.compile.values import Columns, Dict, Struct, kinds, wanted
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.log_type import LogType
from es_loader.origin import Origin


class Normalize(Protocol):
    """Makes the document of a record: its index, its id, JSON.

    raw        the record as delivered
    repaired   True where bytes were replaced in it
    origin     what its envelope says
    """

    def __call__(
        self, record: Any, raw: Any, position: int, repaired: bool | None, origin: Origin = ..., /
    ) -> tuple[str, str, bytes]: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What every record of one object, or of one envelope in it, has in common.

    modified   LastModified, milliseconds since 1970
    ingested   ISO time of this run
    account, region   those of the key, else of the envelope, else ""
    """

    bucket: str
    key: str
    object_hash: str
    modified: int
    ingested: str
    account: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled log type. `bind(context)` gives the function for the records of one object.

    decode   raw JSON -> the record, of which only what the log type reads is built; None: records
             come from the log type's parser
    """

    log_type: LogType
    source: str
    bind: Callable[[Context], Normalize]
    decode: Callable[[Any], Any] | None = None


def compile_log_type(
    log_type: LogType,
    columns: Sequence[str] | None = None,
    locate: Locate | None = None,
    lists: ThreatLists | None = None,
) -> Compiled:
    """The compiled form of a log type.

    columns   names of the columns, for records that are lists of texts; None: records are objects
    locate    address -> its place; None: no database
    lists     of bad addresses and domains; None: no lists
    """
    none = log_type.read.none
    reader = Dict(none) if columns is None else Columns(columns, wanted(log_type), none)
    return _compiled(log_type, Writer(log_type, reader, locate, lists))


def compile_typed(
    log_type: LogType,
    locate: Locate | None = None,
    unusual: frozenset[str] = frozenset(),
    lists: ThreatLists | None = None,
) -> Compiled | None:
    """A second, faster form for JSON: it decodes straight into a struct of the values that are
    read, each of the type that it usually has. What does not fit raises msgspec.ValidationError,
    and the record goes the general way. None where a log type needs the whole record.

    unusual   source paths, as `values.path_text` writes them, whose values have other types too
    """
    if log_type.read.format != "json" or log_type.transform or log_type.id_fields == "content":
        return None
    shape = Shape.of(kinds(wanted(log_type), unusual))
    if shape is None:
        return None
    decode = msgspec.json.Decoder(shape.struct).decode
    return _compiled(
        log_type, Writer(log_type, Struct(shape, log_type.read.none), locate, lists), decode
    )


def _compiled(
    log_type: LogType, writer: Writer, decode: Callable[[Any], Any] | None = None
) -> Compiled:
    source, names = writer.source(), writer.names()
    exec(compile(source, f"<{log_type.name}>", "exec"), names)
    return Compiled(log_type, source, names["bind"], decode)


__all__ = ["Compiled", "Context", "Locate", "Normalize", "compile_log_type", "compile_typed"]
