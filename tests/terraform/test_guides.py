"""The guides name only what there is."""

import re
from pathlib import Path

import pytest

from tests.terraform.reference import blocks
from tests.terraform.workspace import CODE, ROOT, State

GUIDES = [
    ROOT / "docs" / "guides" / f"{name}.md" for name in ("deploy", "many-accounts", "upgrade")
]
GUIDES.append(ROOT / "docs" / "guides" / "destroy.md")
EXAMPLES = sorted(folder.name for folder in (CODE / "examples").iterdir())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda each: each.name)
def test_links_lead_somewhere(guide: Path) -> None:
    text = guide.read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (guide.parent / link).exists(), link


@pytest.mark.parametrize("guide", GUIDES, ids=lambda each: each.name)
def test_modules_variables_and_outputs_are_there(guide: Path) -> None:
    text = guide.read_text()
    for folder in re.findall(r"\.\./\.\./modules/([\w/]+)", text):
        assert (CODE / "modules" / folder).is_dir()
    for output in re.findall(r"module\.siem\.(\w+)\b(?!\.module)", text):
        assert output in blocks(CODE, "output") or output == "module"
    for name in re.findall(r"`(\w+) = ", text):
        assert any(name in argument for argument in names()), name


def names() -> list[str]:
    """Return the variables of the root module and of log_sources, with the members of objects."""
    folders = [CODE, *(CODE / "modules" / "log_sources").iterdir()]
    found = {name: text for folder in folders for name, text in blocks(folder, "variable").items()}
    return [*found, *(word for text in found.values() for word in re.findall(r"(\w+) +=", text))]


def test_what_is_taken_out_of_the_state_is_in_it(minimal: State) -> None:
    text = (ROOT / "docs" / "guides" / "destroy.md").read_text()
    addresses = re.findall(r"'(module\.siem\.[\w.]+)'", text)
    assert len(addresses) == 2
    for address in addresses:
        assert minimal.one(address)


def test_every_example_is_described() -> None:
    text = (ROOT / "docs" / "guides" / "deploy.md").read_text()
    for example in EXAMPLES:
        assert f"| `{example}` |" in text


def test_destroying_begins_with_a_snapshot() -> None:
    text = (ROOT / "docs" / "guides" / "destroy.md").read_text()
    first = re.search(r"^## (.+)$", text, re.MULTILINE)
    assert first and first[1] == "1. Take a snapshot"
