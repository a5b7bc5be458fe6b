"""Asks a node for the panels of a dashboard, by the requests of local/panels."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from local import panels
from local.panels import Request, Table, aggregations

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Range:
    """A range of time, and what is asked besides in the bar of a dashboard, in DQL."""

    since: datetime
    until: datetime
    query: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel and what it shows.

    place    columns and rows on the grid: x, y, w, h
    request  None where it asks nothing, as a text
    formats  of fields, as the index pattern has them
    error    why the node refused, or ""
    """

    saved: Object
    title: str
    place: Mapping[str, int]
    request: Request | None
    answer: Mapping[str, Any]
    table: Table
    formats: Mapping[str, Any]
    error: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it asked and has nothing to show."""
        if self.request is None:
            return False
        return not self.table.rows or not self.answer["hits"]["total"]["value"]

    @property
    def fields(self) -> list[str]:
        """The field behind each column of the table; "" where a column counts or is a label."""
        assert self.request
        state = self.request.state
        if state["type"] == "search":
            return [*state["columns"]]
        metrics, buckets = aggregations.split(state.get("aggs", []))
        return [_field(each) for each in (*buckets, *metrics)]


def dashboard(
    node: OpenSearch, saved: Object, objects: Sequence[Object], range: Range
) -> list[Shown]:
    """What the panels of a dashboard show; `objects`: all saved objects."""
    known = {(each["type"], each["id"]): each for each in objects}
    by_name = {each["name"]: (each["type"], each["id"]) for each in saved["references"]}
    placed = json.loads(saved["attributes"]["panelsJSON"])
    found = [known[by_name[each["panelRefName"]]] for each in placed]
    asked = [panels.made_of(each, known, range.since, range.until, range.query) for each in found]
    answers = _answers(node, [each for each in asked if each])
    shown = []
    for place, each, request in zip(placed, found, asked, strict=True):
        answer = next(answers) if request else {}
        error = json.dumps(answer["error"]) if "error" in answer else ""
        rows = Table((), ())
        # Without any index there are no aggregations in an answer.
        if request and not error and answer["_shards"]["total"]:
            rows = panels.table(request.state, answer)
        grid, formats = place["gridData"], _formats(each, known)
        shown.append(Shown(each, place["title"], grid, request, answer, rows, formats, error))
    return shown


def _answers(node: OpenSearch, asked: list[Request]) -> Iterator[Mapping[str, Any]]:
    lines: list[Any] = []
    for each in asked:
        lines += [{"index": each.index, "ignore_unavailable": True}, each.body]
    yield from node.msearch(body=lines)["responses"] if lines else []


def _formats(saved: Object, known: Mapping[tuple[str, str], Object]) -> Mapping[str, Any]:
    for each in saved["references"]:
        if each["type"] == "index-pattern":
            pattern = known["index-pattern", each["id"]]["attributes"]
            found: Mapping[str, Any] = json.loads(pattern["fieldFormatMap"])
            return found
    return {}


def _field(each: Mapping[str, Any]) -> str:
    if each["type"] in ("count", "cardinality", "filters"):
        return ""
    return str(each["params"]["field"])
