"""A condition in DQL as a query, the way that Dashboards' buildQueryFromKuery writes it."""

import re
from collections.abc import Mapping
from typing import Any

from configure_domain.dashboards import dql

Query = dict[str, Any]
RANGES = {"<": "lt", ">": "gt", "<=": "lte", ">=": "gte"}
LITERALS = {"true": True, "false": False}
WILDCARD = re.compile(r"(?<!\\)\*")
SPECIAL = re.compile(r'([+\-=&|><!(){}\[\]^"~?:\\/ ])')  # in a query_string
ESCAPED = re.compile(r"\\(.)")


def query(node: dql.Node, types: Mapping[str, str]) -> Query:
    """The query that a condition is. `types`: Dashboards' type of each field."""
    match node:
        case dql.Not(part):
            return {"bool": {"must_not": query(part, types)}}
        case dql.Every(parts):
            return {"bool": {"filter": [query(part, types) for part in parts]}}
        case dql.Some(parts):
            return _any([query(part, types) for part in parts])
        case dql.Condition():
            return _any([_leaf(node, types)])


def _any(queries: list[Query]) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _leaf(each: dql.Condition, types: Mapping[str, str]) -> Query:
    field, value = each.field, each.value
    if each.sign != ":":
        return {"range": {field: {RANGES[each.sign]: value}}}
    if each.phrase:
        return {"match_phrase": {field: value}}
    if value == "*":
        return {"exists": {"field": field}}
    if WILDCARD.search(value):
        return {"query_string": {"fields": [field], "query": SPECIAL.sub(r"\\\1", value)}}
    if types.get(field) == "date":
        return {"range": {field: {"gte": value, "lte": value}}}
    text = ESCAPED.sub(r"\1", value)
    return {"match": {field: LITERALS.get(text, text)}}
