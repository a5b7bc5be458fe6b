"""What the loader makes of a log object, for the tests of log types."""

import io
import json
from functools import cache
from typing import Any

from es_loader import log_type_file, times
from es_loader.commands import parse
from es_loader.decode import LogTypes
from es_loader.normalize import Document, Normalizer, Refused

MODIFIED = "2026-11-24T20:00:00Z"


def documents(
    name: str, data: bytes, key: str | None = None, modified: str = MODIFIED
) -> list[dict[str, Any]]:
    """The documents of an object, in order, without event.ingested.

    The key decides the log type, as in the loader; one that none matches is read as `name`.
    """
    return [document(r) for r in outcomes(name, data, key, modified) if isinstance(r, tuple)]


def refused(
    name: str, data: bytes, key: str | None = None, modified: str = MODIFIED
) -> list[dict[str, Any]]:
    """The records that are not indexed, in order, as `siem parse` tells them."""
    found = outcomes(name, data, key, modified)
    return [dict(parse.outcome(r)) for r in found if isinstance(r, Refused)]


def outcomes(
    name: str, data: bytes, key: str | None = None, modified: str = MODIFIED
) -> list[Document | Refused]:
    """What becomes of every record of an object, in order."""
    kind = normalizer().log_types.by_name[name]
    key = default_key(name) if key is None else key
    by_key = normalizer().log_types.of_key(key)
    moment = times.iso_date(modified)
    assert moment
    body = io.BytesIO(data)
    return list(
        parse.records(normalizer(), body, key, moment[1], by_key or kind, forced=by_key is None)
    )


def document(record: Document) -> dict[str, Any]:
    """The document of a record, without event.ingested."""
    found: dict[str, Any] = json.loads(record[5])
    del found["event"]["ingested"]
    return found


def default_key(name: str) -> str:
    """The first key that the log type gives as its example."""
    examples = normalizer().log_types.by_name[name].match.examples
    return examples[0] if examples else f"{name}/sample"


@cache
def normalizer() -> Normalizer:
    """All log types, each compiled once in a test run."""
    return Normalizer(LogTypes(log_type_file.load_all()))
