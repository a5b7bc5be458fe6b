"""Makes the saved objects of all dashboards, from the files beside the log types and here.

Ids are `siem-<dashboard>` and `siem-<dashboard>-<panel>`: a new release replaces the objects of the
last one, and links can be written by hand. The same files give the same objects.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from common.errors import DashboardError
from configure_domain import index_patterns
from configure_domain.dashboards import fields, visualization
from configure_domain.dashboards.checks import at
from configure_domain.dashboards.fields import Fields
from configure_domain.dashboards.panel import Panel
from configure_domain.dashboards.spec import Dashboard, read
from configure_domain.index_patterns import PREFIX
from configure_domain.saved_objects import MIGRATIONS
from es_loader.log_type import LogType

Object = dict[str, Any]
HERE = Path(__file__).resolve().parent
OF_A_LOG_TYPE = "dashboard.yaml"
ALL = "all"  # in links: every other dashboard
INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
VERSION = "2.19.0"  # of a panel, which only informs
LINK = re.compile(rf"#/view/{PREFIX}([\w-]+)")


def files(log_types: Mapping[str, LogType], folder: Path = HERE) -> list[Path]:
    """The file of every dashboard."""
    own = [each.folder / OF_A_LOG_TYPE for each in log_types.values()]
    return [*sorted(folder.glob("*.yaml")), *(path for path in own if path.exists())]


def objects(log_types: Mapping[str, LogType], folder: Path = HERE) -> list[Object]:
    """The saved objects of all dashboards, and the index patterns of several log types.

    Raises DashboardError, which names file and panel.
    """
    dashboards = [read(path) for path in files(log_types, folder)]
    known = index_patterns.fields_by_title(log_types)
    titles = {each.id: each.title for each in dashboards}
    made: dict[tuple[str, str], tuple[str, Object]] = {}
    for dashboard in dashboards:
        for each in of_dashboard(dashboard, known, titles):
            key = (each["type"], each["id"])
            other = made.setdefault(key, (dashboard.file, each))
            if other[1] is not each and key[0] != "index-pattern":
                raise DashboardError(f"{dashboard.file}: {other[0]} has it too: {' '.join(key)}")
    return [each for _, each in made.values()]


def of_dashboard(
    dashboard: Dashboard, known: Mapping[str, Fields], titles: Mapping[str, str]
) -> Iterator[Object]:
    """Its saved objects, and the index patterns it needs besides those of `known`.

    known   fields by title of index pattern; titles  of all dashboards, by id
    """
    fields.check(dashboard, known)
    for index in dict.fromkeys([dashboard.index, *(each.index for each in dashboard.panels)]):
        if index not in known:
            yield index_patterns.pattern(index, fields.of_index(index, known))
    panels, references = [], []
    for number, panel in enumerate(dashboard.panels):
        with at(f'{dashboard.file}: panel "{panel.title or panel.id}"'):
            saved = _of_panel(dashboard, panel, titles)
        yield saved
        panels.append(_on_the_grid(panel, number))
        references.append(_reference(f"panel_{number}", saved["type"], saved["id"]))
    attributes: Object = {
        "title": dashboard.title,
        "description": dashboard.description,
        "hits": 0,
        "version": 1,
        "timeRestore": bool(dashboard.time),
        "optionsJSON": _text({"hidePanelTitles": False, "useMargins": True}),
        "panelsJSON": _text(panels),
        # With an index here, Dashboards shows its list of dashboards instead.
        "kibanaSavedObjectMeta": _search_source(""),
    }
    if dashboard.time:
        refresh = {"pause": True, "value": 0}
        attributes |= {"timeFrom": dashboard.time, "timeTo": "now", "refreshInterval": refresh}
    yield _object("dashboard", f"{PREFIX}{dashboard.id}", attributes, references)


def _of_panel(dashboard: Dashboard, panel: Panel, titles: Mapping[str, str]) -> Object:
    id = f"{PREFIX}{dashboard.id}-{panel.id}"
    title = f"{dashboard.short} - {panel.title or panel.id}"
    pattern = index_patterns.object_id(panel.index)
    where = " and ".join(f"({each})" for each in (dashboard.where, panel.where) if each)
    if not (dashboard.where and panel.where):
        where = dashboard.where or panel.where
    attributes: Object = {"title": title, "description": panel.note, "version": 1}
    if panel.kind == "search":
        attributes |= {
            "hits": 0,
            "columns": panel.values,
            "sort": [["@timestamp", panel.options.get("sort", "desc")]],
            "kibanaSavedObjectMeta": _search_source(
                where, highlightAll=True, version=True, indexRefName=INDEX
            ),
        }
        return _object("search", id, attributes, [_reference(INDEX, "index-pattern", pattern)])
    source = _search_source(where, indexRefName=INDEX) if panel.asks else _search_source("")
    state = visualization.state(panel, title, _markdown(dashboard, panel, titles))
    attributes |= {
        "uiStateJSON": _text(visualization.ui_state(panel)),
        "visState": _text(state),
        "kibanaSavedObjectMeta": source,
    }
    names = [each["indexPatternRefName"] for each in state["params"].get("controls", [])]
    references = [
        _reference(name, "index-pattern", pattern) for name in (names or [INDEX] * panel.asks)
    ]
    return _object("visualization", id, attributes, references)


def _markdown(dashboard: Dashboard, panel: Panel, titles: Mapping[str, str]) -> str:
    """The text of markdown and links; a link to a dashboard that is not there is an error."""
    text = panel.text
    if panel.kind == "links":
        ids: Iterable[str] = panel.values
        if panel.values == (ALL,):
            ids = sorted(titles.keys() - {dashboard.id}, key=lambda id: titles[id].lower())
        text = " · ".join(f"[{titles.get(id, id)}](#/view/{PREFIX}{id})" for id in ids)
    if unknown := [each for each in LINK.findall(text) if each not in titles]:
        raise DashboardError(f"no dashboard has this id: {', '.join(unknown)}")
    return text


def _on_the_grid(panel: Panel, number: int) -> Object:
    """The panel as part of `panelsJSON`."""
    place, index = panel.place, str(number + 1)
    config: Object = {"title": panel.title}
    if not panel.title:
        config["hidePanelTitles"] = True
    return {
        "version": VERSION,
        "gridData": {"x": place.x, "y": place.y, "w": place.w, "h": place.h, "i": index},
        "panelIndex": index,
        "embeddableConfig": config,
        "panelRefName": f"panel_{number}",
        "title": panel.title,
    }


def _search_source(where: str, **more: Any) -> Object:
    query = {"query": where, "language": "kuery"}
    return {"searchSourceJSON": _text({"query": query, "filter": [], **more})}


def _object(type: str, id: str, attributes: Object, references: Iterable[Object]) -> Object:
    return {
        "type": type,
        "id": id,
        "attributes": attributes,
        "references": [*references],
        "migrationVersion": {type: MIGRATIONS[type]},
    }


def _reference(name: str, type: str, id: str) -> Object:
    return {"name": name, "type": type, "id": id}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
