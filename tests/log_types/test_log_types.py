"""What holds for every log type."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from es_loader import guard
from es_loader.compile import compile_log_type
from es_loader.log_type import LogType
from es_loader.log_type_file import load_all
from es_loader.parse import column_names
from tests.log_types.documents import normalizer

LOG_TYPES = load_all()
MOST_FIELDS = 400
each = pytest.mark.parametrize("kind", LOG_TYPES.values(), ids=LOG_TYPES)


@each
def test_every_example_key_belongs_to_its_log_type_and_to_no_other(kind: LogType) -> None:
    # of_key raises where a second one matches
    found = [normalizer().log_types.of_key(example) for example in kind.match.examples]
    assert all(each is not None and each.name == kind.name for each in found)


@each
def test_every_field_has_a_type_that_the_guard_knows(kind: LogType) -> None:
    parents = {"object", "nested"}  # their members are guarded one by one
    unknown = {
        name: field_type
        for name, field_type in kind.targets.items()
        if field_type not in guard.GUARDS.keys() | parents | {"geo_point"}
    }
    assert not unknown


@each
def test_a_log_type_has_few_fields(kind: LogType) -> None:
    assert len(kind.targets) <= MOST_FIELDS


@each
def test_a_log_type_compiles(kind: LogType) -> None:
    compiled = compile_log_type(kind, column_names(kind.read))
    assert f"{kind.dataset}: " in compiled.source


@each
def test_a_log_type_has_samples(kind: LogType) -> None:
    assert any((kind.folder / "samples").iterdir())


@each
def test_every_field_is_in_an_expected_document(kind: LogType) -> None:
    found = {
        field
        for path in (kind.folder / "samples").glob("*.expected.json")
        for document in json.loads(path.read_text(encoding="utf-8"))["documents"]
        for field in fields(document)
    }
    named = kind.mapping.keys() | kind.lookups.keys() | kind.constants.keys()
    assert not named - found


def fields(value: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The paths of all members of an object, with those that contain others."""
    for name, inner in value.items():
        yield prefix + name
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, dict):
                yield from fields(each, f"{prefix}{name}.")
