"""What `siem load` would load: the objects under a prefix that the ledger does not have."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from common.errors import ObjectSkipped, SiemError
from es_loader import ledger_reader, listing
from es_loader.cluster import Cluster
from es_loader.commands.retention import Kept
from es_loader.decode import LogTypes
from es_loader.ledger_reader import State
from es_loader.listing import Listed
from es_loader.log_type import LogType
from es_loader.receive import LogObject

BY_CONTENT, NO_LOG = "(by content)", "(no log)"
WIDE = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Objects of a bucket under a prefix, with since <= LastModified < until (ms since 1970).

    anew   those that the ledger has are to be loaded too
    """

    s3: Any
    bucket: str
    prefix: str
    since: int | None
    until: int | None
    anew: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object. `log_type`: by its key, None where that tells none; `kind`: its name, for people.

    done   there is nothing to do: the ledger has it
    """

    listed: Listed
    kind: str
    log_type: LogType | None
    done: bool

    def to_load(self, bucket: str) -> LogObject:
        """The object as a message of S3 would name it."""
        listed = self.listed
        return LogObject(bucket, listed.key, etag=listed.etag, event_time=listed.time)


@dataclass(slots=True)
class Row:
    """Objects of one kind. `past`: of those to load, the ones that are past their retention."""

    done: int = 0
    objects: int = 0
    bytes: int = 0
    past: int = 0
    days: int | None = None


Rows = dict[str, Row]


def candidates(place: Place, cluster: Cluster, log_types: LogTypes) -> Iterator[Candidate]:
    """Every object of the place, looked up in the ledger."""
    listed = listing.pages(place.s3, place.bucket, place.prefix, place.since, place.until)
    for page in listed:
        states = iter(()) if place.anew else ledger_reader.states(cluster, place.bucket, page)
        for each in page:
            kind, log_type = _kind(log_types, each.key)
            done = not place.anew and _is_done(next(states), kind)
            yield Candidate(each, kind, log_type, done)


def rows(found: Iterator[Candidate], kept: Kept | None) -> Rows:
    """How many objects there are of each kind. `kept` None: retention does not matter."""
    counted: Rows = {}
    for each in found:
        row = counted.setdefault(each.kind, Row())
        if each.done:
            row.done += 1
            continue
        row.objects += 1
        row.bytes += each.listed.size
        if kept and each.kind != NO_LOG and kept.is_past(each.log_type, each.listed.modified):
            row.past += 1
            row.days = kept.days(each.log_type)
    return counted


def check(counted: Rows) -> None:
    """SiemError, if some are past the retention of their log type."""
    past = {kind: row for kind, row in sorted(counted.items()) if row.past}
    if past:
        told = ", ".join(f"{row.past:,} of {kind}, {row.days} days" for kind, row in past.items())
        first = Kept.begins(min(row.days for row in past.values() if row.days is not None))
        raise SiemError(
            f"objects are older than their log type is kept: leave them out with --since {first},"
            f" or load and keep them with --keep: {told}"
        )


def show(counted: Rows) -> None:
    """Print a line for each kind, and one for all."""
    table = Table("log type", box=None, pad_edge=False, header_style="bold", show_footer=False)
    for title in ("in the ledger", "to load", "bytes", "past its retention"):
        table.add_column(title, justify="right", no_wrap=True)
    for kind, row in sorted(counted.items()):
        cells = (f"{row.done:,}", f"{row.objects:,}", decimal(row.bytes), f"{row.past:,}")
        table.add_row(kind, *cells)
    Console(width=None if sys.stdout.isatty() else WIDE, markup=False).print(table)
    objects, size = sum(r.objects for r in counted.values()), sum(r.bytes for r in counted.values())
    print(f"would load {objects:,} objects of {decimal(size)}")


def _kind(log_types: LogTypes, key: str) -> tuple[str, LogType | None]:
    try:
        log_type = log_types.of_object(key)
    except ObjectSkipped:
        return NO_LOG, None
    return (log_type.name if log_type else BY_CONTENT), log_type


def _is_done(state: State, kind: str) -> bool:
    """Whether loading an object again would add nothing to the ledger."""
    if state.status == "skipped":  # for the want of a log type, of which there may be one by now
        return state.why != "unknown_key" or kind == NO_LOG
    return state.status == "loaded" or (state.status == "partial" and not state.gap)
