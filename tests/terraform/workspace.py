"""A copy of Terraform code that a test may plan, apply and break, driven by python-terraform."""

import json
import os
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_terraform import IsFlagged, Terraform

Values = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "terraform"
# Never copied: what an operator's own runs leave behind. A lock file with other hashes fails init.
LEFT_OUT = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate*", "*.tfvars")
TYPE = re.compile(r"(?:^|\.)((?:data\.)?(?:aws_\w+|terraform_data))\.")
ACCOUNT, REGION = "111122223333", "ap-northeast-1"
# What Terraform needs of its environment, whatever the machine's own is; None unsets.
ALWAYS: Mapping[str, str | None] = {
    "CHECKPOINT_DISABLE": "1",
    "TF_IN_AUTOMATION": "1",
    "TF_CLI_CONFIG_FILE": None,
    "TF_CLI_ARGS": None,
    "TF_WORKSPACE": None,
    "AWS_PROFILE": None,
}
# The same, with the stand-in for the AWS provider.
ENVIRONMENT = {**ALWAYS, "AWS_REGION": REGION, "STANDIN_AWS_ACCOUNT": ACCOUNT}


class TerraformFailed(Exception):
    """Terraform ended with an error; the message is what it wrote, in one line."""


@dataclass(frozen=True, slots=True)
class State:
    """What an apply left: values by address, and outputs by name."""

    resources: dict[str, Values]
    outputs: dict[str, Any]

    def of_type(self, kind: str) -> dict[str, Values]:
        """Return the resources of a type by address."""
        return {
            address: values
            for address, values in self.resources.items()
            if resource_type(address) == kind
        }

    def one(self, address: str) -> Values:
        """Return the resource at an address; KeyError names the addresses of its type."""
        if address not in self.resources:
            raise KeyError(f"{address}; there are {sorted(self.of_type(resource_type(address)))}")
        return self.resources[address]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder of Terraform code; `environment` is set while Terraform runs, None unsets."""

    folder: Path
    environment: Mapping[str, str | None]
    plugins: Path | None

    def init(self) -> None:
        """Install modules and the provider."""
        # python-terraform would ask for an upgrade and a reconfiguration, which nothing here needs.
        options: Values = {"upgrade": None, "backend": None, "reconfigure": None}
        if self.plugins:
            options["plugin_dir"] = str(self.plugins)
        self.run("init", **options)

    def validate(self) -> list[str]:
        """Return the errors of `terraform validate`, each as one line."""
        code, answer, error = self._try("validate", json=IsFlagged)
        if not answer.startswith("{"):
            raise TerraformFailed(one_line(answer + error))
        found = [each for each in json.loads(answer)["diagnostics"] if each["severity"] == "error"]
        assert bool(found) == bool(code)
        return [one_line(f"{each['summary']}: {each.get('detail', '')}") for each in found]

    def apply(self, **variables: Any) -> State:
        """Apply with these variables and return the state."""
        self.set(**variables)
        self.run("apply", auto_approve=IsFlagged)
        shown = json.loads(self.run("show", json=IsFlagged))["values"]
        return State(
            dict(walk(shown["root_module"])),
            {name: each.get("value") for name, each in shown.get("outputs", {}).items()},
        )

    def plan(self, **variables: Any) -> dict[str, list[str]]:
        """Return what a plan would do (create, update, delete) by address, without no-ops."""
        self.set(**variables)
        self.run("plan", out="plan.out")
        changes = json.loads(self.run("show", "plan.out", json=IsFlagged))["resource_changes"]
        return {
            each["address"]: each["change"]["actions"]
            for each in changes
            if each["mode"] == "managed" and each["change"]["actions"] != ["no-op"]
        }

    def test(self, file: str) -> list[str]:
        """Return what `terraform test` tells of a file of tests, a JSON object a line."""
        _, answer, error = self._try("test", filter=file, json=IsFlagged)
        lines = [line for line in answer.splitlines() if line.startswith("{")]
        if not lines:
            raise TerraformFailed(one_line(answer + error))
        return lines

    def refusal(self, **variables: Any) -> str:
        """Return the error of a plan that must fail, as one line."""
        self.set(**variables)
        code, answer, error = self._try("plan")
        if not code:
            raise AssertionError("the plan was not refused")
        return one_line(answer + error)

    def set(self, **variables: Any) -> None:
        """Set the root module's variables for the next run."""
        (self.folder / "test.auto.tfvars.json").write_text(json.dumps(variables))

    def run(self, *command: str, **options: Any) -> str:
        """Run Terraform and return its stdout; raises TerraformFailed."""
        code, answer, error = self._try(*command, **options)
        if code:
            raise TerraformFailed(one_line(answer + error))
        return answer

    def _try(self, *command: str, **options: Any) -> tuple[int, str, str]:
        # Warnings go to stderr, as does what Terraform says of a wrong TF_CLI_CONFIG_FILE, so only
        # the exit code decides.
        flags = {"input": False, "no_color": IsFlagged, **options}
        if command[0] in ("show", "test", "validate"):
            del flags["input"]
        with environment(self.environment), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # python-terraform's own log.warn
            code, answer, error = Terraform(working_dir=str(self.folder)).cmd(*command, **flags)
        return code or 0, answer or "", error or ""


def write_zips(dist: Path) -> None:
    """Write what Terraform reads of `make build`: files whose content it only hashes."""
    functions = [handler.parent.name for handler in ROOT.glob("functions/*/handler.py")]
    for arch in ("arm64", "x86_64"):
        (dist / arch).mkdir(parents=True)
        for function in functions:
            (dist / arch / f"{function}.zip").write_text(f"{function} for {arch}")


def copy(code: Path, to: Path) -> None:
    """Copy Terraform code without what runs left in it."""
    shutil.copytree(code, to, ignore=LEFT_OUT)


@contextmanager
def environment(changes: Mapping[str, str | None]) -> Iterator[None]:
    """Set or (None) unset variables of this process; python-terraform passes no others on."""
    before = {name: os.environ.get(name) for name in changes}
    change(changes)
    try:
        yield
    finally:
        change(before)


def change(changes: Mapping[str, str | None]) -> None:
    """Set or (None) unset variables of this process."""
    for name, value in changes.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def walk(module: Values) -> Iterator[tuple[str, Values]]:
    """Yield address and values of each resource and data source of a module and its children."""
    for resource in module.get("resources", []):
        yield resource["address"], resource["values"]
    for child in module.get("child_modules", []):
        yield from walk(child)


def resource_type(address: str) -> str:
    """Return the type in an address: module.a["b"].data.aws_region.c[0] -> data.aws_region."""
    found = TYPE.search(address)
    if not found:
        raise ValueError(f"not the address of a resource: {address}")
    return found[1]


def one_line(text: str) -> str:
    """Return a message without line breaks and frames, so that it can be searched in."""
    return " ".join(text.replace("│", " ").replace("╷", " ").replace("╵", " ").split())
