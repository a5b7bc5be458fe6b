"""What Dashboards wants of saved objects, though it imports them without: rules from its source."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from configure_domain.dashboards.panel import GRID

Object = Mapping[str, Any]
NEWEST = {
    "dashboard": "7.9.3",
    "index-pattern": "7.6.0",
    "search": "7.9.3",
    "visualization": "7.10.0",
}
TYPES = (  # of visualizations: those that ask through index patterns, all classic
    "area",
    "heatmap",
    "histogram",
    "horizontal_bar",
    "input_control_vis",
    "line",
    "markdown",
    "metric",
    "pie",
    "region_map",
    "table",
)


def faults(objects: Sequence[Object]) -> list[str]:
    """What is wrong with these objects, as far as it needs no data."""
    keys = [(each["type"], each["id"]) for each in objects]
    found = [f"twice: {key}" for key in sorted(set(keys)) if keys.count(key) > 1]
    for each in objects:
        found += [f"{each['type']} {each['id']}: {fault}" for fault in _of_one(each, {*keys})]
    return found


def _of_one(each: Object, keys: set[tuple[str, str]]) -> Iterator[str]:
    references = each["references"]
    names = [reference["name"] for reference in references]
    if each.get("migrationVersion") != {each["type"]: NEWEST[each["type"]]}:
        yield f"the whole import is refused: {each.get('migrationVersion')}"
    if not each["id"].startswith("siem-"):
        yield "not one of our ids"
    if len({*names}) < len(names):
        yield "two references of one name"
    for reference in references:
        if (reference["type"], reference["id"]) not in keys:
            yield f"refers to what is not there: {reference['type']} {reference['id']}"
    used = [*_named(each)]
    yield from (f"no reference is called: {name}" for name in used if name not in names)
    yield from (f"a reference that nothing names: {name}" for name in names if name not in used)
    yield from {
        "dashboard": _of_dashboard,
        "index-pattern": _of_pattern,
        "search": _of_search,
        "visualization": _of_visualization,
    }[each["type"]](each["attributes"])


def _named(each: Object) -> Iterator[str]:
    """The names by which an object means its references."""
    attributes = each["attributes"]
    if name := _source(attributes).get("indexRefName"):
        yield name
    if each["type"] == "visualization":
        for control in json.loads(attributes["visState"])["params"].get("controls", []):
            yield control["indexPatternRefName"]
    if each["type"] == "dashboard":
        for panel in json.loads(attributes["panelsJSON"]):
            yield panel["panelRefName"]


def _source(attributes: Object) -> Any:
    return json.loads(attributes.get("kibanaSavedObjectMeta", {}).get("searchSourceJSON", "{}"))


def _of_dashboard(attributes: Object) -> Iterator[str]:
    if "indexRefName" in _source(attributes):
        yield "the list of dashboards is shown instead, as its search has an index"
    cells: dict[tuple[int, int], str] = {}
    for panel in json.loads(attributes["panelsJSON"]):
        place = panel["gridData"]
        if panel["panelIndex"] != place["i"]:
            yield f"panelIndex is not gridData.i: {panel['panelIndex']}"
        if place["x"] + place["w"] > GRID:
            yield f"leaves the grid: {place}"
        own = [
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        yield from {f"lies on another panel: {place}" for cell in own if cell in cells}
        cells |= dict.fromkeys(own, place["i"])
        if "embeddableConfig" not in panel or {"id", "type"} & panel.keys():
            yield f"is of another version: {panel}"
    if attributes["timeRestore"] and not {"timeFrom", "timeTo"} <= attributes.keys():
        yield "restores no range of time"


def _of_pattern(attributes: Object) -> Iterator[str]:
    names = {each["name"] for each in json.loads(attributes.get("fields", "[]"))}
    if attributes.get("timeFieldName") not in names:
        yield 'every panel says "Could not locate that index-pattern-field"'
    for name in json.loads(attributes["fieldFormatMap"]).keys() - names:
        yield f"a format for no field: {name}"


def _of_search(attributes: Object) -> Iterator[str]:
    if "indexRefName" not in _source(attributes):
        yield "has no index"
    if not all(isinstance(each, list) for each in attributes["sort"]):
        yield "sort is a list of lists"


def _of_visualization(attributes: Object) -> Iterator[str]:
    state = json.loads(attributes["visState"])
    asks = state["type"] not in ("markdown", "input_control_vis")
    if state["type"] not in TYPES:
        yield f"of a type that cannot be checked: {state['type']}"
    if asks != ("indexRefName" in _source(attributes)):
        yield "Trying to initialize aggs without index pattern"
    ids = [each["id"] for each in state["aggs"]]
    if len({*ids}) < len(ids):
        yield "two aggregations of one id"
    for each in state["aggs"]:
        order = each["params"].get("orderBy", "custom")
        if order not in (*ids, "custom"):
            yield f"ordered by nothing: {order}"
    for series in state["params"].get("seriesParams", []):
        if series["data"]["id"] not in ids:
            yield f"a series of no aggregation: {series['data']['id']}"
