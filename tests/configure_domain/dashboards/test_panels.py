"""Every panel of every dashboard on a real node, with what our loader makes of our samples."""

import json
from pathlib import Path
from typing import Any

import pytest

from configure_domain import dashboards
from configure_domain.dashboards import compile as compiler
from es_loader.log_type_file import load_all
from tests.configure_domain.dashboards import panels, written
from tests.configure_domain.dashboards.loaded import Loaded
from tests.configure_domain.dashboards.panels import Object

FILES = compiler.files(load_all())
FLOWS = "event.dataset: aws.vpc_flow"
TABLE = {"table": "count", "by": "source.ip"}


def panels_of(dashboard: str, objects: list[Object]) -> list[Object]:
    found = next(each for each in objects if (each["type"], each["id"]) == ("dashboard", dashboard))
    names = {(each["type"], each["id"]) for each in found["references"]}
    return [each for each in objects if (each["type"], each["id"]) in names]


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_panel_shows_something(file: Path, loaded: Loaded, objects: list[Object]) -> None:
    dashboard = dashboards.read(file)
    empty_ones = {
        f"siem-{dashboard.id}-{each.id}"
        for each in dashboard.panels
        if each.options.get("may_be_empty")
    }
    shown = panels.run(panels_of(f"siem-{dashboard.id}", objects), loaded, objects)
    faults = {each.id: each.faults for each in shown if each.faults}
    for id in empty_ones:
        # Whoever says that no sample fills a panel has to mean it.
        assert faults.pop(id, ()) == ("empty",), f"{id} is not empty: leave may_be_empty out"
    assert not faults


@pytest.mark.parametrize(
    ("panel", "faults"),
    [
        (TABLE | {"where": "network.direction: sideways"}, {"empty"}),
        ({"metric": "count", "where": "event.action: rejct"}, {"empty"}),
        (
            {"metric": "count", "by": {"Some": "user.name: *", "None": "user.name: alcie"}},
            {"nothing is: None"},
        ),
        (
            {"table": ["count", "max(event.severity) as Worst"], "by": "source.ip", "where": FLOWS},
            {
                "null in every row: Worst",
                "no document of the panel has the field: event.severity",
            },
        ),
        (
            {"metric": "sum(network.bytes) as Bytes", "where": "event.dataset: aws.guardduty"},
            {"no document of the panel has the field: network.bytes"},
        ),
        (
            {"search": ["source.ip", "user.name"], "where": FLOWS},
            {
                "null in every row: user.name",
                "no document of the panel has the field: user.name",
            },
        ),
        ({"controls": ["aws.cloudtrail.request.vpc_id as VPC", "user.name as User"]}, set()),
        ({"table": "count", "by": "user.name"}, set()),
    ],
)
def test_the_node_tells_what_shows_nothing(
    panel: dict[str, Any], faults: set[str], loaded: Loaded, tmp_path: Path
) -> None:
    made = written.objects(written.file(tmp_path, [panel]))
    (shown,) = panels.run(made, loaded, made)
    assert {*shown.faults} == faults


def test_the_node_refuses_an_aggregation_that_its_field_does_not_allow(
    loaded: Loaded, tmp_path: Path
) -> None:
    made = written.objects(written.file(tmp_path, [{"metric": "sum(network.bytes)"}]))
    panel = next(each for each in made if each["type"] == "visualization")
    state = panel["attributes"]["visState"].replace("network.bytes", "user.name")
    panel["attributes"]["visState"] = state
    (shown,) = panels.run([panel], loaded, made)
    assert shown.faults[0].startswith("refused: ")
    assert "user.name" in shown.faults[0]


def test_a_field_that_the_index_pattern_lacks_is_told(loaded: Loaded, tmp_path: Path) -> None:
    made = written.objects(written.file(tmp_path, [TABLE]))
    pattern = next(each for each in made if each["id"] == "siem-log")
    listed = json.loads(pattern["attributes"]["fields"])
    kept = [each for each in listed if each["name"] != "source.ip"]
    pattern["attributes"]["fields"] = json.dumps(kept)
    (shown,) = panels.run([each for each in made if "visState" in each["attributes"]], loaded, made)
    assert shown.faults == ("the index pattern has no field: source.ip",)


def test_the_fields_of_index_patterns_are_those_of_the_node(
    loaded: Loaded, objects: list[Object]
) -> None:
    for each in objects:
        if each["type"] != "index-pattern":
            continue
        title = each["attributes"]["title"]
        caps = loaded.node.field_caps(index=title, fields="*")["fields"]
        told = {
            name: sorted(kinds)
            for name, kinds in caps.items()
            if not name.startswith("_") and "object" not in kinds
        }
        listed = json.loads(each["attributes"]["fields"])
        own = {one["name"]: one["esTypes"] for one in listed if not one["name"].startswith("_")}
        assert own == told, title
