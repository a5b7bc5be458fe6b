"""The pages of the dashboards, from what the loader makes of all samples."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from es_loader.log_type_file import load_all
from local import preview, stack
from local.preview import drill_down, formats, markup
from local.preview.ask import Range
from tests.configure_domain.dashboards import loaded as loading
from tests.configure_domain.dashboards import places
from tests.local.pages import Page

SCRIPT = "<script>alert(1)</script>"
FEW = 3  # pages of addresses and users: each asks all indices
INDEX = "log-aws-alb-2026-11"
BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="module")
def pages(
    opensearch: OpenSearch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Page]]:
    """All pages by file name."""
    geoip = places.geoip(tmp_path_factory.mktemp("geoip"))
    loaded = loading.load(opensearch, load_all(), geoip.locate)
    hostile = {
        "@timestamp": loaded.until.isoformat(),
        "event": {"dataset": "aws.alb", "action": SCRIPT},
        "user_agent": {"original": SCRIPT},
        "user": {"name": f'"{SCRIPT}'},
    }
    opensearch.index(index=INDEX, body=hostile, params={"refresh": "true"})
    folder = tmp_path_factory.mktemp("pages")
    range = Range(loaded.since, loaded.until)
    index = preview.write(opensearch, folder, range, preview.objects(), most=FEW)
    assert index == folder / "index.html"
    yield {path.name: Page(path) for path in folder.iterdir()}
    loading.forget(opensearch)
    stack.put_templates(opensearch)  # the deployment of other tests has them


def test_every_dashboard_has_a_page_that_the_index_names(pages: dict[str, Page]) -> None:
    dashboards = [each for each in preview.objects() if each["type"] == "dashboard"]
    files = {f"{each['id'].removeprefix('siem-')}.html" for each in dashboards}
    assert {*pages["index.html"].links} == files
    assert pages["index.html"].links[0] == "overview.html"
    for each in dashboards:
        page = pages[f"{each['id'].removeprefix('siem-')}.html"]
        assert len(page.panels) == len(json.loads(each["attributes"]["panelsJSON"]))
        assert each["attributes"]["title"] in page.text


def test_no_panel_is_empty_where_all_log_types_have_documents(pages: dict[str, Page]) -> None:
    whole = {name: page for name, page in pages.items() if not name.startswith("hunting-")}
    wrong = {
        id: state
        for page in whole.values()
        for id, state in page.panels.items()
        if state != "panel"
    }
    assert wrong == {}


def test_what_a_log_says_is_never_part_of_the_page(pages: dict[str, Page]) -> None:
    assert SCRIPT in pages["load-balancers.html"].text
    for page in pages.values():
        assert not page.tags & {"script", "img", "link", "iframe", "object"}
        assert not {each for each in page.attributes if each.startswith("on")}


def test_pages_say_that_they_are_a_preview(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert "This is not OpenSearch Dashboards" in page.text


def test_pages_need_nothing_from_outside_their_folder(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert {*page.links} <= pages.keys(), name
        assert not page.attributes & {"src", "srcset", "action", "data"}
        style = re.search(r"<style>(.*?)</style>", page.file.read_text(encoding="utf-8"), re.S)
        assert style and "url(" not in style[1] and "@import" not in style[1]


def test_an_address_or_a_user_leads_to_all_that_is_known_of_it(pages: dict[str, Page]) -> None:
    narrow = {name for name in pages if name.startswith("hunting-")}
    assert len(narrow) == FEW
    for name in narrow:
        assert name in pages["overview.html"].links
        asked = re.search(r"Query: (\S+:\"[^\"]+\")", pages[name].text)
        assert asked and pages[name].panels["siem-hunting-events"] == "panel"


def test_an_event_opens_to_the_whole_document(pages: dict[str, Page]) -> None:
    page = pages["cloudtrail.html"]
    assert {"details", "summary"} <= page.tags
    assert "event.original" in page.text and "log.file.path" in page.text


@pytest.mark.skipif(not BROWSER, reason="no Chromium on this machine")
def test_a_browser_draws_the_overview(pages: dict[str, Page], tmp_path: Path) -> None:
    assert BROWSER
    picture = tmp_path / "overview.png"
    options = ["--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    drawn = subprocess.run(
        [
            BROWSER,
            "--headless",
            *options,
            "--enable-logging=stderr",
            "--window-size=1400,1800",
            f"--screenshot={picture}",
            pages["overview.html"].file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "CONSOLE" not in drawn.stderr


def test_text_and_attributes_are_escaped_and_markup_is_not() -> None:
    inner = markup.tag("b", "<&")
    made = markup.tag("p", inner, "'\"", title='"><script>', class_="a")
    assert made == (
        '<p title="&quot;&gt;&lt;script&gt;" class="a"><b>&lt;&amp;</b>&#x27;&quot;</p>'
    )


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (5432, {"id": "number", "params": {"pattern": "0"}}, "5432"),
        (1234567, {}, "1,234,567"),
        (1536, {"id": "bytes"}, "1.5 KB"),
        (2_500_000, {"id": "duration"}, "0.003 s"),
        ("2026-11-24T20:15:00.123Z", {}, "2026-11-24 20:15:00"),
        ("2026-11-24T nonsense, as long", {}, "2026-11-24T nonsense, as long"),
        ("__missing__", {}, "Missing"),
        (None, {}, "-"),
        (["a", 1], {}, "a, 1"),
    ],
)
def test_values_are_written_as_their_fields_ask(value: object, format: object, text: str) -> None:
    assert formats.written(value, format) == text  # type: ignore[arg-type]


def test_a_value_that_would_leave_its_query_leads_nowhere() -> None:
    assert drill_down.query("user.name", 'x" or user.name:"y') == ""
    assert drill_down.query("event.action", "x") == ""
    assert drill_down.file('related.ip:"1.2"') != drill_down.file('related.ip:"1:2"')
