"""Saved objects of Dashboards in the Global tenant: ours brought up to date, a person's own kept.

Our ids begin with `siem-`. What we put there is remembered in the snapshot bucket, so that an
object that a person edited is told from one of an earlier release. Before anything is written, all
that is there goes to saved_objects/<time>.ndjson, which Dashboards imports.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from configure_domain import memory
from configure_domain.api import ConfigureError
from configure_domain.dashboards_api import Dashboards, Object
from configure_domain.domain import Domain
from configure_domain.index_patterns import PREFIX
from configure_domain.memory import Key, Remembered
from configure_domain.report import Action, Report

CARRIED = Path(__file__).with_name("dashboards.ndjson")  # put into the zip by build.py
KEPT = "kept-"  # begins the id of a copy; no id of ours does
# The last migration of each type; Dashboards refuses a whole import for a higher number.
MIGRATIONS = {
    "dashboard": "7.9.3",
    "index-pattern": "7.6.0",
    "search": "7.9.3",
    "visualization": "7.10.0",
}


@dataclass(slots=True)
class Decisions:
    """What is to be done, and why: filled object by object, carried out at once."""

    imports: list[Object] = field(default_factory=list)
    deletes: list[Key] = field(default_factory=list)
    notes: list[tuple[Action, str, str]] = field(default_factory=list)
    unchanged: int = 0

    def note(self, action: Action, key: Key, detail: str) -> None:
        """Note what becomes of an object."""
        self.notes.append((action, " ".join(key), detail))


def configure(domain: Domain, report: Report, wanted: Iterable[Object] | None = None) -> None:
    """Bring our objects up to date; see the module for what happens to others."""
    ours = carried() if wanted is None else wanted
    own = {(each["type"], each["id"]): each for each in ours}
    dashboards = Dashboards(domain.api)
    present = {(each["type"], each["id"]): each for each in dashboards.find(MIGRATIONS)}
    before = memory.read(domain)
    decisions = _decide(own, present, before)
    if report.apply:
        _carry_out(domain, report, dashboards, decisions)
        memory.write(domain, before, own)
    report.same(decisions.unchanged)
    for action, name, detail in decisions.notes:
        report.note(action, name, detail)


def carried() -> list[Object]:
    """The objects that came with this function."""
    if not CARRIED.exists():
        raise ConfigureError(
            f"this zip has no saved objects; build.py puts them at: {CARRIED.name}"
        )
    return parse(CARRIED.read_text(encoding="utf-8"), CARRIED.name)


def parse(text: str, name: str) -> list[Object]:
    """The objects of an NDJSON file; ConfigureError names line and object of what is wrong."""
    found: dict[Key, Object] = {}
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{name}: line {number}"
        try:
            each = json.loads(line)
        except ValueError as error:
            raise ConfigureError(f"{where}: no JSON: {error}") from None
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            raise ConfigureError(f"{where}: no saved object: {line[:100]}")
        where = f"{where}: {each.get('type')} {each['id']}"
        if each.get("type") not in MIGRATIONS:
            raise ConfigureError(f"{where}: expected a type of {', '.join(MIGRATIONS)}")
        if not each["id"].startswith(PREFIX):
            raise ConfigureError(f"{where}: the id has to begin with: {PREFIX}")
        if not isinstance(each.get("attributes"), dict):
            raise ConfigureError(f"{where}: attributes are missing")
        newest = {each["type"]: MIGRATIONS[each["type"]]}
        if each.get("migrationVersion", newest) != newest:
            raise ConfigureError(f"{where}: migrationVersion has to be {json.dumps(newest)}")
        key = (each["type"], each["id"])
        if key in found:
            raise ConfigureError(f"{where}: is there twice")
        found[key] = each
    return list(found.values())


def _decide(
    own: Mapping[Key, Object], present: Mapping[Key, Object], before: Mapping[Key, Remembered]
) -> Decisions:
    decisions = Decisions()
    for key, wanted in own.items():
        _update(decisions, key, wanted, present.get(key), before.get(key))
    for key in sorted(present.keys() - own.keys()):
        if key[1].startswith(PREFIX):
            _prune(decisions, key, present, before.get(key))
    return decisions


def _update(
    decisions: Decisions,
    key: Key,
    wanted: Object,
    present: Object | None,
    remembered: Remembered | None,
) -> None:
    """Decide what becomes of one object of ours."""
    title = wanted["attributes"].get("title", "")
    if present is None:
        decisions.note("created", key, title)
        decisions.imports.append(wanted)
    elif memory.sent(present) == memory.sent(wanted):
        decisions.unchanged += 1
    elif remembered and remembered.sent == memory.sent(wanted):
        # We have nothing new: an edit, or a list of fields that Dashboards has refreshed, stays.
        if memory.content(present) == remembered.content:
            decisions.unchanged += 1
        else:
            decisions.note("kept", key, "edited by a person, ours is as it was: left as it is")
    else:
        if memory.content(present) != (
            remembered.content if remembered else memory.content(wanted)
        ):
            _keep_copy(decisions, key, present)
        decisions.note("updated", key, title)
        decisions.imports.append(wanted)


def _prune(
    decisions: Decisions, key: Key, present: Mapping[Key, Object], remembered: Remembered | None
) -> None:
    """Decide what becomes of an object with our prefix that this release does not have."""
    users = [
        " ".join(other)
        for other, each in present.items()
        if not other[1].startswith(PREFIX) and _refers(each, key)
    ]
    if users:
        why = f"no longer part of the product, but used by {', '.join(users)}"
        decisions.note("kept", key, why)
        return
    if not remembered or memory.content(present[key]) != remembered.content:
        _keep_copy(decisions, key, present[key])
    decisions.note("deleted", key, "no longer part of the product")
    decisions.deletes.append(key)


def _keep_copy(decisions: Decisions, key: Key, edited: Object) -> None:
    """Import what a person edited under an id that is none of ours, too."""
    digest = memory.sent(edited)[:8]
    attributes = edited["attributes"]
    if edited["type"] != "index-pattern":  # whose title is what it searches
        attributes = attributes | {"title": f"{attributes.get('title', key[1])} (kept {digest})"}
    copy = {
        "type": edited["type"],
        "id": f"{KEPT}{key[1]}-{digest}",
        "attributes": attributes,
        "references": edited.get("references", []),
        "migrationVersion": edited.get("migrationVersion", {}),
    }
    decisions.imports.append(copy)
    decisions.note("kept", key, f"edited by a person: kept as {copy['id']}")


def _carry_out(
    domain: Domain, report: Report, dashboards: Dashboards, decisions: Decisions
) -> None:
    if not decisions.imports and not decisions.deletes:
        return
    content = dashboards.export(dashboards.allowed_types())
    if content:
        key = f"{memory.FOLDER}/{datetime.now(UTC):%Y%m%dT%H%M%SZ}.ndjson"
        memory.put(domain, key, content)
        report.note("created", f"s3://{domain.settings.snapshot_bucket}/{key}", "backup")
    if decisions.imports:
        dashboards.import_(decisions.imports)
    for type, id in decisions.deletes:
        dashboards.delete(type, id)


def _refers(each: Object, key: Key) -> bool:
    references = each.get("references", [])
    return any((reference["type"], reference["id"]) == key for reference in references)
