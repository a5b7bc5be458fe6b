"""Reads local/deployment.json: the names of everything that a deployment has.

The file is what Terraform makes of terraform/examples/minimal: local/describe.py writes it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("deployment.json")


@dataclass(frozen=True, slots=True)
class Function:
    """The es_loader Lambda: timeout in seconds, memory in MB, messages an invocation."""

    name: str
    timeout: int
    memory: int
    batch_size: int


@dataclass(frozen=True, slots=True)
class Granted:
    """A Lambda function: its name, environment, role's ARN, and the policies of that role."""

    name: str
    environment: dict[str, str]
    role: str
    policies: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What Terraform's output `deployment` holds, and what it does not need to.

    `environment` is the es_loader's. Keys of `buckets`: log, snapshot, geo; of `queues` and
    `queue_attributes` (as SQS names them): logs, splitted_logs, dlq; of `concurrency` (executions
    that a queue's mapping runs at most): logs, splitted_logs. `functions`: by folder in functions/.
    """

    account: str
    region: str
    environment: dict[str, str]
    buckets: dict[str, str]
    queues: dict[str, str]
    function: Function
    queue_attributes: dict[str, dict[str, str]]
    concurrency: dict[str, int]
    functions: dict[str, Granted]


def read(file: Path = FILE) -> Deployment:
    """Return the deployment that the file describes."""
    content = json.loads(file.read_text())
    functions = {name: Granted(**each) for name, each in content["functions"].items()}
    own = Function(**content["function"])
    return Deployment(**{**content, "function": own, "functions": functions})
