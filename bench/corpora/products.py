"""Findings of Security Hub (OCSF), Inspector, Macie and Access Analyzer, as EventBridge sends them.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-securityhub.html
"""

from collections.abc import Iterator
from typing import Any

import orjson

from bench.corpora.pools import ACCOUNT, REGION, START, Pools, iso

Json = dict[str, Any]
SECONDS = 3_600
LEVELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
PACKAGES = ("openssl", "python3", "kernel", "glibc", "curl", "go/stdlib")
DESCRIPTION = "An attacker who can send a message of a certain form can make the program stop. " * 4


def event(source: str, kind: str, moment: float, detail: Json) -> bytes:
    """The event that carries a detail."""
    return orjson.dumps(
        {
            "version": "0",
            "id": "0948ba87-d3b8-c6d4-f2da-732a10000001",
            "detail-type": kind,
            "source": source,
            "account": ACCOUNT,
            "time": iso(moment),
            "region": REGION,
            "resources": [],
            "detail": detail,
        }
    )


def securityhub_ocsf(pools: Pools, count: int) -> Iterator[bytes]:
    """That many findings: a control that failed, or a weakness of an instance."""
    for moment in _moments(count):
        detail = {
            "findings": [
                _control(pools, moment) if pools.random.random() < 0.7 else _weakness(pools, moment)
            ]
        }
        yield event("aws.securityhub", "Findings Imported V2", moment, detail)


def inspector(pools: Pools, count: int) -> Iterator[bytes]:
    """That many findings of packages on instances."""
    for moment in _moments(count):
        yield event("aws.inspector2", "Inspector2 Finding", moment, _package(pools, moment))


def macie(pools: Pools, count: int) -> Iterator[bytes]:
    """That many findings of sensitive data."""
    for moment in _moments(count):
        yield event("aws.macie", "Macie Finding", moment, _sensitive(pools, moment))


def access_analyzer(pools: Pools, count: int) -> Iterator[bytes]:
    """That many findings of access from outside."""
    for moment in _moments(count):
        detail = {
            "version": "1.0",
            "id": pools.uuid(),
            "status": "ACTIVE",
            "resourceType": "AWS::S3::Bucket",
            "resource": f"arn:aws:s3:::{pools.random.choice(pools.buckets)}",
            "createdAt": iso(moment - 86_400),
            "analyzedAt": iso(moment),
            "updatedAt": iso(moment),
            "principal": {"AWS": "444455556666"},
            "action": ["s3:GetObject", "s3:ListBucket"],
            "condition": {"aws:SourceVpc": pools.random.choice(pools.vpcs)},
            "isDeleted": False,
            "isPublic": False,
            "accountId": ACCOUNT,
            "region": REGION,
        }
        yield event("aws.access-analyzer", "Access Analyzer Finding", moment, detail)


def _moments(count: int) -> Iterator[float]:
    return (START + n * SECONDS / count for n in range(count))


def _ocsf(pools: Pools, moment: float, number: int, kind: str, title: str) -> Json:
    level = pools.random.randint(1, 4)
    now = int(moment * 1_000)
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": kind,
        "class_uid": number,
        "cloud": {"account": {"uid": ACCOUNT}, "provider": "AWS", "region": REGION},
        "finding_info": {
            "created_time": now,
            "created_time_dt": iso(moment, 3),
            "desc": DESCRIPTION,
            "first_seen_time_dt": iso(moment - 86_400, 3),
            "last_seen_time_dt": iso(moment, 3),
            "modified_time_dt": iso(moment, 3),
            "title": title,
            "types": ["Posture Management"],
            "uid": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:finding/{pools.uuid()}",
        },
        "metadata": {
            "product": {"name": "Security Hub", "uid": "securityhub", "vendor_name": "AWS"},
            "profiles": ["cloud", "datetime"],
            "uid": pools.hex(56),
            "version": "1.6.0",
        },
        "severity": LEVELS[level - 1].title(),
        "severity_id": level,
        "status": "New",
        "status_id": 1,
        "time": now,
        "time_dt": iso(moment, 3),
    }


def _control(pools: Pools, moment: float) -> Json:
    bucket = pools.random.choice(pools.buckets)
    return _ocsf(pools, moment, 2003, "Compliance Finding", "Buckets should block access") | {
        "compliance": {
            "control": f"S3.{pools.random.randint(1, 25)}",
            "standards": ["standards/aws-foundational-security-best-practices/v/1.0.0"],
            "status": pools.random.choice(("Pass", "Fail")),
        },
        "resources": [{"region": REGION, "type": "AWS::S3::Bucket", "uid": bucket}],
    }


def _weakness(pools: Pools, moment: float) -> Json:
    addresses = [pools.internal(), pools.external()]
    details = {"awsEc2InstanceDetails": {"ipV4Addresses": addresses, "type": "m7g.large"}}
    instance = pools.random.choice(pools.instances)
    resource = {"data": details, "region": REGION, "type": "AWS::EC2::Instance", "uid": instance}
    cvss = [{"base_score": 7.5, "severity": "HIGH", "vendor_name": "NVD", "version": "3.1"}]
    package = {
        "name": pools.random.choice(PACKAGES),
        "version": "1.2.3",
        "fixed_in_version": "1.2.4",
    }
    vulnerability = {
        "affected_packages": [package],
        "cve": {"cvss": cvss, "desc": DESCRIPTION, "uid": _cve(pools)},
        "is_exploit_available": False,
        "is_fix_available": True,
        "references": [f"https://www.example.com/{pools.hex(8)}" for _ in range(6)],
        "severity": "HIGH",
    }
    return _ocsf(pools, moment, 2002, "Vulnerability Finding", "A weakness") | {
        "resources": [resource],
        "vulnerabilities": [vulnerability],
    }


def _cve(pools: Pools) -> str:
    return f"CVE-2026-{pools.random.randint(1_000, 60_000)}"


def _day(moment: float) -> str:
    return f"Tue Nov 24 {iso(moment, 3)[11:23]} UTC 2026"


def _package(pools: Pools, moment: float) -> Json:
    name, cve = pools.random.choice(PACKAGES), _cve(pools)
    cvss = {"baseScore": 7.3, "scoringVector": "CVSS:3.1/AV:L", "source": "NVD", "version": "3.1"}
    instance = {
        "imageId": f"ami-{pools.hex(17)}",
        "ipV4Addresses": [pools.internal(), pools.external()],
        "ipV6Addresses": [],
        "launchedAt": _day(moment - 3_600),
        "platform": "AMAZON_LINUX_2023",
        "subnetId": pools.random.choice(pools.subnets),
        "type": "m7g.large",
        "vpcId": pools.random.choice(pools.vpcs),
    }
    return {
        "awsAccountId": ACCOUNT,
        "description": DESCRIPTION,
        "epss": {"score": 0.00043},
        "exploitAvailable": "NO",
        "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{pools.hex(32)}",
        "firstObservedAt": _day(moment - 600),
        "fixAvailable": "YES",
        "inspectorScore": 7.3,
        "lastObservedAt": _day(moment),
        "packageVulnerabilityDetails": {
            "cvss": [cvss, cvss],
            "referenceUrls": [f"https://www.example.com/{pools.hex(8)}" for _ in range(4)],
            "relatedVulnerabilities": [],
            "source": "NVD",
            "sourceUrl": f"https://nvd.nist.gov/vuln/detail/{cve}",
            "vendorSeverity": "HIGH",
            "vulnerabilityId": cve,
            "vulnerablePackages": [
                {
                    "arch": "X86_64",
                    "epoch": 0,
                    "name": name,
                    "packageManager": "OS",
                    "version": "1.2",
                }
            ],
        },
        "remediation": {"recommendation": {"text": "None Provided"}},
        "resources": [
            {
                "details": {"awsEc2Instance": instance},
                "id": pools.random.choice(pools.instances),
                "partition": "aws",
                "region": REGION,
                "tags": {"Name": "web", "env": "prod"},
                "type": "AWS_EC2_INSTANCE",
            }
        ],
        "severity": pools.random.choice(LEVELS),
        "status": "ACTIVE",
        "title": f"{cve} - {name}",
        "type": "PACKAGE_VULNERABILITY",
        "updatedAt": _day(moment),
    }


def _sensitive(pools: Pools, moment: float) -> Json:
    bucket, key = pools.random.choice(pools.buckets), f"exports/{pools.hex(12)}.csv"
    found = {
        "category": "PERSONAL_INFORMATION",
        "totalCount": 65,
        "detections": [{"type": "NAME", "count": 35}, {"type": "ADDRESS", "count": 30}],
    }
    return {
        "schemaVersion": "1.0",
        "id": pools.hex(32),
        "accountId": ACCOUNT,
        "region": REGION,
        "type": "SensitiveData:S3Object/Personal",
        "title": "The S3 object contains personal information",
        "description": DESCRIPTION,
        "severity": {"score": 2, "description": "Medium"},
        "createdAt": iso(moment),
        "updatedAt": iso(moment),
        "category": "CLASSIFICATION",
        "archived": False,
        "count": 1,
        "resourcesAffected": {
            "s3Bucket": {"arn": f"arn:aws:s3:::{bucket}", "name": bucket, "tags": []},
            "s3Object": {"key": key, "extension": "csv", "size": 4_750, "publicAccess": False},
        },
        "classificationDetails": {
            "jobId": pools.hex(32),
            "result": {"mimeType": "text/csv", "sensitiveData": [found]},
        },
        "sample": False,
    }
