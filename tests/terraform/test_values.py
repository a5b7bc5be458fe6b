"""The values of resources are ones that AWS takes, by its own service models."""

import pytest

from tests.terraform.conftest import EXAMPLES
from tests.terraform.service_models import checked
from tests.terraform.workspace import State, resource_type


@pytest.mark.parametrize("example", [*EXAMPLES, "log_sources"], indirect=True)
def test_aws_takes_the_values(example: State) -> None:
    compared, wrong = 0, []
    for address, values in example.resources.items():
        for path, error in checked(resource_type(address), values):
            compared += 1
            if error:
                wrong.append(f"{address}: {path}: {error}")
    assert wrong == []
    assert compared > 50


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("aws_lambda_function", {"runtime": "python3.99"}, "'python3.99' is none of"),
        ("aws_lambda_function", {"timeout": 0}, "0 is not within"),
        ("aws_cloudwatch_metric_alarm", {"statistic": "Most"}, "'Most' is none of"),
        ("aws_opensearch_domain", {"domain_name": "Aes"}, "'Aes' does not match"),
        (
            "aws_opensearch_domain",
            {"domain_endpoint_options": [{"tls_security_policy": "TLS-9"}]},
            "'TLS-9' is none of",
        ),
        ("aws_flow_log", {"traffic_type": "SOME"}, "'SOME' is none of"),
    ],
)
def test_wrong_values_are_found(kind: str, values: dict[str, object], words: str) -> None:
    assert [error for _, error in checked(kind, values) if words in error]
