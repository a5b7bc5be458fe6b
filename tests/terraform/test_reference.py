"""docs/reference is what the code says and what it creates."""

from tests.terraform import reference
from tests.terraform.workspace import CODE, State

AGAIN = "rewrite it: .venv/bin/python -m tests.terraform.reference"


def test_the_variables_are_those_of_the_code() -> None:
    assert (reference.FOLDER / "variables.md").read_text() == reference.variables(), AGAIN


def test_every_variable_and_output_is_described() -> None:
    text = reference.variables()
    for name in reference.blocks(CODE, "variable"):
        assert f"\n### {name}\n" in text
    for name in reference.blocks(CODE, "output"):
        assert f"\n| {name} | " in text


def test_the_resources_are_those_that_terraform_creates(
    minimal: State, organization: State, private: State, log_sources: State
) -> None:
    states = {
        "minimal": minimal,
        "organization": organization,
        "private": private,
        "log_sources": log_sources,
    }
    text = reference.resources(states)
    assert (reference.FOLDER / "resources.md").read_text() == text, AGAIN
    # Each resource that a deployment is made of is there, under its name.
    assert "**nothing**" not in text
    assert text.count("\n| ") > len(reference.DEPLOYMENT)
