"""docs/reference/log-types.md is what the log types say."""

import re

import pytest

from es_loader.log_type import ALWAYS, LogType
from es_loader.log_type_file import load_all
from local import log_types_reference as reference
from tests.terraform.reference import INTERNAL

LOG_TYPES = load_all()
GENERAL = {"cloudwatch_logs", "events", "extra_log_bucket"}  # of any log type
each = pytest.mark.parametrize("kind", LOG_TYPES.values(), ids=LOG_TYPES)


def test_the_reference_is_what_the_log_types_say() -> None:
    again = "rewrite it: make docs, or .venv/bin/python -m local.log_types_reference"
    assert reference.FILE.read_text(encoding="utf-8") == reference.text(LOG_TYPES), again


@each
def test_every_field_stands_there_with_its_type_and_where_it_comes_from(kind: LogType) -> None:
    lines = list(reference.section(kind))
    for name, field_type in kind.targets.items():
        listed = any(line.endswith(f" | {name} | {field_type} |") for line in lines)
        assert listed or name in reference.COMMON, name
    assert not [line for line in lines if line.startswith("|  |")]


@each
def test_every_log_type_says_how_to_turn_it_on(kind: LogType) -> None:
    assert kind.turn_on or reference.modules(kind)
    for module in reference.modules(kind):
        assert (reference.MODULES / module).is_dir(), module


def test_every_module_that_turns_logs_on_is_named_by_a_log_type() -> None:
    named = {module for kind in LOG_TYPES.values() for module in reference.modules(kind)}
    there = {folder.name for folder in reference.MODULES.iterdir()} - INTERNAL
    assert there - GENERAL <= named <= there


def test_what_every_document_has_is_described_once() -> None:
    assert reference.COMMON.keys() == ALWAYS.keys()


def test_every_link_inside_the_reference_leads_to_a_heading() -> None:
    text = reference.text(LOG_TYPES)
    headings = set(re.findall(r"^## (\w+)$", text, re.MULTILINE))
    assert set(re.findall(r"\]\(#(\w+)\)", text)) == headings == set(LOG_TYPES)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("request.roleName, request.roleArn", "`request.roleName`, `request.roleArn`"),
        ("all of resources.*.ARN", "all of `resources.*.ARN`"),
        ("table of action", "table of `action`"),
        ("table of transform.py", "table of transform.py"),
        ('["network", "web"]', 'always `["network", "web"]`'),
        ("true", "always `true`"),
        ("GeoIP of source.ip", "GeoIP of source.ip"),
        ("", "the loader"),
    ],
)
def test_where_a_value_comes_from_is_told_for_people(source: str, told: str) -> None:
    assert reference.original(source) == told
