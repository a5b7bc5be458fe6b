"""local/deployment.json is what Terraform deploys."""

from local import deployment, describe
from local.deployment import FILE
from tests.terraform.workspace import State


def test_the_file_is_fresh(minimal: State) -> None:
    assert FILE.read_text() == describe.text(minimal), (
        "local/deployment.json is not what Terraform deploys any more; rewrite it: "
        ".venv/bin/python -m local.describe"
    )


def test_the_file_holds_what_the_local_stack_reads(minimal: State) -> None:
    described = deployment.read()
    assert described.environment == minimal.outputs["deployment"]["environment"]
    assert described.function.name == "aes-siem-es-loader"
    assert set(described.queue_attributes) == set(described.queues)
    assert sum(described.concurrency.values()) == 10
    assert described.functions["es_loader"].environment == described.environment
