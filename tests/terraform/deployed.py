"""Finds the parts of a deployment in an applied state."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.terraform.policy_evaluator import Policy
from tests.terraform.workspace import State, Values


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function: its folder in functions/, resource, environment and role's policies."""

    folder: str
    values: Values
    environment: dict[str, str]
    role: Values
    policies: list[Policy]

    @property
    def arn(self) -> str:
        """Of the function."""
        return str(self.values["arn"])


def functions(state: State) -> dict[str, Function]:
    """Return the deployment's functions by their folder."""
    found = (function(state, values) for values in state.of_type("aws_lambda_function").values())
    return {each.folder: each for each in found}


def function(state: State, values: Values) -> Function:
    """Return the function of a resource."""
    (role,) = (
        each for each in state.of_type("aws_iam_role").values() if each["arn"] == values["role"]
    )
    return Function(
        folder=values["handler"].split(".")[0],
        values=values,
        environment=values["environment"][0]["variables"],
        role=role,
        policies=role_policies(state, role["name"]),
    )


def role_policies(state: State, role: str) -> list[Policy]:
    """Return the policies of a role."""
    return [
        json.loads(each["policy"])
        for each in state.of_type("aws_iam_role_policy").values()
        if each["role"] == role
    ]


def named(state: State, kind: str, name: str) -> Values:
    """Return the one resource of a type that bears the name."""
    (found,) = (each for each in state.of_type(kind).values() if name_of(kind, each) == name)
    return found


def name_of(kind: str, values: Values) -> str:
    """Return the name of a resource, as AWS shows it."""
    for attribute in ("bucket", "function_name", "alarm_name", "domain_name", "dashboard_name"):
        if values.get(attribute):
            return str(values[attribute])
    if values.get("name"):
        return str(values["name"])
    return str((values.get("tags") or {}).get("Name", ""))


def documents(value: Any) -> Iterator[Policy]:
    """Yield each policy document within the values of a resource."""
    if isinstance(value, dict):
        for each in value.values():
            yield from documents(each)
    elif isinstance(value, list):
        for each in value:
            yield from documents(each)
    elif isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
        yield json.loads(value)
