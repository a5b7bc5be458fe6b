"""What all our dashboards have in common, and what the documentation says of their panels."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from configure_domain import dashboards
from configure_domain.dashboards import Dashboard
from configure_domain.dashboards import compile as compiler
from es_loader.log_type_file import load_all

MOST_PANELS = 14  # what one screen and a half tells
DOCUMENT = Path(__file__).resolve().parents[3] / "docs/reference/dashboards.md"
ANSWERS = "## What the other solution's dashboards show, and where it is here"
QUESTION = re.compile(r"[A-Z][^?;]*\?")
ALL = [dashboards.read(path) for path in compiler.files(load_all())]


def test_every_log_type_has_a_dashboard() -> None:
    indexes = {title for each in ALL for title in each.index.split(",")}
    assert {f"{each.index_prefix}-*" for each in load_all().values()} <= indexes


@pytest.mark.parametrize("dashboard", ALL, ids=lambda each: each.id)
def test_a_dashboard_is_short_and_leads_on(dashboard: Dashboard) -> None:
    assert len(dashboard.panels) <= MOST_PANELS
    assert dashboard.panels[0].kind == "links"
    assert dashboard.id not in dashboard.panels[0].values
    assert dashboard.panels[-1].kind == "search"


@pytest.mark.parametrize("dashboard", ALL, ids=lambda each: each.id)
def test_every_panel_asks_something_and_says_what_the_answer_means(dashboard: Dashboard) -> None:
    for panel in dashboard.panels:
        assert panel.note.endswith("."), panel.id
        assert panel.title or panel.kind == "links", panel.id


def test_the_documentation_lists_every_dashboard_with_its_log_types() -> None:
    names = {f"{each.index_prefix}-*": f"`{each.name}`" for each in load_all().values()}
    listed = DOCUMENT.read_text(encoding="utf-8")
    for dashboard in ALL:
        of = [names[title] for title in dashboard.index.split(",") if title in names]
        row = f"| {dashboard.title} | {', '.join(of) or 'all'} | {dashboard.description} |"
        assert row in listed, f"docs/reference/dashboards.md lacks: {row}"


def test_the_panels_that_the_documentation_names_exist() -> None:
    titles = {each.title: [panel.title for panel in each.panels] for each in ALL}
    named = list(_named(titles))
    assert len(named) > 150
    wrong = [(of, title) for of, title in named if not _is_there(title, titles[of])]
    assert not wrong


def _named(titles: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Dashboard and beginning of the title of each question in the column `here`."""
    _, _, section = DOCUMENT.read_text(encoding="utf-8").partition(ANSWERS)
    of = ""
    for line in section.splitlines():
        cells = [each.strip() for each in line.strip("|").split(" | ")]
        if cells[0] == "there":
            of = cells[1].removeprefix("here").removeprefix(": ").removesuffix(" |")
        elif line.startswith("| ") and len(cells) == 2:
            here = of
            for title in QUESTION.findall(cells[1]):
                other = next((each for each in titles if title.startswith(f"{each}: ")), "")
                here = other or here
                if here:
                    yield here, title.removeprefix(f"{other}: ")


def _is_there(beginning: str, titles: list[str]) -> bool:
    return any(each.startswith(beginning) for each in titles)
