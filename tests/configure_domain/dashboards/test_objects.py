"""The saved objects of all dashboards: whole, the same each time, and taken by an import."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import build
from configure_domain import index_patterns, saved_objects
from configure_domain.dashboards import compile as compiler
from configure_domain.dashboards.spec import Dashboard, read
from configure_domain.dashboards_api import Dashboards
from es_loader.log_type import LogType
from es_loader.log_type_file import load_all
from tests.configure_domain.conftest import Plain
from tests.configure_domain.dashboards import structure, written
from tests.configure_domain.dashboards.panels import Object

ALL = [read(path) for path in compiler.files(load_all())]
# Its panels have no field in common but the time.
WITHOUT_CONTROLS = ("log-health",)
each_dashboard = pytest.mark.parametrize("dashboard", ALL, ids=lambda each: each.id)


def test_the_saved_objects_are_sound(objects: list[Object]) -> None:
    assert structure.faults(objects) == []


def of_type(type: str, objects: list[Any]) -> Any:
    return next(each for each in objects if each["type"] == type)


def changed(attribute: str, old: str, new: str) -> Callable[[Any], None]:
    def change(saved: Any) -> None:
        at = saved["attributes"]
        *outer, name = attribute.split(".")
        for each in outer:
            at = at[each]
        assert old in at[name]
        at[name] = at[name].replace(old, new)

    return change


META = "kibanaSavedObjectMeta.searchSourceJSON"


@pytest.mark.parametrize(
    ("type", "change", "says"),
    [
        ("dashboard", lambda each: each["references"].pop(), "no reference is called: panel_0"),
        ("dashboard", changed(META, "{", '{"indexRefName":"x",'), "the list of dashboards"),
        ("dashboard", changed("panelsJSON", '"i":"1"', '"i":"2"'), "panelIndex is not"),
        ("dashboard", changed("panelsJSON", '"x":0', '"x":1'), "leaves the grid"),
        ("search", changed(META, "indexRefName", "other"), "has no index"),
        ("visualization", changed(META, "indexRefName", "other"), "without index pattern"),
        ("visualization", changed("visState", '"type":"table"', '"type":"vega"'), "cannot be"),
        ("visualization", changed("visState", '"orderBy":"1"', '"orderBy":"9"'), "by nothing: 9"),
        ("visualization", lambda each: each.update(id="mine"), "not one of our ids"),
        (
            "visualization",
            lambda each: each["migrationVersion"].update(visualization="7.17.0"),
            "the whole import is refused",
        ),
        ("index-pattern", lambda each: each["attributes"].pop("fields"), "Could not locate that"),
    ],
)
def test_an_object_that_dashboards_would_take_and_not_show_is_caught(
    type: str, change: Callable[[Any], None], says: str, tmp_path: Path
) -> None:
    panel = {"table": "count", "by": "user.name"}
    if type in ("search", "dashboard"):
        panel = {"search": ["user.name"]}  # type: ignore[dict-item]
    made: list[Any] = copy.deepcopy(written.objects(written.file(tmp_path, [panel])))
    assert structure.faults(made) == []
    change(of_type(type, made))
    assert says in " ".join(structure.faults(made))


def test_the_same_files_give_the_same_bytes() -> None:
    assert build.dashboards(None) == build.dashboards(None)


def test_they_are_what_we_import_ourselves(objects: list[Object]) -> None:
    text = index_patterns.ndjson(objects)
    assert len(saved_objects.parse(text, "some.ndjson")) == len(objects)


def test_dashboards_takes_them_all(plain: Plain, objects: list[Object]) -> None:
    dashboards = Dashboards(plain.domain().api)
    dashboards.import_(objects)
    found = {(each["type"], each["id"]) for each in dashboards.find(saved_objects.MIGRATIONS)}
    assert found == {(each["type"], each["id"]) for each in objects}


@each_dashboard
def test_a_dashboard_has_at_most_14_panels_and_ends_with_a_search(dashboard: Dashboard) -> None:
    kinds = [each.kind for each in dashboard.panels]
    assert len(kinds) <= 14
    assert (kinds[0], kinds[-1]) == ("links", "search")
    assert "search" not in kinds[:-1]


@each_dashboard
def test_every_panel_explains_itself(dashboard: Dashboard) -> None:
    assert dashboard.description
    assert [each.id for each in dashboard.panels if not each.note.endswith(".")] == []
    assert [each.id for each in dashboard.panels if not each.title and each.kind != "links"] == []


@each_dashboard
def test_a_dashboard_has_controls_of_its_fields(dashboard: Dashboard) -> None:
    controls = [control for panel in dashboard.panels for control in panel.controls]
    if dashboard.id in WITHOUT_CONTROLS:
        assert not controls
    else:
        assert len(controls) >= 2


@each_dashboard
def test_every_dashboard_leads_back_to_the_overview(dashboard: Dashboard) -> None:
    links = {value for panel in dashboard.panels if panel.kind == "links" for value in panel.values}
    assert "overview" in links or dashboard.id == "overview"


def test_every_log_type_is_on_a_dashboard(log_types: dict[str, LogType]) -> None:
    known = index_patterns.fields_by_title(log_types)
    own = {title for each in ALL for panel in each.panels for title in panel.index.split(",")}
    patterns = [re.compile(re.escape(title).replace(r"\*", ".*")) for title in own - {"log-*"}]
    missing = [title for title in known if not any(each.fullmatch(title) for each in patterns)]
    assert missing == ["log-*"]


def test_an_address_leads_to_what_else_is_known_of_it(objects: list[Object]) -> None:
    pattern = next(each for each in objects if each["id"] == "siem-log-aws-vpc_flow")
    format = json.loads(pattern["attributes"]["fieldFormatMap"])["source.ip"]
    assert format["id"] == "url"
    template = format["params"]["urlTemplate"].replace("{{value}}", "2001%3Adb8%3A%3A13")
    assert template == (
        "../app/dashboards#/view/siem-hunting?_a=(query:(language:kuery,"
        "query:%27related.ip:%222001%3Adb8%3A%3A13%22%27))"
    )
    assert ("dashboard", "siem-hunting") in {(each["type"], each["id"]) for each in objects}
