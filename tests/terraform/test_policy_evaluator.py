"""The policy evaluator answers as IAM does.

The cases follow https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from typing import Any

import pytest

from tests.terraform.policy_evaluator import ANONYMOUS, Request, decide

OWN, OTHER, STRANGER = "111122223333", "444455556666", "777788889999"
BUCKET = "arn:aws:s3:::logs"
TRAIL = "cloudtrail.amazonaws.com"
ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}
ALL = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
LOGS: dict[str, Any] = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": [TRAIL, "config.amazonaws.com"]},
            "Action": "s3:PutObject",
            "Resource": BUCKET + "/AWSLogs/${aws:SourceAccount}/*",
            "Condition": {"StringEquals": {"aws:SourceAccount": [OWN, OTHER], **ACL}},
        },
        {
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OTHER}:root"]},
            "Action": "s3:Put*",
            "Resource": BUCKET + "/AWSLogs/${aws:PrincipalAccount}/*",
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [BUCKET, BUCKET + "/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
}


def role(account: str) -> str:
    """Return the ARN of a role in an account."""
    return f"arn:aws:iam::{account}:role/shipper"


def put(principal: str, account: str, **context: str) -> Request:
    """Return the request to put an object under an account's prefix."""
    keys = {name.replace("_", ":"): value for name, value in context.items()}
    return Request(principal, "s3:PutObject", f"{BUCKET}/AWSLogs/{account}/x", OWN, keys)


@pytest.mark.parametrize(
    ("source", "account", "acl", "answer"),
    [
        (OWN, OWN, ACL, "allow"),
        (OTHER, OTHER, ACL, "allow"),
        (OTHER, OWN, ACL, "none"),
        (STRANGER, STRANGER, ACL, "none"),
        (OTHER, OTHER, {}, "none"),
    ],
)
def test_a_service_is_bound_to_the_account_that_it_works_for(
    source: str, account: str, acl: dict[str, str], answer: str
) -> None:
    request = put(TRAIL, account)
    context = {"aws:SourceAccount": source, **acl}
    assert decide(Request(TRAIL, request.action, request.resource, OWN, context), LOGS) == answer


def test_a_service_that_is_not_named_is_not_allowed() -> None:
    context = {"aws:SourceAccount": OTHER, **ACL}
    request = Request("firehose.amazonaws.com", "s3:PutObject", f"{BUCKET}/AWSLogs/x", OWN, context)
    assert decide(request, LOGS) == "none"


def test_another_account_needs_both_policies() -> None:
    assert decide(put(role(OTHER), OTHER), LOGS, [ALL]) == "allow"
    assert decide(put(role(OTHER), OTHER), LOGS) == "none"
    assert decide(put(role(OTHER), OTHER), None, [ALL]) == "none"
    assert decide(put(role(OTHER), OWN), LOGS, [ALL]) == "none"
    first = {**LOGS["Statement"][1], "Principal": {"AWS": [OTHER, OWN]}}
    assert decide(put(role(OTHER), OTHER), {"Statement": first}, [ALL]) == "allow"


def test_in_one_account_the_identity_policy_is_enough() -> None:
    assert decide(put(role(OWN), OTHER), None, [ALL]) == "allow"


def test_naming_an_account_delegates_and_naming_a_role_allows() -> None:
    assert decide(put(role(OWN), OWN), LOGS) == "none"
    statement = {**LOGS["Statement"][1], "Principal": {"AWS": role(OWN)}}
    assert decide(put(role(OWN), OWN), {"Statement": statement}) == "allow"


def test_a_key_policy_has_to_delegate() -> None:
    def policy(principal: str) -> Any:
        allowed = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
        return {"Statement": [{**allowed, "Principal": {"AWS": principal}}]}

    request = Request(role(OWN), "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1", OWN)
    root = f"arn:aws:iam::{OWN}:root"
    assert decide(request, policy(root), [ALL], resource_policy_decides=True) == "allow"
    assert decide(request, policy(root), resource_policy_decides=True) == "none"
    assert decide(request, policy(role(OTHER)), [ALL], resource_policy_decides=True) == "none"
    assert decide(request, policy(role(OWN)), resource_policy_decides=True) == "allow"


def test_a_trust_policy_has_no_resource() -> None:
    trust = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    }
    request = Request("lambda.amazonaws.com", "sts:AssumeRole", role(OWN), OWN)
    assert decide(request, trust, resource_policy_decides=True) == "allow"


def test_a_deny_wins_over_everything() -> None:
    plain = put(role(OTHER), OTHER, aws_SecureTransport="false")
    assert decide(plain, LOGS, [ALL]) == "deny"
    never = {"Statement": [{"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}]}
    assert decide(put(role(OTHER), OTHER), LOGS, [ALL, never]) == "deny"


@pytest.mark.parametrize(
    ("principal", "statement", "answer"),
    [
        (ANONYMOUS, {"Principal": {"AWS": "*"}}, "allow"),
        (ANONYMOUS, {"Principal": "*"}, "allow"),
        (ANONYMOUS, {"Principal": {"AWS": OWN}}, "none"),
        (role(OWN), {"Principal": {"AWS": "*"}}, "allow"),
        (TRAIL, {"Principal": {"AWS": "*"}}, "none"),
        (TRAIL, {"Principal": "*"}, "allow"),
    ],
)
def test_everybody_is_who_the_star_says(
    principal: str, statement: dict[str, Any], answer: str
) -> None:
    policy = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **statement}}
    assert decide(put(principal, OWN), policy) == answer


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.7/32"]}}, "allow"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "none"),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "allow"),
        ({"StringEquals": {"AWS:Sourceip": "192.0.2.1"}}, "allow"),
        ({"StringLike": {"aws:SourceIp": "192.0.*"}}, "allow"),
        ({"StringEqualsIgnoreCase": {"aws:PrincipalArn": role(OWN).upper()}}, "allow"),
        ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, "none"),
        ({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, "allow"),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, "allow"),
        ({"Null": {"aws:SourceVpc": "true"}}, "allow"),
        ({"Null": {"aws:SourceIp": "true"}}, "none"),
        ({"Bool": {"aws:SecureTransport": True}}, "allow"),
        ({"NumericLessThan": {"s3:max-keys": "11"}}, "allow"),
        ({"NumericGreaterThanEquals": {"s3:max-keys": 11}}, "none"),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "c"]}}, "allow"),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "c"]}}, "none"),
        ({"ForAllValues:StringEquals": {"aws:CalledVia": ["a"]}}, "allow"),
    ],
)
def test_conditions(condition: dict[str, Any], answer: str) -> None:
    context: dict[str, str | list[str]] = {
        "aws:SourceIp": "192.0.2.1",
        "s3:max-keys": "10",
        "aws:TagKeys": ["a", "b"],
    }
    policy = {
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    }
    request = Request(role(OWN), "s3:ListBucket", BUCKET, OWN, context)
    assert decide(request, None, [policy]) == answer


@pytest.mark.parametrize(
    "part",
    [
        {"NotPrincipal": {"AWS": OWN}},
        {"Principal": {"Federated": "example"}},
        {"Principal": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-24"}}},
        {"Principal": "*", "Condition": {"ForNoValue:StringEquals": {"aws:TagKeys": "a"}}},
    ],
)
def test_what_it_does_not_know_is_an_error(part: dict[str, Any]) -> None:
    policy = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", **part}}
    with pytest.raises(NotImplementedError):
        decide(put(role(OWN), OWN), policy)
