"""The request that Dashboards sends for a saved visualization or search.

Source: buildOpenSearchQuery and SearchSource in src/plugins/data of OpenSearch-Dashboards.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from configure_domain.dashboards import dql
from local.panels import aggregations, condition

Object = Mapping[str, Any]
Objects = Mapping[tuple[str, str], Object]  # by type and id
HITS = 500  # the setting discover:sampleSize


@dataclass(frozen=True, slots=True)
class Request:
    """A `_search`. `state`: the visState; of a saved search {"type": "search", "columns": [..]}."""

    index: str
    body: dict[str, Any]
    state: Mapping[str, Any]


def made_of(
    saved: Object, objects: Objects, since: datetime, until: datetime, bar: str = ""
) -> Request | None:
    """The request for a panel in a range of time; None where it asks nothing.

    `bar`: the query of the dashboard that the panel is on, which comes with a link to it.
    """
    attributes = saved["attributes"]
    if saved["type"] == "search":
        state = {"type": "search", "columns": attributes["columns"]}
    else:
        state = json.loads(attributes["visState"])
    if state["type"] == "markdown":
        return None
    pattern = _pattern(saved, objects)
    fields = {each["name"]: each for each in json.loads(pattern["fields"])}
    types = {name: each["type"] for name, each in fields.items()}
    time = pattern["timeFieldName"]
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    where = source["query"]["query"]
    bounds = {"gte": _iso(since), "lte": _iso(until), "format": "strict_date_optional_time"}
    filters = [condition.query(dql.parse(each), types) for each in (where, bar) if each]
    filters.append({"range": {time: bounds}})
    body: dict[str, Any] = {
        "query": {"bool": {"must": [], "filter": filters, "should": [], "must_not": []}},
        "track_total_hits": True,
    }
    if state["type"] == "search":
        order = [{name: {"order": way}} for name, way in attributes["sort"]]
        body |= {"size": HITS, "version": True, "sort": order, "fields": state["columns"]}
    elif state["type"] == "input_control_vis":
        body |= {"size": 0, "aggs": _controls(state["params"]["controls"])}
    else:
        body |= {"size": 0, "aggs": aggregations.asked(state, fields, until - since)}
    return Request(pattern["title"], body, state)


def _pattern(saved: Object, objects: Objects) -> Mapping[str, Any]:
    """The attributes of its index pattern, which all controls of a panel share."""
    id = next(each["id"] for each in saved["references"] if each["type"] == "index-pattern")
    attributes: Mapping[str, Any] = objects["index-pattern", id]["attributes"]
    return attributes


def _controls(controls: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        each["id"]: {
            "terms": {
                "field": each["fieldName"],
                "size": each["options"]["size"],
                "order": {"_count": each["options"]["order"]},
            }
        }
        for each in controls
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
