"""Conditions in DQL, and the queries that Dashboards makes of them."""

from typing import Any

import pytest

from common.errors import DashboardError
from configure_domain.dashboards import dql
from configure_domain.dashboards.dql import Condition, Every, Not, Some
from local.panels import condition


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a: b", Condition("a", ":", "b")),
        ('a: "b c"', Condition("a", ":", "b c", True)),
        (r'a: "b \"c\""', Condition("a", ":", 'b "c"', True)),
        ("a: b c", Condition("a", ":", "b c")),
        ("a: b c and d: e", Every((Condition("a", ":", "b c"), Condition("d", ":", "e")))),
        ("a >= 5", Condition("a", ">=", "5")),
        ("a < now-1h", Condition("a", "<", "now-1h")),
        ("not a: b", Not(Condition("a", ":", "b"))),
        ("a: (b or c)", Some((Condition("a", ":", "b"), Condition("a", ":", "c")))),
        ("a: (not b)", Not(Condition("a", ":", "b"))),
        (
            "a: b or c: d and e: f",
            Some(
                (
                    Condition("a", ":", "b"),
                    Every((Condition("c", ":", "d"), Condition("e", ":", "f"))),
                )
            ),
        ),
        (
            "(a: b OR c: d) AND NOT e: *",
            Every(
                (
                    Some((Condition("a", ":", "b"), Condition("c", ":", "d"))),
                    Not(Condition("e", ":", "*")),
                )
            ),
        ),
    ],
)
def test_a_condition_is_read_as_dashboards_reads_it(text: str, node: dql.Node) -> None:
    assert dql.parse(text) == node


@pytest.mark.parametrize("text", ["", "a", "a:", "a: (b", "a: b)", ": b", "a b", 'a: "b', "a: <"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(DashboardError, match="where: "):
        dql.parse(text)


def test_all_conditions_are_listed() -> None:
    node = dql.parse("a: (b or c) and not (d: e or f > 1)")
    assert [each.field for each in dql.conditions(node)] == ["a", "a", "d", "f"]


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("a: b", {"match": {"a": "b"}}),
        ("a: true", {"match": {"a": True}}),
        ('a: "b c"', {"match_phrase": {"a": "b c"}}),
        ("a: *", {"exists": {"field": "a"}}),
        ("a: b*", {"query_string": {"fields": ["a"], "query": "b*"}}),
        ("a: b-c*", {"query_string": {"fields": ["a"], "query": r"b\-c*"}}),
        ("a >= 5", {"range": {"a": {"gte": "5"}}}),
        ("d: 2026-11-24", {"range": {"d": {"gte": "2026-11-24", "lte": "2026-11-24"}}}),
    ],
)
def test_a_condition_becomes_the_query_of_dashboards(text: str, leaf: dict[str, Any]) -> None:
    made = condition.query(dql.parse(text), {"d": "date"})
    assert made == {"bool": {"should": [leaf], "minimum_should_match": 1}}


def test_conditions_are_joined_as_in_dashboards() -> None:
    a, b = (condition.query(dql.parse(f"{each}: 1"), {}) for each in "ab")
    assert condition.query(dql.parse("a: 1 and b: 1"), {}) == {"bool": {"filter": [a, b]}}
    assert condition.query(dql.parse("not a: 1"), {}) == {"bool": {"must_not": a}}
    either = {"bool": {"should": [a, b], "minimum_should_match": 1}}
    assert condition.query(dql.parse("a: 1 or b: 1"), {}) == either
