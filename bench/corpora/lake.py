"""What Security Hub gathers, and what Security Lake makes of calls and flows.

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html
"""

from collections.abc import Iterator
from typing import Any

import orjson

from bench.corpora.pools import ACCOUNT, REGION, START, Pools, iso
from bench.corpora.products import event

Json = dict[str, Any]
SECONDS = 3_600
CONTROLS = (
    ("S3.8", "S3 general purpose buckets should block public access", "HIGH", 70),
    ("CloudTrail.1", "CloudTrail should be enabled with a multi-Region trail", "INFORMATIONAL", 0),
    ("EC2.19", "Security groups should not allow unrestricted access to ports", "CRITICAL", 90),
    ("IAM.4", "IAM root user access key should not exist", "MEDIUM", 40),
)
OPERATIONS = (
    ("DescribeInstances", "ec2.amazonaws.com", 2, "Read"),
    ("GetObject", "s3.amazonaws.com", 2, "Read"),
    ("PutRolePolicy", "iam.amazonaws.com", 3, "Update"),
    ("CreateKey", "kms.amazonaws.com", 1, "Create"),
)


def securityhub(pools: Pools, count: int) -> Iterator[bytes]:
    """Findings of controls, each as an event of EventBridge."""
    pick = pools.random.choice
    for n in range(count):
        moment = START + n * SECONDS / count
        control, title, label, normalized = pick(CONTROLS)
        failed, bucket = pick((True, False)), pick(pools.buckets)
        times = {f"{name}At": iso(moment, 3) for name in ("LastObserved", "Updated")}
        times |= {f"{name}At": iso(moment - 9_000, 3) for name in ("FirstObserved", "Created")}
        finding = {
            "SchemaVersion": "2018-10-08",
            "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/{control}/finding/"
            f"{pools.uuid()}",
            "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
            "ProductName": "Security Hub",
            "CompanyName": "AWS",
            "Region": REGION,
            "GeneratorId": f"security-control/{control}",
            "AwsAccountId": ACCOUNT,
            "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
            **times,
            "Severity": {"Label": label, "Normalized": normalized, "Original": label},
            "Title": title,
            "Description": f"This control checks: {title}.",
            "Remediation": {
                "Recommendation": {
                    "Text": "For information on how to correct this issue, see the documentation.",
                    "Url": f"https://docs.aws.amazon.com/console/securityhub/{control}/remediation",
                }
            },
            "ProductFields": {
                "aws/securityhub/ProductName": "Security Hub",
                "aws/securityhub/CompanyName": "AWS",
                "Resources:0/Id": f"arn:aws:s3:::{bucket}",
            },
            "Resources": [
                {
                    "Type": "AwsS3Bucket",
                    "Id": f"arn:aws:s3:::{bucket}",
                    "Partition": "aws",
                    "Region": REGION,
                }
            ],
            "Compliance": {
                "Status": "FAILED" if failed else "PASSED",
                "SecurityControlId": control,
                "AssociatedStandards": [{"StandardsId": "standards/aws-foundational/v/1.0.0"}],
            },
            "WorkflowState": "NEW",
            "Workflow": {"Status": "NEW"},
            "RecordState": "ACTIVE",
            "FindingProviderFields": {"Severity": {"Label": label, "Original": label}},
        }
        name = "Security Hub Findings - Imported"
        yield event("aws.securityhub", name, moment, {"findings": [finding]})


def security_lake(pools: Pools, count: int) -> Iterator[bytes]:
    """Calls and flows in OCSF, as JSON lines."""
    for n in range(count):
        moment = START + n * SECONDS / count
        record = _flow(pools) if n % 2 else _call(pools)
        kind = record.pop("kind")
        common = {
            "severity_id": 1,
            "severity": "Informational",
            "status_id": 1,
            "status": "Success",
            "time": int(moment * 1_000),
            "time_dt": iso(moment, 3),
            "cloud": {"provider": "AWS", "region": REGION, "account": {"uid": ACCOUNT}},
        }
        yield orjson.dumps(kind | common | record)


def _kind(uid: int, name: str, category: str, activity: int, what: str) -> Json:
    return {
        "class_uid": uid,
        "class_name": name,
        "category_uid": uid // 1_000,
        "category_name": category,
        "activity_id": activity,
        "activity_name": what,
        "type_uid": uid * 100 + activity,
        "type_name": f"{name}: {what}",
    }


def _call(pools: Pools) -> Json:
    operation, service, activity, what = pools.random.choice(OPERATIONS)
    user = pools.random.choice(pools.users)
    return {
        "kind": _kind(6003, "API Activity", "Application Activity", activity, what),
        "metadata": {
            "product": {
                "name": "CloudTrail",
                "vendor_name": "AWS",
                "feature": {"name": "Management"},
                "version": "1.08",
            },
            "version": "1.1.0",
            "profiles": ["cloud", "datetime"],
            "log_provider": "CloudTrail",
            "uid": pools.uuid(),
            "event_code": "AwsApiCall",
        },
        "actor": {
            "user": {
                "name": user,
                "type": "IAMUser",
                "uid": f"arn:aws:iam::{ACCOUNT}:user/{user}",
                "uid_alt": f"AIDA{pools.letters(16)}",
                "credential_uid": f"AKIA{pools.letters(16)}",
                "account": {"uid": ACCOUNT},
            },
            "session": {"issuer": None},
            "invoked_by": None,
            "idp": {"name": None},
        },
        "src_endpoint": {"ip": pools.external()},
        "http_request": {"user_agent": pools.sdk_agent()},
        "api": {
            "operation": operation,
            "service": {"name": service},
            "request": {"uid": pools.uuid(), "data": None},
            "response": {"error": None, "message": None, "data": None},
            "version": None,
        },
        "unmapped": {"eventType": "AwsApiCall", "recipientAccountId": ACCOUNT},
    }


def _flow(pools: Pools) -> Json:
    number = pools.random.randint
    return {
        "kind": _kind(4001, "Network Activity", "Network Activity", 6, "Traffic"),
        "metadata": {
            "product": {"name": "Amazon VPC", "vendor_name": "AWS", "version": "5"},
            "version": "1.1.0",
            "profiles": ["cloud", "datetime"],
        },
        "src_endpoint": {"ip": pools.external(), "port": number(1_024, 65_535)},
        "dst_endpoint": {
            "ip": pools.internal(),
            "port": 443,
            "instance_uid": pools.random.choice(pools.instances),
            "interface_uid": pools.random.choice(pools.interfaces),
            "subnet_uid": pools.random.choice(pools.subnets),
            "vpc_uid": pools.random.choice(pools.vpcs),
        },
        "connection_info": {
            "protocol_num": 6,
            "protocol_ver": "IPv4",
            "tcp_flags": 19,
            "direction": "Inbound",
            "direction_id": 1,
        },
        "traffic": {"packets": number(1, 900), "bytes": number(60, 90_000)},
        "status_code": "OK",
        "action": "Allowed",
        "action_id": 1,
    }
