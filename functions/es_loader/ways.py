"""The ways on which records become documents: a function compiled for any record, one compiled for
values of the usual types, and the native library. Forms are compiled when they are first met, and
kept for the life of the function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from es_loader.compile import (
    Compiled,
    Context,
    Locate,
    Normalize,
    compile_log_type,
    compile_typed,
)
from es_loader.enrich.forwarded import Forwarded, Trusted
from es_loader.enrich.threat_lists import ThreatLists
from es_loader.envelopes import Part
from es_loader.log_type import LogType
from es_loader.native import bound, engine, library
from es_loader.parse import Parser, column_names, parser, tolerant_json

MOST_HEADERS = 64


@dataclass(frozen=True, slots=True)
class Way:
    """How the records of one part become documents. `general` is the way for records that the
    fast one cannot take; the two are the same where there is no fast one. `native` takes whole
    batches, where there is one."""

    name: str
    json: bool
    parse: Parser
    normalize: Normalize
    general: Normalize
    native: bound.Bound | None = None
    forwarded: Forwarded | None = None


class Ways:
    """The ways of all log types.

    log_types   by name
    locate      address -> its place; None: no database
    native      False: without the library
    lists       of bad addresses and domains
    trusted     proxies whose X-Forwarded-For is believed
    """

    def __init__(
        self,
        log_types: Mapping[str, LogType],
        locate: Locate | None,
        native: bool,
        lists: ThreatLists | None,
        trusted: Trusted | None,
    ) -> None:
        self._locate, self._lists, self._trusted = locate, lists, trusted
        self._most = len(log_types) + MOST_HEADERS
        found = library.load() if native else None
        self.engine = engine.Engine(found, locate, lists) if found else None
        self._compiled: dict[tuple[str, Any], Compiled] = {}
        self._typed: dict[tuple[str, int], Compiled | None] = {}
        self._unusual: dict[str, set[str]] = {}

    def compiled(self, log_type: LogType, columns: Sequence[str] | None) -> Compiled:
        """The compiled form of a log type, for these columns where its records have columns."""
        found = self._compiled.get((log_type.name, columns))
        if found is None:
            if len(self._compiled) >= self._most:
                self._compiled.clear()  # somebody sends a new header with every object
            found = compile_log_type(log_type, columns, self._locate, self._lists)
            self._compiled[log_type.name, columns] = found
        return found

    def of(
        self,
        part: Part,
        context: Context,
        columns: dict[str, tuple[str, ...]],
        known: dict[tuple[Any, ...], Way],
    ) -> Way | None:
        """The way of the records of a part; None where no log type is known.

        columns   of the log types whose records have had a header
        known     the ways of the object so far: parts of one origin come in rows
        """
        log_type = part.log_type
        if log_type is None:
            return None
        names = columns.get(log_type.name) or column_names(log_type.read)
        unusual = self._unusual.setdefault(log_type.name, set())
        key = (log_type.name, part.account, part.region, names, len(unusual))
        if key not in known:
            if len(known) > MOST_HEADERS:
                known.clear()
            own = replace(
                context,
                account=context.account or part.account,
                region=context.region or part.region,
            )
            general = self.compiled(log_type, names).bind(own)
            parse, normalize = parser(log_type, names), general
            if typed := self._typed_form(log_type):
                assert typed.decode
                parse, normalize = typed.decode, typed.bind(own)
            native = bound.bind(self.engine, log_type, names, own) if self.engine else None
            json = log_type.read.format == "json"
            forwarded = None
            if self._trusted is not None and log_type.forwarded:
                whole = (lambda raw: tolerant_json(raw)[0]) if json else parser(log_type, names)
                forwarded = Forwarded(log_type, names, self._trusted, whole)
            known[key] = Way(log_type.name, json, parse, normalize, general, native, forwarded)
        return known[key]

    def _typed_form(self, log_type: LogType) -> Compiled | None:
        """The fast form, made anew after a value was seen whose type it did not know."""
        unusual = self._unusual[log_type.name]
        key = (log_type.name, len(unusual))
        if key not in self._typed:
            self._typed[key] = compile_typed(
                log_type, self._locate, frozenset(unusual), self._lists
            )
        return self._typed[key]

    def tell(self, log_type: str, path: str) -> None:
        """A value at this path had another type than it usually has."""
        self._unusual[log_type].add(path)
