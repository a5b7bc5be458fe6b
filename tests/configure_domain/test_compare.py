import pytest

from configure_domain.compare import describe, differences


@pytest.mark.parametrize(
    ("wanted", "present"),
    [
        ({"a": 1}, {"a": 1, "added": 2}),
        ({"a": 1}, {"a": "1"}),
        ({"a": False}, {"a": "false"}),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "added": 2}]}),
        ({"a": {}}, {"a": {"added": 1}}),
        ({"a": []}, {"a": []}),
    ],
)
def test_what_a_server_adds_or_writes_in_another_way_is_no_difference(
    wanted: object, present: object
) -> None:
    assert differences(wanted, present) == []


@pytest.mark.parametrize(
    ("wanted", "present", "paths"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b"]),
        ({"a": {"b": 1}}, {"a": None}, ["a"]),
        ({"a": 1}, None, [""]),
        ({"a": ["x"]}, {"a": ["x", "y"]}, ["a"]),
        ({"a": ["x"]}, {"a": "x"}, ["a"]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 1}]}, ["a[0].b", "a[1].b"]),
        ({"a": True}, {"a": "false"}, ["a"]),
    ],
)
def test_a_difference_is_named_by_its_path(
    wanted: object, present: object, paths: list[str]
) -> None:
    assert differences(wanted, present) == paths


def test_many_differences_are_named_in_part() -> None:
    assert describe(["a", "b"]) == "a, b"
    assert describe([*"abcdefg"]) == "a, b, c, d, e and 2 more"
