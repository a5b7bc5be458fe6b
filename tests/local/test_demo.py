"""The demo, on the node of the test session."""

import re
from pathlib import Path

import pytest

from local import demo
from local.demo_data.attack import MADE, VICTIM
from local.demo_data.scene import INTRUDER
from local.preview import drill_down
from local.stack import Stack
from tests.local.pages import Page

GUIDE = Path(demo.__file__).resolve().parent.parent / "docs" / "guides" / "investigate.md"
# All that they show is in the sample logs.
FULL = ("overview", "hunting", "cloudtrail", "vpc-flow", "load-balancers")


def user(name: str) -> str:
    return drill_down.file(drill_down.query("user.name", name))


def test_the_demo_loads_all_log_types_and_shows_the_attack(
    stack: Stack, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert demo.run(stack, pages=tmp_path) == 0
    *_, last = capsys.readouterr().out.splitlines()
    found = re.fullmatch(
        r"indexed (\d+) documents of 10 log types; excluded 0; quarantined 1", last
    )
    assert found and int(found[1]) >= 900
    for name in FULL:
        page = Page(tmp_path / f"{name}.html")
        assert {*page.panels.values()} == {"panel"}, name
    _follow_the_attack(tmp_path)


def _follow_the_attack(pages: Path) -> None:
    """In four clicks, as docs/guides/investigate.md does."""
    overview = Page(pages / "overview.html")
    assert "DeleteFlowLogs" in overview.text and "Norway" in overview.text
    assert user(MADE) in overview.links
    made = Page(pages / user(MADE))
    address = drill_down.file(drill_down.query("source.ip", INTRUDER))
    assert address in made.links
    intruder = Page(pages / address)
    guide = GUIDE.read_text(encoding="utf-8")
    for said in ("Exfiltration:S3/AnomalousBehavior", "1.1 GB", MADE):
        assert said in intruder.text and said in guide
    assert user(VICTIM) in intruder.links
    victim = Page(pages / user(VICTIM))
    assert "details" in victim.tags
    assert '"eventName":"CreateUser","requestParameters":{"userName":"backup-sync"}' in victim.text
