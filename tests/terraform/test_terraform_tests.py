"""Runs terraform/tests/*.tftest.hcl."""

import json

import pytest

from tests.terraform.conftest import New
from tests.terraform.workspace import CODE, Workspace


@pytest.fixture(scope="module")
def root(new_workspace: New) -> Workspace:
    """The root module with its tests, and the modules that these use."""
    return new_workspace()


@pytest.mark.parametrize("file", sorted(file.name for file in CODE.glob("tests/*.tftest.hcl")))
def test_a_file_of_terraform_tests_passes(root: Workspace, file: str) -> None:
    lines = root.test(f"tests/{file}")
    runs = {
        each["test_run"]["run"]: each["test_run"]["status"]
        for each in map(json.loads, lines)
        if each["type"] == "test_run" and each["test_run"].get("progress") == "complete"
    }
    assert set(runs.values()) == {"pass"}, runs
    assert len(runs) == (CODE / "tests" / file).read_text().count('\nrun "')
