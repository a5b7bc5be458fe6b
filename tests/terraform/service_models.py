"""Compares the values of resources with AWS's own service models, which botocore carries.

What it looks at: allowed values, patterns, and ranges of the arguments whose names agree.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session

# type -> the operation that creates it
OPERATIONS: Mapping[str, tuple[str, str]] = {
    "aws_cloudtrail": ("cloudtrail", "CreateTrail"),
    "aws_cloudwatch_event_rule": ("events", "PutRule"),
    "aws_cloudwatch_log_group": ("logs", "CreateLogGroup"),
    "aws_cloudwatch_metric_alarm": ("cloudwatch", "PutMetricAlarm"),
    "aws_config_delivery_channel": ("config", "PutDeliveryChannel"),
    "aws_flow_log": ("ec2", "CreateFlowLogs"),
    "aws_guardduty_detector": ("guardduty", "CreateDetector"),
    "aws_iam_role": ("iam", "CreateRole"),
    "aws_kinesis_firehose_delivery_stream": ("firehose", "CreateDeliveryStream"),
    "aws_kms_key": ("kms", "CreateKey"),
    "aws_lambda_event_source_mapping": ("lambda", "CreateEventSourceMapping"),
    "aws_lambda_function": ("lambda", "CreateFunction"),
    "aws_lambda_permission": ("lambda", "AddPermission"),
    "aws_opensearch_domain": ("opensearch", "CreateDomain"),
    "aws_route53_resolver_query_log_config": ("route53resolver", "CreateResolverQueryLogConfig"),
    "aws_secretsmanager_secret": ("secretsmanager", "CreateSecret"),
    "aws_ssm_parameter": ("ssm", "PutParameter"),
    "aws_vpc_endpoint": ("ec2", "CreateVpcEndpoint"),
}
NUMBERS = ("integer", "long", "float", "double")
# Left to AWS, so that the stand-in gives it no real value.
DECIDED_BY_AWS = {"parallelization_factor"}


def checked(kind: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each argument that could be compared, and what is wrong with it ("" for nothing)."""
    if kind in OPERATIONS:
        yield from compare(shape(*OPERATIONS[kind]), dict(values), kind)


@cache
def shape(service: str, operation: str) -> Any:
    """Return what an operation takes."""
    model = botocore.session.get_session().get_service_model(service)
    return model.operation_model(operation).input_shape


def compare(model: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the arguments below a path."""
    if value in (None, "", [], {}):
        return
    if model.type_name == "structure":
        block = value[0] if isinstance(value, list) else value
        if isinstance(block, dict):
            members = {plain(name): member for name, member in model.members.items()}
            for name, inner in block.items():
                if name not in DECIDED_BY_AWS and plain(name) in members:
                    yield from compare(members[plain(name)], inner, f"{path}.{name}")
    elif model.type_name == "list" and isinstance(value, list):
        for each in value:
            yield from compare(model.member, each, path)
    elif model.type_name == "string" and isinstance(value, str):
        yield path, wrong_text(model, value)
    elif model.type_name in NUMBERS and isinstance(value, int | float):
        yield path, wrong_number(model, value)


def plain(name: str) -> str:
    """Return a name without case and separators: delay_seconds and DelaySeconds agree."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def wrong_text(model: Any, value: str) -> str:
    """Return what is wrong with a text."""
    if model.enum and value not in model.enum:
        return f"{value!r} is none of {model.enum}"
    pattern = model.metadata.get("pattern")
    try:
        fits = not pattern or re.fullmatch(pattern, value, re.DOTALL)
    except re.error:  # a pattern of Java
        return ""
    return "" if fits else f"{value!r} does not match {pattern}"


def wrong_number(model: Any, value: float) -> str:
    """Return what is wrong with a number."""
    least, most = model.metadata.get("min"), model.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        return f"{value} is not within {least}..{most}"
    return ""
