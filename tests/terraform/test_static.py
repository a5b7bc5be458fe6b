"""The Terraform code is formatted, typed, described, and clean for checkov."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terraform.conftest import New, need
from tests.terraform.workspace import CODE, ROOT

# They need no fixture, and another Python would say the same.
pytestmark = pytest.mark.terraform

CACHE = ROOT / ".cache"
REQUIREMENTS = ROOT / "requirements" / "checkov.txt"
MODULES = sorted({file.parent for file in CODE.rglob("*.tf")})
BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def blocks(folder: Path, kind: str) -> dict[str, str]:
    """Return the variables or outputs of a module: the text of each block by name."""
    texts = (file.read_text() for file in sorted(folder.glob("*.tf")))
    return {m[2]: m[3] for text in texts for m in BLOCK.finditer(text) if m[1] == kind}


def test_the_code_is_formatted() -> None:
    need("terraform")
    command = ["terraform", "fmt", "-check", "-recursive"]
    for folder in (CODE, Path(__file__).parent):
        told = subprocess.run([*command, str(folder)], text=True, stdout=subprocess.PIPE)
        assert (told.returncode, told.stdout) == (0, "")


def test_the_root_module_has_at_most_20_variables() -> None:
    assert 0 < len(blocks(CODE, "variable")) <= 20


@pytest.mark.parametrize("folder", MODULES, ids=lambda each: each.relative_to(CODE).as_posix())
def test_variables_and_outputs_are_sorted_described_and_typed(folder: Path) -> None:
    for kind in ("variable", "output"):
        found = blocks(folder, kind)
        assert list(found) == sorted(found)
        for name, text in found.items():
            assert "  description = " in text, name
            if kind == "variable":
                assert re.search(r"^  type += ", text, re.MULTILINE), name
                assert not re.search(r"\bany\b(?=\)|\n|,)", text.split("description")[0]), name


def test_variables_of_the_root_module_are_validated() -> None:
    # These take any value of their type.
    free = {"manage_existing_bucket"}
    for name, text in blocks(CODE, "variable").items():
        assert ("validation {" in text) != (name in free), name


@pytest.mark.parametrize("folder", MODULES, ids=lambda each: each.relative_to(CODE).as_posix())
def test_a_module_says_which_terraform_and_provider_it_needs(folder: Path) -> None:
    text = "".join(file.read_text() for file in folder.glob("*.tf"))
    assert 'required_version = ">= 1.11"' in text
    uses_aws = re.search(r'^(resource|data) "aws_', text, re.MULTILINE)
    if uses_aws:
        assert re.search(r'source += "hashicorp/aws"\n +version = ">= 6.0"', text)


def test_only_examples_configure_the_provider() -> None:
    for file in CODE.rglob("*.tf"):
        if 'provider "aws"' in file.read_text():
            assert file.relative_to(CODE).parts[0] == "examples"


def test_an_example_is_complete() -> None:
    for folder in (CODE / "examples").iterdir():
        assert {file.name for file in folder.iterdir()} >= {
            "main.tf",
            "outputs.tf",
            "terraform.tf",
            "terraform.tfvars.example",
            "variables.tf",
        }
        commented = (folder / "terraform.tfvars.example").read_text()
        for name in blocks(folder, "variable"):
            assert re.search(rf"^{name}\b", commented, re.MULTILINE), name


@pytest.mark.parametrize("example", ["minimal", "organization", "private"])
def test_an_example_is_valid(new_workspace: New, example: str) -> None:
    assert new_workspace(f"examples/{example}").validate() == []


def test_checkov_finds_nothing() -> None:
    command = [checkov(), "--directory", str(CODE), "--framework", "terraform", "--skip-download"]
    told = subprocess.run(
        [*command, "--skip-path", "terraform/tests", "--compact", "--output", "json"],
        cwd=ROOT,
        text=True,
        capture_output=True,
    )
    assert told.stdout.startswith("{"), told.stderr
    results = json.loads(told.stdout)["results"]
    assert [(each["check_id"], each["resource"]) for each in results["failed_checks"]] == []
    assert len(results["passed_checks"]) > 500


def test_every_exception_from_checkov_has_its_reason() -> None:
    for file in CODE.rglob("*.tf"):
        for line in file.read_text().splitlines():
            if "checkov:skip" in line:
                assert re.fullmatch(r" *# checkov:skip=CKV2?_AWS_\d+: .{10,}", line), line


def checkov() -> str:
    """Return checkov's path; it has an environment of its own, made once for the same pins."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    venv = CACHE / f"checkov-{digest}"
    stamp = venv / "installed"
    if not stamp.exists():
        CACHE.mkdir(exist_ok=True)
        shutil.rmtree(venv, ignore_errors=True)
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(venv)], check=True)
        # The project's own configuration leaves out packages that checkov needs.
        install = [*uv, "pip", "install", "--quiet", "--no-config", "--no-deps", "--require-hashes"]
        into = ["--python", str(venv / "bin" / "python"), "--requirement", str(REQUIREMENTS)]
        subprocess.run([*install, *into], check=True)
        stamp.touch()
    return str(venv / "bin" / "checkov")
