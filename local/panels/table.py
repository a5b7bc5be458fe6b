"""The answer to a panel's request as rows, like Dashboards' tabify: what every panel draws."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.panels import aggregations

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns: `buckets` of them by which rows are grouped, then the metrics; of a search, hits."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    buckets: int = 0


def table(state: Mapping[str, Any], answer: Answer) -> Table:
    """What a panel with this visState shows of an answer.

    Of controls, a row for each value that can be chosen: label and value.
    """
    if state["type"] == "search":
        columns = tuple(state["columns"])
        hits = answer["hits"]["hits"]
        rows = (tuple(_one(hit.get("fields", {}).get(name)) for name in columns) for hit in hits)
        return Table(columns, tuple(rows))
    if state["type"] == "input_control_vis":
        return Table(("Control", "Value"), tuple(_choices(state, answer)), 2)
    metrics, buckets = aggregations.split(state["aggs"])
    columns = tuple(_name(each) for each in (*buckets, *metrics))
    total = answer["hits"]["total"]["value"]
    rows_ = _rows(buckets, metrics, answer.get("aggregations", {}), total, ())
    return Table(columns, tuple(rows_), len(buckets))


def _rows(
    buckets: list[aggregations.Aggregation],
    metrics: list[aggregations.Aggregation],
    inside: Mapping[str, Any],
    count: int,
    keys: tuple[Any, ...],
) -> Iterator[tuple[Any, ...]]:
    if not buckets:
        yield (*keys, *(_value(each, inside, count) for each in metrics))
        return
    found = inside.get(buckets[0]["id"], {}).get("buckets", [])
    named = found.items() if isinstance(found, dict) else ((_key(each), each) for each in found)
    for key, each in named:
        yield from _rows(buckets[1:], metrics, each, each["doc_count"], (*keys, key))


def _choices(state: Mapping[str, Any], answer: Answer) -> Iterator[tuple[str, Any]]:
    for control in state["params"]["controls"]:
        for each in answer["aggregations"][control["id"]]["buckets"]:
            yield control["label"], _key(each)


def _key(bucket: Mapping[str, Any]) -> Any:
    return bucket.get("key_as_string", bucket["key"])


def _name(each: aggregations.Aggregation) -> str:
    params = each["params"]
    if label := params.get("customLabel"):
        return str(label)
    if each["type"] == "count":
        return "Count"
    if each["type"] in ("terms", "date_histogram", "filters"):
        return str(params.get("field", "filters"))
    return f"{each['type']} {params['field']}"


def _value(each: aggregations.Aggregation, inside: Mapping[str, Any], count: int) -> Any:
    """The value of a metric; None where no document has the field."""
    if each["type"] == "count":
        return count
    found = inside[each["id"]]
    if "hits" in found:
        hits = found["hits"]["hits"]
        return _of_hit(hits[0], each["params"]["field"]) if hits else None
    if "values" in found:
        return found["values"][0]["value"]
    return found.get("value_as_string", found["value"])


def _of_hit(hit: Mapping[str, Any], name: str) -> Any:
    """A field of a document: of its values, else of its source, as a text has none."""
    if values := hit.get("fields", {}).get(name):
        return _one(values)
    found: Any = hit.get("_source", {})
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _one(values: Any) -> Any:
    """A field's values as they are shown: one alone, several as a list, none as None."""
    return (values[0] if len(values) == 1 else values) if values else None
