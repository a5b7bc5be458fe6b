"""What `make setup` makes, and what it says is missing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import setup

# What an editable install of the project takes, out of the pinned packages.
NEEDED = ("hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers")


@pytest.fixture
def few_requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A requirements file of a few packages in the place of dev.txt."""
    pinned = re.split(r"^(?=\S)", setup.REQUIREMENTS.read_text(), flags=re.MULTILINE)
    few = tmp_path / "few.txt"
    few.write_text("".join(each for each in pinned if each.startswith(NEEDED)))
    monkeypatch.setattr(setup, "REQUIREMENTS", few)
    return few


def test_an_environment_is_made_once(
    few_requirements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    venv = tmp_path / "venv"
    setup.install(venv, sys.executable)
    told = capsys.readouterr().err
    assert "setup: making venv with" in told
    assert "setup: installing few.txt into venv" in told
    where = "import common.ecs; print(common.ecs.__file__)"
    imported = subprocess.check_output([str(venv / "bin" / "python"), "-c", where], text=True)
    assert imported.strip() == str(setup.ROOT / "functions" / "common" / "ecs.py")

    setup.install(venv, sys.executable)
    assert capsys.readouterr().err == ""


def test_changed_requirements_are_installed_into_the_same_environment(
    few_requirements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    venv = tmp_path / "venv"
    setup.install(venv, sys.executable)
    capsys.readouterr()
    few_requirements.write_text(few_requirements.read_text() + "# changed\n")
    setup.install(venv, sys.executable)
    assert capsys.readouterr().err == "setup: installing few.txt into venv\n"


def test_an_environment_of_a_moved_project_is_made_again(
    few_requirements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    venv = tmp_path / "venv"
    setup.install(venv, sys.executable)
    stamp = venv / "setup-stamp"
    stamp.write_text(stamp.read_text().replace(str(setup.ROOT), "/elsewhere"))
    capsys.readouterr()
    setup.install(venv, sys.executable)
    assert "setup: making venv with" in capsys.readouterr().err


def test_a_package_with_another_hash_is_not_installed(
    few_requirements: Path, tmp_path: Path
) -> None:
    wrong = re.sub(r"sha256:\w{8}", "sha256:00000000", few_requirements.read_text())
    few_requirements.write_text(wrong)
    with pytest.raises(SystemExit):
        setup.install(tmp_path / "venv", sys.executable)
    assert not (tmp_path / "venv" / "setup-stamp").exists()


def test_uv_is_pinned_and_comes_by_pip_where_the_machine_has_none(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    uv = setup.bootstrap(tmp_path / "venv" / "bin" / "python")
    version = subprocess.check_output([uv, "--version"], text=True).split()[1]
    assert f"uv=={version} " in setup.REQUIREMENTS.read_text()


def test_an_interpreter_that_does_not_start_or_is_another_version_is_refused(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert setup.starts(sys.executable)
    assert not setup.starts(sys.executable, "2.7")
    assert not setup.starts(broken)
    assert not setup.starts(tmp_path / "nothing")


def test_a_python_on_the_path_that_does_not_start_gives_way_to_one_of_pyenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = tmp_path / "bin" / "python3.13"
    installed = tmp_path / "pyenv" / "versions" / "3.13.1" / "bin" / "python"
    for file, script in ((stub, "exit 127"), (installed, "echo Python 3.13.1")):
        file.parent.mkdir(parents=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(stub.parent), prepend=":")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert setup.runtime_python() == str(installed)


def test_missing_tools_are_named_with_a_way_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert set(setup.missing()) >= set(setup.TOOLS.values())
    for command in setup.TOOLS:
        shutil.copy(sys.executable, tmp_path / command)
    assert not set(setup.missing()) & set(setup.TOOLS.values())
