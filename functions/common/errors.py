"""The exceptions of the project, each an outcome with a name.

SiemError
|-- SettingsError     a setting is missing or malformed
|-- LogTypeError      a log_type.toml is wrong
|-- ExcludeError      a rule of exclude.toml is wrong
|-- DashboardError    the YAML of a dashboard is wrong
|-- EnvelopeError     a message that names no log object in any form we know: it is retried
|-- RecordError       one record cannot become a document: it is quarantined
|-- ObjectError       an object that has nothing to index, now or later
|   |-- ObjectGone        deleted before it was read
|   `-- ObjectSkipped     not a log that we load, or empty
|-- Retry             something that may pass: the message goes back to the queue
`-- OutOfTime         the function's time ends before the object does: likewise
Exclude               not an error: a rule drops this record
"""

import difflib
from collections.abc import Iterable


class SiemError(Exception):
    """Root of the tree."""


class SettingsError(SiemError):
    """A setting is missing or malformed; the message names it and what was expected."""


class LogTypeError(SiemError):
    """A log type is wrong; the message names file, table and key."""


class ExcludeError(SiemError):
    """A rule of exclude.toml is wrong; the message names file, rule and key."""


class DashboardError(SiemError):
    """A dashboard is wrong; the message names file and panel."""


class EnvelopeError(SiemError):
    """A message that names no log object in any form we know."""


class RecordError(SiemError):
    """One record cannot become a document. `reason` is a short snake_case name."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ObjectError(SiemError):
    """An object that has nothing to index, now or later."""


class ObjectGone(ObjectError):
    """The object was deleted before it was read."""


class ObjectSkipped(ObjectError):
    """The object is not a log that we load, or is empty; the message says why."""


class Retry(SiemError):
    """Something that may pass. `cause` is a short error type, a metric's dimension."""

    def __init__(self, cause: str, message: str = "") -> None:
        super().__init__(f"{cause}: {message}" if message else cause)
        self.cause = cause


class OutOfTime(SiemError):
    """The function's time ends before the object does."""


class Exclude(Exception):
    """A rule drops this record."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """How a message about a wrong word goes on: with the nearest right one, if one is near."""
    near = difflib.get_close_matches(str(name), [*known], 1)
    return f", did you mean '{near[0]}'?" if near else ""
