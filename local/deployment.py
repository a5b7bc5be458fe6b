"""Reads local/deployment.json: the names of everything that a deployment has."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("deployment.json")


@dataclass(frozen=True, slots=True)
class Function:
    """The es_loader Lambda: timeout in seconds, memory in MB, messages an invocation."""

    name: str
    timeout: int
    memory: int
    batch_size: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """What Terraform's output `deployment` holds.

    `environment` is the es_loader's. Keys of `buckets`: log, snapshot, geo; of `queues`: logs,
    splitted_logs, dlq.
    """

    account: str
    region: str
    environment: dict[str, str]
    buckets: dict[str, str]
    queues: dict[str, str]
    function: Function


def read(file: Path = FILE) -> Deployment:
    """Return the deployment that the file describes."""
    content = json.loads(file.read_text())
    return Deployment(**{**content, "function": Function(**content["function"])})
