"""What a run of configure_domain changed, or would change: for the caller and for the log."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from common.telemetry import logger

Action = Literal["created", "updated", "deleted", "kept", "skipped"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing and what became of it.

    kept      something of a user's own that is in the way of ours, and stays
    skipped   what could not be done here; `detail` says why
    """

    part: str
    action: Action
    name: str
    detail: str = ""


@dataclass(slots=True)
class Report:
    """The account of one run. `apply` False: nothing is written, and the entries are a plan."""

    apply: bool
    part: str = ""
    entries: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    failures: list[str] = field(default_factory=list)

    def change(self, action: Action, name: str, detail: str, write: Callable[[], object]) -> None:
        """Do something by `write` and note it; in a plan only note it."""
        if self.apply:
            write()
        self.note(action, name, detail)

    def skip(self, name: str, why: str) -> None:
        """Note what could not be done."""
        self.note("skipped", name, why)

    def note(self, action: Action, name: str, detail: str) -> None:
        """Note what was done."""
        entry = Entry(self.part, action, name, detail)
        self.entries.append(entry)
        logger.info("applied" if self.apply else "planned", extra={"change": asdict(entry)})

    def same(self, count: int = 1) -> None:
        """Count what already is as it should be."""
        self.unchanged += count

    def fail(self, message: str) -> None:
        """Note that a part failed; the others go on."""
        self.failures.append(f"{self.part}: {message}")
        logger.error(message, extra={"part": self.part})

    @property
    def changes(self) -> list[Entry]:
        """What was written, or would be."""
        return [entry for entry in self.entries if entry.action not in ("kept", "skipped")]

    def as_answer(self) -> dict[str, Any]:
        """The answer to the caller, as JSON has it."""
        return {
            "action": "apply" if self.apply else "plan",
            "changed": [asdict(entry) for entry in self.changes],
            "kept": [asdict(entry) for entry in self.entries if entry.action == "kept"],
            "skipped": [asdict(entry) for entry in self.entries if entry.action == "skipped"],
            "unchanged": self.unchanged,
        }
