"""The template of a log type, and the guide that begins with a copy of it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import build
from common.errors import LogTypeError
from es_loader import log_type_file
from es_loader.commands.find import by_name
from es_loader.log_type_file import HERE, TABLES, TOP
from es_loader.log_type_read import FORMATS
from tests.log_types import test_golden

ROOT = HERE.parent.parent
TEMPLATE = HERE / "_template"
GUIDE = (ROOT / "docs" / "guides" / "add-a-log-type.md").read_text(encoding="utf-8")
# What a reader of the guide has in the project's folder, as far as the guide goes.
NEEDED = ("build.py", "functions", "local", "tests", "Makefile", "pyproject.toml")
BLOCK = re.compile(r"(?:`([\w/.]+)`:\n\n)?```(\w+)\n(.*?)```", re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, with a `siem` and a `make` that run what is in it."""
    top = tmp_path / "project"
    top.mkdir()
    unwanted = shutil.ignore_patterns("__pycache__", "samples", "_build")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, top / name, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, top / name)
    shutil.copytree(TEMPLATE / "samples", top / "functions/log_types/_template/samples")
    bin_ = top / ".venv" / "bin"
    bin_.mkdir(parents=True)
    script(bin_ / "siem", f'PYTHONPATH=functions exec {sys.executable} -m es_loader.cli "$@"')
    script(bin_ / "pytest", f'exec {sys.executable} -m pytest -p no:cacheprovider "$@"')
    # `make setup` is done already: that is where a reader begins.
    script(bin_ / "make", f'exec {shutil.which("make")} --old-file=setup "$@"')
    return top


def script(path: Path, command: str) -> None:
    """Write a command."""
    path.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    path.chmod(0o755)


def run(command: str, project: Path) -> str:
    """Run what the guide says in the project; return what it printed."""
    path = f"{project / '.venv' / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-e", "-c", command],
        cwd=project,
        env=os.environ | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_who_does_what_the_guide_says_has_a_log_type_with_its_expected_documents(
    project: Path,
) -> None:
    printed, shown = "", {}
    for file, kind, text in BLOCK.findall(GUIDE):
        if file:
            (project / file).write_text(text, encoding="utf-8")
        elif kind == "json":
            shown = json.loads(text)
        elif "build.py" not in text:  # tests/test_build.py builds with log types of one's own
            printed += run(text, project)
    documents = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert [each["event"]["outcome"] for each in documents] == ["success", "failure"]
    del documents[0]["event"]["ingested"]
    assert documents[0] == shown

    made = project / "functions/log_types/doors/samples/badges.expected.json"
    expected = json.loads(made.read_text(encoding="utf-8"))
    assert [each["user"]["name"] for each in expected["documents"]] == ["alice", "mallory"]
    assert "1 passed" in run("make golden", project)  # the template is no log type
    assert json.loads(made.read_text(encoding="utf-8")) == expected


def test_the_mistake_that_the_guide_shows_is_told_like_that(tmp_path: Path) -> None:
    text = next(text for _, kind, text in BLOCK.findall(GUIDE) if kind == "toml")
    folder = tmp_path / "doors"
    folder.mkdir()
    (folder / "log_type.toml").write_text(text.replace('field = "at"', 'feild = "at"'))
    with pytest.raises(LogTypeError) as error:
        log_type_file.load(folder)
    told = re.search(r"`(unknown key .*)`\n", GUIDE)
    assert told and told[1] in str(error.value)


def test_the_links_of_the_guide_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert link.startswith("https://") or (ROOT / "docs" / "guides" / link).exists(), link


def test_a_copy_of_the_template_is_a_log_type_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATE, tmp_path / "copied")
    assert log_type_file.load_all([tmp_path]).keys() == {"copied"}


def test_the_template_is_no_log_type(tmp_path: Path) -> None:
    assert TEMPLATE.name not in log_type_file.load_all()
    assert not [name for name in build.log_type_files(None) if "/_" in name]
    assert TEMPLATE not in {sample.parent.parent for sample in test_golden.SAMPLES}
    for name in ("_template", "-template"):
        with pytest.raises(LogTypeError, match="no log type has this name"):
            by_name(name)


def test_the_template_names_every_word_of_the_vocabulary() -> None:
    text = (TEMPLATE / "log_type.toml").read_text(encoding="utf-8")
    given: dict[str, Any] = tomllib.loads(text)
    words = {*TOP, *(key for keys in TABLES.values() for key in keys), *FORMATS}
    assert not [word for word in words if not re.search(rf"\b{word}\b", text)]
    assert given.keys() == set(TOP) - {"id"}
