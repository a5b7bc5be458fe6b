"""Fixtures of the Terraform tests: the provider, once a session, and workspaces of their own.

TERRAFORM_PROVIDER=real takes the real AWS provider from its registry, and moto as AWS, in place of
the stand-in.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local import aws
from tests.terraform import standin_build, tfvars, workspace
from tests.terraform.workspace import ACCOUNT, ENVIRONMENT, REGION, State, Workspace

TOOLS = {
    "terraform": "Terraform is not installed: get it from HashiCorp's packages",
    "go": "Go is not installed: it builds the stand-in for the AWS provider",
}
REAL = os.environ.get("TERRAFORM_PROVIDER") == "real"
# Where the real provider is asked to take moto for AWS.
REAL_PROVIDER = """provider "aws" {
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
}
"""

New = Callable[..., Workspace]
EXAMPLES = ("minimal", "organization", "private")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run Terraform, by their fixture."""
    for item in items:
        if "terraform_provider" in getattr(item, "fixturenames", ()):
            item.add_marker("terraform")


def need(command: str) -> None:
    """Skip the test where a tool is missing; on a CI machine that is a failure."""
    if shutil.which(command) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(TOOLS[command], pytrace=False)
        pytest.skip(TOOLS[command])


@pytest.fixture(scope="session")
def terraform_provider() -> Iterator[tuple[Path | None, dict[str, str | None]]]:
    """The plugin folder, None for the real provider, and the environment that Terraform needs."""
    need("terraform")
    if REAL:
        with aws.running(ACCOUNT, REGION) as emulated:
            yield None, {**workspace.ALWAYS, **emulated.environment}
    else:
        need("go")
        yield standin_build.plugin_dir(), ENVIRONMENT


@pytest.fixture(scope="session")
def new_workspace(
    terraform_provider: tuple[Path | None, dict[str, str | None]],
    tmp_path_factory: pytest.TempPathFactory,
) -> New:
    """Make an initialised workspace of a folder below terraform/, or of a folder of the test's own.

    The copy holds all of terraform/, and zips of all functions beside it, as `make build` leaves
    them; a folder of the test's own is put to terraform/test. Keywords are environment variables.
    """
    plugins, environment = terraform_provider

    def new(folder: Path | str = "", **own: str) -> Workspace:
        top = tmp_path_factory.mktemp("workspace")
        workspace.copy(workspace.CODE, top / "terraform")
        workspace.write_zips(top / "dist")
        at = top / "terraform" / ("test" if isinstance(folder, Path) else folder)
        if isinstance(folder, Path):
            workspace.copy(folder, at)
        if REAL:
            has_block = any('provider "aws"' in file.read_text() for file in at.glob("*.tf"))
            (at / f"real{'_override' * has_block}.tf").write_text(REAL_PROVIDER)
        made = Workspace(at, {**environment, **own}, plugins)
        made.init()
        return made

    return new


@pytest.fixture(scope="session")
def minimal(new_workspace: New) -> State:
    """What an apply of examples/minimal leaves, with the values of its terraform.tfvars.example."""
    return applied(new_workspace, "minimal")


@pytest.fixture(scope="session")
def organization(new_workspace: New) -> State:
    """The same of examples/organization."""
    return applied(new_workspace, "organization")


@pytest.fixture(scope="session")
def private(new_workspace: New) -> State:
    """The same of examples/private."""
    return applied(new_workspace, "private")


@pytest.fixture(scope="session")
def log_sources(new_workspace: New) -> State:
    """All modules of log_sources, called by tests/terraform/log_sources."""
    return new_workspace(Path(__file__).with_name("log_sources")).apply()


@pytest.fixture
def example(request: pytest.FixtureRequest) -> State:
    """The state of the example that the test is parametrized with."""
    state: State = request.getfixturevalue(request.param)
    return state


def applied(new_workspace: New, example: str) -> State:
    """Apply an example."""
    values = tfvars.read(workspace.CODE / "examples" / example / "terraform.tfvars.example")
    return new_workspace(f"examples/{example}").apply(**values)
