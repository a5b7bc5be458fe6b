"""Members of JSON objects whose shape nobody promises."""

from typing import Any

import pytest

from common.members import Found, add, object_in, objects_in


def test_each_field_gets_the_distinct_values_in_order() -> None:
    found: Found = {}
    add(found, ("user.name", "related.user"), "bob", "alice", "bob")
    add(found, ("related.user",), "carol")
    assert {field: list(values) for field, values in found.items()} == {
        "user.name": ["bob", "alice"],
        "related.user": ["bob", "alice", "carol"],
    }


@pytest.mark.parametrize("value", [None, "", 0, True, 1.5, [], ["bob"], {"name": "bob"}])
def test_what_is_no_text_and_no_number_but_nought_is_no_value(value: Any) -> None:
    found: Found = {}
    add(found, ("user.name",), value)
    assert found == {}


@pytest.mark.parametrize("value", [None, "text", 7, [{"a": 1}]])
def test_what_is_no_object_is_an_empty_one(value: Any) -> None:
    assert object_in({"key": value}, "key") == {}


def test_of_a_list_only_the_objects_are_given() -> None:
    assert objects_in({"key": [{"a": 1}, "text", None, {}]}, "key") == [{"a": 1}, {}]
    assert objects_in({"key": {"a": 1}}, "key") == []
