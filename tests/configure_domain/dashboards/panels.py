"""Runs panels on a node, and says what is wrong with what they show."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local import panels
from local.panels import Request, Table
from tests.configure_domain.dashboards.loaded import Loaded

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a panel shows, and what is wrong with it."""

    id: str
    table: Table
    faults: tuple[str, ...]


def run(saved: Sequence[Object], loaded: Loaded, objects: Sequence[Object]) -> list[Shown]:
    """Run those of `saved` that ask something; `objects`: all there are."""
    known = {(each["type"], each["id"]): each for each in objects}
    asked: list[tuple[Object, Request]] = []
    for each in saved:
        if each["type"] in ("visualization", "search"):
            request = panels.made_of(each, known, loaded.since, loaded.until)
            if request:
                asked.append((each, request))
    lines = []
    for _, request in asked:
        lines += [{"index": request.index}, request.body]
        lines += [{"index": request.index}, _fields_asked(request)]
    answers = loaded.node.msearch(body=lines)["responses"] if lines else []
    shown = []
    for (each, request), answer, filled in zip(asked, answers[::2], answers[1::2], strict=True):
        types = _types(each, known)
        faults = [*_faults(request, answer, filled, types)]
        table = Table((), ()) if "error" in answer else panels.table(request.state, answer)
        shown.append(Shown(each["id"], table, tuple(faults)))
    return shown


def _faults(request: Request, answer: Any, filled: Any, types: Mapping[str, str]) -> Iterator[str]:
    for name in _fields(request):
        if name not in types:
            yield f"the index pattern has no field: {name}"
    failed = answer.get("error") or answer["_shards"].get("failures")
    if failed:
        yield f"refused: {json.dumps(failed)[:500]}"
        return
    table = panels.table(request.state, answer)
    if not answer["hits"]["total"]["value"] or not table.rows:
        yield "empty"
        return
    for position, column in enumerate(table.columns):
        if position >= table.buckets and all(row[position] is None for row in table.rows):
            yield f"null in every row: {column}"
    for name in _fields(request):
        if not filled["aggregations"][name]["doc_count"]:
            yield f"no document of the panel has the field: {name}"
    for label in _labels(request):
        if not any(_counts(label, answer["aggregations"])):
            yield f"nothing is: {label}"


def _fields(request: Request) -> list[str]:
    """The fields that a panel shows or groups by."""
    state = request.state
    if state["type"] == "search":
        return [*dict.fromkeys(state["columns"])]
    if state["type"] == "input_control_vis":
        return [each["fieldName"] for each in state["params"]["controls"]]
    fields = (each["params"].get("field") for each in state["aggs"])
    return [*dict.fromkeys(field for field in fields if field)]


def _fields_asked(request: Request) -> dict[str, Any]:
    """How many of the documents of a panel have each of its fields."""
    exist = {name: {"filter": {"exists": {"field": name}}} for name in _fields(request)}
    return {"query": request.body["query"], "size": 0, "aggs": exist}


def _labels(request: Request) -> Iterator[str]:
    for each in request.state.get("aggs", []):
        if each["type"] == "filters":
            yield from (one["label"] for one in each["params"]["filters"])


def _counts(label: str, node: Any) -> Iterator[int]:
    """The number of documents in each bucket with this label, at any depth of an answer."""
    if isinstance(node, dict):
        buckets = node.get("buckets")
        if isinstance(buckets, dict) and label in buckets:
            yield buckets[label]["doc_count"]
    for inner in node.values() if isinstance(node, dict) else node:
        if isinstance(inner, dict | list):
            yield from _counts(label, inner)


def _types(saved: Object, known: Mapping[tuple[str, str], Object]) -> Mapping[str, str]:
    id = next(each["id"] for each in saved["references"] if each["type"] == "index-pattern")
    listed = json.loads(known["index-pattern", id]["attributes"]["fields"])
    return {each["name"]: each["type"] for each in listed}
