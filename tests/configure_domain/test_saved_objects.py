"""Saved objects: imported, brought up to date, pruned, and what a person made of them kept."""

import json
from typing import Any

import pytest

from configure_domain import memory, saved_objects
from configure_domain.api import ConfigureError
from configure_domain.dashboards_api import Dashboards, Object
from configure_domain.index_patterns import PREFIX
from configure_domain.report import Entry, Report
from tests.configure_domain.conftest import BUCKET, Plain

PATTERN: Object = {
    "type": "index-pattern",
    "id": f"{PREFIX}log-aws-waf",
    "attributes": {
        "title": "log-aws-waf-*",
        "timeFieldName": "@timestamp",
        "fields": json.dumps([{"name": "a", "type": "string", "count": 0, "scripted": False}]),
        "fieldFormatMap": "{}",
    },
    "references": [],
    "migrationVersion": {"index-pattern": "7.6.0"},
}
SEARCH: Object = {
    "type": "search",
    "id": f"{PREFIX}waf-blocked",
    "attributes": {"title": "Blocked requests", "columns": ["source.ip"]},
    "references": [{"name": "index", "type": "index-pattern", "id": PATTERN["id"]}],
    "migrationVersion": {"search": "7.9.3"},
}
DASHBOARD: Object = {
    "type": "dashboard",
    "id": f"{PREFIX}waf",
    "attributes": {"title": "WAF", "panelsJSON": "[]"},
    "references": [{"name": "panel_0", "type": "search", "id": SEARCH["id"]}],
    "migrationVersion": {"dashboard": "7.9.3"},
}
OURS = [PATTERN, SEARCH, DASHBOARD]


def run(plain: Plain, *wanted: Object, apply: bool = True) -> Report:
    report = Report(apply, "saved objects")
    saved_objects.configure(plain.domain(), report, wanted or OURS)
    return report


def dashboards(plain: Plain) -> Dashboards:
    return Dashboards(plain.domain().api)


def present(plain: Plain) -> dict[str, Object]:
    """What is there by id, as it was sent."""
    found = dashboards(plain).find(saved_objects.MIGRATIONS)
    return {each["id"]: {key: each[key] for key in PATTERN} for each in found}


def edit(plain: Plain, each: Object, **attributes: Any) -> Object:
    """A person saves an object with other attributes."""
    edited = each | {"attributes": each["attributes"] | attributes}
    dashboards(plain).import_([edited])
    return edited


def newer(each: Object, **attributes: Any) -> Object:
    """The object in a later release of ours."""
    return each | {"attributes": each["attributes"] | attributes}


def backups(plain: Plain) -> list[str]:
    return [key for key in plain.stored() if key.endswith(".ndjson")]


def told(report: Report) -> list[tuple[str, str]]:
    return [(entry.action, entry.name) for entry in report.entries]


def test_ours_are_imported_and_a_second_run_changes_nothing(plain: Plain) -> None:
    first = run(plain)
    assert told(first) == [("created", f"{each['type']} {each['id']}") for each in OURS]
    assert present(plain) == {each["id"]: each for each in OURS}
    stored = plain.stored()
    second = run(plain)
    assert (second.entries, second.unchanged) == ([], len(OURS))
    assert plain.stored() == stored == [memory.FILE]


def test_what_is_there_is_backed_up_before_anything_is_written(plain: Plain) -> None:
    mine = {"type": "search", "id": "mine", "attributes": {"title": "Mine"}, "references": []}
    dashboards(plain).import_([mine])
    plain.server.requests.clear()
    report = run(plain)
    (key,) = backups(plain)
    assert report.entries[0] == Entry("saved objects", "created", f"s3://{BUCKET}/{key}", "backup")
    assert [json.loads(line)["id"] for line in plain.read(key).splitlines()] == ["mine"]
    paths = [each.path for each in plain.server.requests]
    exported = [n for n, path in enumerate(paths) if path.endswith("_export")]
    imported = [n for n, path in enumerate(paths) if "_import" in path]
    assert exported[0] < imported[0]


def test_a_backup_restores_what_was_there(plain: Plain) -> None:
    run(plain)
    edited = edit(plain, DASHBOARD, title="My WAF")
    before = present(plain)
    assert before[DASHBOARD["id"]] == edited
    run(plain, PATTERN, newer(SEARCH, title="Blocked"), newer(DASHBOARD, title="WAF 2"))
    (key,) = backups(plain)
    assert present(plain) != before
    lines = [json.loads(line) for line in plain.read(key).splitlines()]
    dashboards(plain).import_(lines)
    restored = present(plain)
    assert {id: restored[id] for id in before} == before


def test_a_newer_release_replaces_what_nobody_edited(plain: Plain) -> None:
    run(plain)
    later = newer(DASHBOARD, title="WAF 2")
    report = run(plain, PATTERN, SEARCH, later)
    assert told(report)[1:] == [("updated", f"dashboard {DASHBOARD['id']}")]
    assert present(plain) == {each["id"]: each for each in (PATTERN, SEARCH, later)}


def test_an_edit_stays_while_ours_is_as_it_was_and_is_reported(plain: Plain) -> None:
    run(plain)
    edited = edit(plain, DASHBOARD, title="My WAF")
    for _ in range(2):
        report = run(plain)
        (entry,) = report.entries
        assert (entry.action, entry.name) == ("kept", f"dashboard {DASHBOARD['id']}")
        assert entry.detail == "edited by a person, ours is as it was: left as it is"
        assert present(plain)[DASHBOARD["id"]] == edited
    assert backups(plain) == []


def test_an_edit_is_kept_as_a_copy_when_ours_is_new_and_is_reported(plain: Plain) -> None:
    run(plain)
    edited = edit(plain, DASHBOARD, title="My WAF")
    later = newer(DASHBOARD, panelsJSON="[{}]")
    report = run(plain, PATTERN, SEARCH, later)
    kept, updated = report.entries[1:]
    assert updated.action == "updated" and kept.action == "kept"
    copy = kept.detail.rpartition(" ")[2]
    assert copy.startswith(f"kept-{DASHBOARD['id']}-")
    found = present(plain)
    assert found[DASHBOARD["id"]] == later
    assert found[copy]["references"] == edited["references"]
    digest = copy.rpartition("-")[2]
    assert found[copy]["attributes"] == edited["attributes"] | {"title": f"My WAF (kept {digest})"}
    again = run(plain, PATTERN, SEARCH, later)
    assert again.entries == [] and present(plain) == found


def test_an_object_that_we_do_not_remember_is_treated_as_a_persons(plain: Plain) -> None:
    dashboards(plain).import_([PATTERN, SEARCH, newer(DASHBOARD, title="From elsewhere")])
    report = run(plain)
    assert told(report)[1:] == [
        ("kept", f"dashboard {DASHBOARD['id']}"),
        ("updated", f"dashboard {DASHBOARD['id']}"),
    ]
    assert "From elsewhere" in json.dumps(present(plain))


def test_objects_that_were_imported_by_hand_are_ours_if_they_are_the_same(plain: Plain) -> None:
    dashboards(plain).import_(OURS)
    assert run(plain).entries == []
    edit(plain, DASHBOARD, title="My WAF")
    assert told(run(plain)) == [("kept", f"dashboard {DASHBOARD['id']}")]


def test_fields_that_dashboards_refreshed_are_no_edit(plain: Plain) -> None:
    run(plain)
    fields = json.loads(PATTERN["attributes"]["fields"])
    fields[0]["count"] = 7
    more = [*fields, {"name": "b", "type": "string", "count": 0, "scripted": False}]
    edit(plain, PATTERN, fields=json.dumps(more))
    assert run(plain).entries == []
    later = newer(PATTERN, fields=json.dumps(fields))
    report = run(plain, later, SEARCH, DASHBOARD)
    assert told(report)[1:] == [("updated", f"index-pattern {PATTERN['id']}")]


@pytest.mark.parametrize(
    "change",
    [
        {"fieldFormatMap": '{"a": {"id": "bytes"}}'},
        {"fields": json.dumps([{"name": "s", "script": "1", "scripted": True, "count": 0}])},
        {"timeFieldName": "event.ingested"},
    ],
)
def test_a_persons_own_fields_and_formats_are_an_edit(plain: Plain, change: Any) -> None:
    run(plain)
    edit(plain, PATTERN, **change)
    assert told(run(plain)) == [("kept", f"index-pattern {PATTERN['id']}")]


def test_what_the_product_no_longer_has_is_deleted(plain: Plain) -> None:
    run(plain)
    report = run(plain, PATTERN, SEARCH)
    assert told(report)[1:] == [("deleted", f"dashboard {DASHBOARD['id']}")]
    assert present(plain).keys() == {PATTERN["id"], SEARCH["id"]}
    assert run(plain, PATTERN, SEARCH).entries == []


def test_an_edited_object_that_the_product_no_longer_has_is_kept_as_a_copy(plain: Plain) -> None:
    run(plain)
    edit(plain, DASHBOARD, title="My WAF")
    report = run(plain, PATTERN, SEARCH)
    assert [entry.action for entry in report.entries] == ["created", "kept", "deleted"]
    (copy,) = present(plain).keys() - {PATTERN["id"], SEARCH["id"]}
    assert copy.startswith("kept-")


def test_an_object_that_a_persons_own_needs_is_not_deleted(plain: Plain) -> None:
    run(plain)
    mine = {
        "type": "dashboard",
        "id": "mine",
        "attributes": {"title": "Mine"},
        "references": [{"name": "panel_0", "type": "search", "id": SEARCH["id"]}],
    }
    dashboards(plain).import_([mine])
    report = run(plain, PATTERN)
    assert ("kept", f"search {SEARCH['id']}") in told(report)
    (entry,) = [each for each in report.entries if each.name.startswith("search")]
    assert entry.detail == "no longer part of the product, but used by dashboard mine"
    assert present(plain).keys() == {PATTERN["id"], SEARCH["id"], "mine"}


def test_a_persons_own_objects_are_left_alone(plain: Plain) -> None:
    mine = {"type": "search", "id": "mine", "attributes": {"title": "Mine"}, "references": []}
    dashboards(plain).import_([mine])
    before = present(plain)["mine"]
    run(plain)
    run(plain, PATTERN)
    assert present(plain)["mine"] == before


def test_what_a_person_deleted_is_there_again(plain: Plain) -> None:
    run(plain)
    dashboards(plain).delete("dashboard", DASHBOARD["id"])
    assert ("created", f"dashboard {DASHBOARD['id']}") in told(run(plain))
    assert present(plain)[DASHBOARD["id"]] == DASHBOARD


def test_a_plan_writes_nothing(plain: Plain) -> None:
    planned = told(run(plain, apply=False))
    assert present(plain) == {} and plain.stored() == []
    assert planned == told(run(plain))
    edit(plain, SEARCH, title="Mine")
    stored, there = plain.stored(), present(plain)
    report = run(plain, newer(PATTERN, title="x"), newer(SEARCH, columns=[]), apply=False)
    assert told(report) == [
        ("updated", f"index-pattern {PATTERN['id']}"),
        ("kept", f"search {SEARCH['id']}"),
        ("updated", f"search {SEARCH['id']}"),
        ("deleted", f"dashboard {DASHBOARD['id']}"),
    ]
    assert (plain.stored(), present(plain)) == (stored, there)


def test_a_run_that_stopped_after_the_import_is_made_up_for(plain: Plain) -> None:
    run(plain)
    remembered = plain.read(memory.FILE)
    later = newer(DASHBOARD, title="WAF 2")
    run(plain, PATTERN, SEARCH, later)
    plain.aws.client("s3").put_object(Bucket=BUCKET, Key=memory.FILE, Body=remembered.encode())
    assert run(plain, PATTERN, SEARCH, later).entries == []
    assert told(run(plain, PATTERN, SEARCH, newer(later, title="WAF 3")))[1:] == [
        ("updated", f"dashboard {DASHBOARD['id']}")
    ]


def test_a_damaged_memory_is_named(plain: Plain) -> None:
    plain.aws.client("s3").put_object(Bucket=BUCKET, Key=memory.FILE, Body=b"{")
    with pytest.raises(ConfigureError) as raised:
        run(plain)
    assert str(raised.value) == (
        "not what configure_domain wrote; delete it, then all differences count as edits: "
        f"s3://{BUCKET}/saved_objects/imported.json"
    )


def test_all_objects_are_found_however_many_pages_they_fill(plain: Plain) -> None:
    many = [SEARCH | {"id": f"s{n:04}", "references": []} for n in range(1100)]
    dashboards(plain).import_(many)
    assert len(dashboards(plain).find(["search"])) == 1100


def test_more_than_dashboards_takes_is_refused_before_it_is_sent(plain: Plain) -> None:
    with pytest.raises(ConfigureError, match=r"^saved objects: more than Dashboards takes at once"):
        dashboards(plain).import_(PATTERN for _ in range(10_001))
    assert plain.server.requests == []


def line(**changes: Any) -> str:
    return json.dumps({**PATTERN, **changes})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "f: line 1: no JSON: Expecting property name enclosed in double quotes: line 1"),
        (f"{line()}\n[]", "f: line 2: no saved object: []"),
        ('{"exportedCount": 1}', 'f: line 1: no saved object: {"exportedCount": 1}'),
        (
            line(type="lens"),
            "f: line 1: lens siem-log-aws-waf: expected a type of dashboard, index-pattern, search",
        ),
        (line(id="waf"), "f: line 1: index-pattern waf: the id has to begin with: siem-"),
        (
            line(attributes=None),
            "f: line 1: index-pattern siem-log-aws-waf: attributes are missing",
        ),
        (
            line(migrationVersion={"index-pattern": "7.11.0"}),
            "f: line 1: index-pattern siem-log-aws-waf: migrationVersion has to be "
            '{"index-pattern": "7.6.0"}',
        ),
        (f"{line()}\n{line()}", "f: line 2: index-pattern siem-log-aws-waf: is there twice"),
    ],
)
def test_a_wrong_saved_object_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigureError) as raised:
        saved_objects.parse(text, "f")
    assert str(raised.value).startswith(message)
