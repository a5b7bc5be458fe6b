"""The field list of the Elastic Common Schema."""

import subprocess
import sys

import pytest

from common import ecs


def test_the_field_list_is_that_of_ecs_9_4_0() -> None:
    assert ecs.version() == "9.4.0"
    assert len(ecs.field_types()) == 1675
    assert list(ecs.field_types()) == sorted(ecs.field_types())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("@timestamp", "date"),
        ("source.ip", "ip"),
        ("source.port", "long"),
        ("source.geo.location", "geo_point"),
        ("event.original", "keyword"),
        ("url.original", "wildcard"),
        ("threat.enrichments", "nested"),
    ],
)
def test_a_field_has_its_type(name: str, kind: str) -> None:
    assert ecs.field_types()[name] == kind


def test_fields_that_hold_arrays_are_known() -> None:
    assert {"event.category", "event.type", "related.ip", "tags"} <= ecs.arrays()
    assert ecs.arrays().isdisjoint({"event.kind", "source.ip"})
    assert ecs.arrays() <= ecs.field_types().keys()


def test_closed_fields_list_their_values() -> None:
    assert ecs.allowed_values("event.outcome") == ("failure", "success", "unknown")
    assert "intrusion_detection" in ecs.allowed_values("event.category")
    assert "denied" in ecs.allowed_values("event.type")
    assert "alert" in ecs.allowed_values("event.kind")


def test_open_fields_list_no_values() -> None:
    assert ecs.allowed_values("event.action") == ()
    assert ecs.allowed_values("no.such.field") == ()


def test_importing_reads_no_file() -> None:
    forbid = (
        "import pathlib, sys; import common.ecs as ecs; "
        "assert ecs._schema.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", forbid], check=True)
