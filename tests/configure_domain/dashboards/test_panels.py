"""Every panel of every dashboard on a real node, with what our loader makes of our samples."""

from pathlib import Path

import pytest

from configure_domain import dashboards
from configure_domain.dashboards import compile as compiler
from es_loader.log_type import load_all
from tests.configure_domain.dashboards import panels
from tests.configure_domain.dashboards.loaded import Loaded
from tests.configure_domain.dashboards.panels import Object

FILES = compiler.files(load_all())


def panels_of(dashboard: str, objects: list[Object]) -> list[Object]:
    found = next(each for each in objects if (each["type"], each["id"]) == ("dashboard", dashboard))
    names = {(each["type"], each["id"]) for each in found["references"]}
    return [each for each in objects if (each["type"], each["id"]) in names]


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_panel_shows_something(file: Path, loaded: Loaded, objects: list[Object]) -> None:
    dashboard = dashboards.read(file)
    empty_ones = {
        f"siem-{dashboard.id}-{each.id}"
        for each in dashboard.panels
        if each.options.get("may_be_empty")
    }
    shown = panels.run(panels_of(f"siem-{dashboard.id}", objects), loaded, objects)
    faults = {each.id: each.faults for each in shown if each.faults}
    for id in empty_ones:
        # Whoever says that no sample fills a panel has to mean it.
        assert faults.pop(id, ()) == ("empty",), f"{id} is not empty: leave may_be_empty out"
    assert not faults
