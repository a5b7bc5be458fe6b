"""A log type: what its log_type.toml says, as frozen data (`log_type_file` reads it)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from es_loader import origin

ALWAYS = {  # what the loader itself puts in every document, as far as it knows it
    "@timestamp": "date",
    **dict.fromkeys(origin.FIELDS, "keyword"),
    "ecs.version": "keyword",
    "event.dataset": "keyword",
    "event.module": "keyword",
    "event.ingested": "date",
    "cloud.account.id": "keyword",
    "cloud.region": "keyword",
    "log.file.path": "keyword",
    "log.offset": "long",
    "siem.account_mismatch": "boolean",
    "siem.encoding_repaired": "boolean",
    "siem.time_source": "keyword",
    "event.original": "match_only_text",
}
GEO = {
    "geo.city_name": "keyword",
    "geo.continent_code": "keyword",
    "geo.country_iso_code": "keyword",
    "geo.country_name": "keyword",
    "geo.location": "geo_point",
    "geo.region_iso_code": "keyword",
    "geo.region_name": "keyword",
    "as.number": "long",
    "as.organization.name": "keyword",
}
AGENT = {
    f"user_agent.{name}": "keyword"
    for name in ("name", "version", "device.name", "os.name", "os.version", "os.full")
}
# What lists of bad addresses and domains say of addresses, and of these fields. ECS has
# `threat.indicator` for events that are about an indicator, this for one found in an event:
# https://www.elastic.co/docs/reference/ecs/ecs-threat
DOMAINS = ("dns.question.name", "url.domain", "destination.domain")
THREAT = {
    "threat.enrichments.indicator.ip": "ip",
    "threat.enrichments.indicator.name": "keyword",
    "threat.enrichments.indicator.provider": "keyword",
    "threat.enrichments.indicator.type": "keyword",
    "threat.enrichments.indicator.url.domain": "keyword",
    "threat.enrichments.matched.field": "keyword",
}
# What a source path can end in, after "|"; as view.zig has them, and in that order.
VIEWS = (
    "host",
    "port",
    "class",
    "last",
    "region",
    "file",
    "address",
    "hex",
    "word",
    "s",
    "ms",
    "us",
)

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a target's value comes from: the first of `paths` that has one, all of them, or their
    sum.

    A path is a tuple of keys; an int is a list index and "*" stands for every element; the last may
    be a view, "|host" (views.py). No path at all means that the log type's transform.py fills the
    target.
    """

    paths: tuple[Path_, ...]
    all: bool = False
    sum: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value table: text of the source value -> value of the target.

    The first source whose value is in the table decides; `other` stands for a value that is not in
    it, `default` for no value at all (and for any value where there is no `other`).
    """

    source: Source
    table: Mapping[str, Any]
    other: Any = None
    default: Any = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a log type is recognised by; None where it cannot come that way.

    container   name of a container whose lines FireLens delivers
    output      of these only what it writes to "stdout" or "stderr"; "": both
    """

    key: re.Pattern[str] | None
    examples: tuple[str, ...] = ()
    log_group: re.Pattern[str] | None = None
    source: tuple[str, ...] = ()
    detail_type: tuple[str, ...] = ()
    container: re.Pattern[str] | None = None
    output: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of lines: what one of it matches, and the names of its columns."""

    pattern: re.Pattern[str]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """How the bytes of an object are cut into records.

    format     one of FORMATS
    original   keep the record as text in event.original
    none       texts that stand for no value, beside "" and "-"
    records    json: keys whose array holds the records
    pattern    lines: expression with named groups; a line that does not match is quarantined
    delimiter, quotes, header, columns   delimited: separator; whether "..." is one column; whether
               the first line, or one that begins with `#Fields:`, names the columns; the columns
               where no line names them
    forms      delimited: instead of columns, where lines of several forms come, or others are to be
               quarantined
    json       with forms: objects of JSON come too, whose members have the names of the columns
    orders     delimited: other columns, where no line names them, of what begins with a line that
               matches: an object, or the events of an envelope
    event      xml: element that is one record
    skip       lines, delimited and cef: lines that are no records (banners, comments)
    start      lines: a record begins with a line that matches, and those that follow belong to it
    block      lines in a row that match `start` begin one record, not several
    """

    format: str
    original: bool = True
    none: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    delimiter: str = " "
    quotes: bool = False
    header: bool = False
    columns: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    json: bool = False
    orders: tuple[Form, ...] = ()
    event: str = ""
    skip: re.Pattern[str] | None = None
    start: re.Pattern[str] | None = None
    block: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class LogType:
    """A log type, ready to compile. `targets` maps every field that its documents can have to
    its type: the guard of the loader and the index template are both made from it."""

    name: str
    folder: Path
    description: str
    vendor: str
    index: str
    match: Match
    read: Read
    time: Mapping[str, Any]
    id_fields: tuple[Path_, ...] | str
    mapping: Mapping[str, Source]
    constants: Mapping[str, Any]
    lookups: Mapping[str, Lookup]
    geoip: tuple[str, ...]
    community_id: bool
    targets: Mapping[str, str] = field(default_factory=dict)
    forwarded: str = ""  # field that has X-Forwarded-For, as it was sent
    turn_on: str = ""  # what has to be done for such logs to come, for the reference

    def __repr__(self) -> str:
        return f"LogType({self.name!r})"

    @property
    def dataset(self) -> str:
        """Value of event.dataset."""
        return f"{self.vendor}.{self.name}"

    @property
    def domains(self) -> tuple[str, ...]:
        """Its fields of DOMAINS."""
        return tuple(name for name in DOMAINS if name in self.mapping)

    @property
    def index_prefix(self) -> str:
        """Index name without its period."""
        return f"log-{self.vendor}-{self.name}"

    @property
    def transform(self) -> Path | None:
        """transform.py of the folder, if it has one."""
        path = self.folder / "transform.py"
        return path if path.exists() else None


def path_of(text: str) -> Path_:
    r"""The keys of a source path: `a.b.0.c` -> ("a", "b", 0, "c"); a dot in a key is `\.`; what
    follows a `|` is a view: `a|host` -> ("a", "|host")."""
    text, bar, shown = text.partition("|")
    parts = re.split(r"(?<!\\)\.", text)
    keys = tuple(int(p) if p.isdigit() else p.replace("\\.", ".") for p in parts)
    return (*keys, bar + shown) if bar else keys


def view_of(path: Path_) -> str:
    """Name of the view that a path ends in, or ""."""
    last = path[-1]
    return last[1:] if type(last) is str and last[:1] == "|" else ""
