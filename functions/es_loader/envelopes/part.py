"""Records that have come out of an envelope, and what the envelopes have in common.

Bytes that are no UTF-8 stay so, or are told: whoever makes a document of the record says it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from es_loader import times
from es_loader.log_type import LogType, Read
from es_loader.origin import NOWHERE, Origin
from es_loader.record import Batch, Broken, Repaired

VALUES = Read(format="json")
FIRST_MOMENT, LAST_MOMENT = 10**12, 10**13 - 1  # of thirteen digits: from 2001 to 2286
LONGEST = 64  # characters of a time


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one log type that share their origin, in the order of the object.

    log_type   None: the envelope names none that is known
    account, region   of the envelope, "" where it does not say
    origins    that of each record, where they are not of one
    moments    that of each record; none: the envelope tells none
    """

    log_type: LogType | None
    records: Batch
    account: str = ""
    region: str = ""
    origin: Origin = NOWHERE
    origins: Sequence[Origin] = ()
    moments: Sequence[int] = ()


def sent(event: Any, *names: str) -> int:
    """When an event was sent: the first of these members that says it."""
    if not isinstance(event, dict):
        return 0
    return next((found for name in names if (found := moment(event.get(name)))), 0)


def moment(value: Any) -> int:
    """A number or a text as milliseconds since 1970; 0 where it is no time."""
    if type(value) is int and FIRST_MOMENT <= value <= LAST_MOMENT:
        return value
    short = len(value) <= LONGEST if type(value) is str else type(value) in (float, int)
    return _moment(value) if short else 0


@lru_cache(4096)
def _moment(value: Any) -> int:
    found = times.iso_date(value)
    return found[1] if found and FIRST_MOMENT <= found[1] <= LAST_MOMENT else 0


def told(text: Any, log_type: LogType | None) -> Any:
    """A text in which bytes may have been replaced, so that this is seen by whoever reads it."""
    if isinstance(text, Broken) or "\ufffd" not in text:
        return text
    return marked(text) if log_type and log_type.read.format == "json" else Repaired(text)


def marked(text: Any) -> Any:
    """JSON in which bytes that are no UTF-8 stand again where they may have been replaced."""
    if isinstance(text, Broken) or "\ufffd" not in text:
        return text
    return text.replace("\ufffd", "\udcff").encode("utf-8", "surrogateescape")


def bytes_of(raw: Any) -> bytes:
    return raw.encode("utf-8", "replace") if isinstance(raw, str) else bytes(raw)


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def known(value: Any) -> str | None:
    return text_of(value) or None
