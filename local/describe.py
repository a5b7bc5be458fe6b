"""Writes local/deployment.json from an apply of terraform/examples/minimal.

    .venv/bin/python -m local.describe

The apply runs on the stand-in for the AWS provider (tests/terraform), so it needs Terraform and Go,
and no AWS account. What reads the file needs neither.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from local.deployment import FILE
from tests.terraform import deployed, standin_build, tfvars, workspace
from tests.terraform.workspace import ENVIRONMENT, State, Workspace

EXAMPLE = "examples/minimal"
QUEUES = {"dlq": "dead", "logs": "logs", "splitted_logs": "splitted"}


def main() -> None:
    """Apply the example in a scratch folder and rewrite the file."""
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        workspace.copy(workspace.CODE, top / "terraform")
        workspace.write_zips(top / "dist")
        made = Workspace(top / "terraform" / EXAMPLE, ENVIRONMENT, standin_build.plugin_dir())
        made.init()
        values = tfvars.read(made.folder / "terraform.tfvars.example")
        FILE.write_text(text(made.apply(**values)))


def text(state: State) -> str:
    """Return the content of the file."""
    return json.dumps(describe(state), indent=2) + "\n"


def describe(state: State) -> dict[str, Any]:
    """Return the deployment in an applied state, as local.deployment reads it."""
    loader = "module.siem.module.loader"
    mapping = "aws_lambda_event_source_mapping.this"
    return {
        **state.outputs["deployment"],
        "queue_attributes": {
            key: queue_attributes(state.one(f"{loader}.aws_sqs_queue.{name}"))
            for key, name in QUEUES.items()
        },
        "concurrency": {
            key: state.one(f'{loader}.{mapping}["{name}"]')["scaling_config"][0][
                "maximum_concurrency"
            ]
            for key, name in QUEUES.items()
            if key != "dlq"
        },
        "functions": {
            folder: {
                "name": function.values["function_name"],
                "environment": function.environment,
                "role": function.role["arn"],
                "policies": function.policies,
            }
            for folder, function in sorted(deployed.functions(state).items())
        },
    }


def queue_attributes(queue: dict[str, Any]) -> dict[str, str]:
    """Return a queue's attributes as the SQS API takes them."""
    redrive = {"RedrivePolicy": queue["redrive_policy"]} if queue["redrive_policy"] else {}
    return {
        "VisibilityTimeout": str(queue["visibility_timeout_seconds"]),
        "MessageRetentionPeriod": str(queue["message_retention_seconds"]),
        **redrive,
    }


if __name__ == "__main__":
    main()
