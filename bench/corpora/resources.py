"""Resources as AWS Config, its rules, WorkSpaces and Trusted Advisor tell of them, and indices of
OpenSearch as our metrics do.

https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html
"""

from collections.abc import Iterator
from typing import Any

import orjson

from bench.corpora.pools import ACCOUNT, REGION, START, Pools, iso
from bench.corpora.products import event

Json = dict[str, Any]
SECONDS = 3_600
LOG_TYPES = ("cloudtrail", "vpc_flow", "waf", "alb", "okta", "guardduty")
RULES = ("s3-bucket-public-read-prohibited", "encrypted-volumes", "iam-password-policy")


def config_items(pools: Pools, count: int) -> Iterator[bytes]:
    """That many configuration items: instances, network interfaces, security groups."""
    kinds = (_instance, _interface, _group)
    for n in range(count):
        moment = START + n * SECONDS / count
        kind, resource, configuration = pools.random.choice(kinds)(pools)
        yield orjson.dumps(
            {
                "relatedEvents": [],
                "relationships": [
                    {
                        "resourceId": pools.random.choice(pools.subnets),
                        "resourceType": "AWS::EC2::Subnet",
                        "name": "Is contained in Subnet",
                    },
                    {
                        "resourceId": pools.random.choice(pools.vpcs),
                        "resourceType": "AWS::EC2::VPC",
                        "name": "Is contained in Vpc",
                    },
                ],
                "configuration": configuration,
                "supplementaryConfiguration": {},
                "tags": {"Name": "web", "env": "prod", "owner": pools.random.choice(pools.users)},
                "configurationItemVersion": "1.3",
                "configurationItemCaptureTime": iso(moment, 3),
                "configurationStateId": int(moment * 1_000),
                "awsAccountId": ACCOUNT,
                "configurationItemStatus": pools.random.choice(("OK", "ResourceDiscovered")),
                "resourceType": kind,
                "resourceId": resource,
                "ARN": f"arn:aws:ec2:{REGION}:{ACCOUNT}:{resource}",
                "awsRegion": REGION,
                "availabilityZone": f"{REGION}a",
                "configurationStateMd5Hash": "",
                "resourceCreationTime": iso(moment - 86_400, 3),
            }
        )


def _interface(pools: Pools) -> tuple[str, str, Json]:
    interface, private = pools.random.choice(pools.interfaces), pools.internal()
    addresses = [{"primary": True, "privateIpAddress": private}]
    return (
        "AWS::EC2::NetworkInterface",
        interface,
        {
            "association": {"publicIp": pools.external()},
            "groups": [{"groupId": pools.random.choice(pools.groups), "groupName": "web"}],
            "networkInterfaceId": interface,
            "ownerId": ACCOUNT,
            "privateIpAddress": private,
            "privateIpAddresses": addresses,
            "status": "in-use",
        },
    )


def _instance(pools: Pools) -> tuple[str, str, Json]:
    instance = pools.random.choice(pools.instances)
    _, _, interface = _interface(pools)
    private = interface["privateIpAddress"]
    return (
        "AWS::EC2::Instance",
        instance,
        {
            "imageId": f"ami-{pools.hex(17)}",
            "instanceId": instance,
            "instanceType": "m7g.large",
            "networkInterfaces": [interface],
            "privateDnsName": f"ip-{private.replace('.', '-')}.ec2.internal",
            "privateIpAddress": private,
            "publicIpAddress": interface["association"]["publicIp"],
            "state": {"code": 16, "name": "running"},
        },
    )


def _group(pools: Pools) -> tuple[str, str, Json]:
    group = pools.random.choice(pools.groups)
    ports = [(22, "10.0.0.0/8"), (443, "0.0.0.0/0"), (5_432, "10.0.0.0/8")]
    rules = [
        {"fromPort": port, "ipProtocol": "tcp", "ipRanges": [source], "toPort": port}
        for port, source in ports
    ]
    return "AWS::EC2::SecurityGroup", group, {"groupId": group, "ipPermissions": rules}


def config_rules(pools: Pools, count: int) -> Iterator[bytes]:
    """That many changes of compliance."""
    for n in range(count):
        moment = START + n * SECONDS / count
        rule, resource = pools.random.choice(RULES), pools.random.choice(pools.buckets)

        def result(compliance: str, at: float, rule: str = rule, resource: str = resource) -> Json:
            qualifier = {
                "configRuleName": rule,
                "resourceType": "AWS::S3::Bucket",
                "resourceId": resource,
                "evaluationMode": "DETECTIVE",
            }
            identifier = {"evaluationResultQualifier": qualifier, "orderingTimestamp": iso(at, 3)}
            return {
                "evaluationResultIdentifier": identifier,
                "complianceType": compliance,
                "resultRecordedTime": iso(at, 3),
                "configRuleInvokedTime": iso(at, 3),
            }

        detail = {
            "awsAccountId": ACCOUNT,
            "configRuleName": rule,
            "configRuleARN": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/{pools.hex(6)}",
            "resourceType": "AWS::S3::Bucket",
            "resourceId": resource,
            "awsRegion": REGION,
            "newEvaluationResult": result("NON_COMPLIANT", moment),
            "oldEvaluationResult": result("COMPLIANT", moment - 86_400),
            "notificationCreationTime": iso(moment, 3),
            "messageType": "ComplianceChangeNotification",
            "recordVersion": "1.0",
        }
        yield event("aws.config", "Config Rules Compliance Change", moment, detail)


def workspaces(pools: Pools, count: int) -> Iterator[bytes]:
    """That many WorkSpaces, as the log_puller writes them."""
    for n in range(count):
        yield orjson.dumps(
            {
                "time": iso(START),
                "account": ACCOUNT,
                "region": REGION,
                "WorkspaceId": f"ws-{n:09x}",
                "DirectoryId": "d-926722edaf",
                "UserName": pools.random.choice(pools.users),
                "IpAddress": pools.internal(),
                "State": "AVAILABLE",
                "BundleId": "wsb-0zsvgp8fc",
                "SubnetId": pools.random.choice(pools.subnets),
                "ComputerName": f"WSAMZN-{pools.letters(8)}",
                "WorkspaceProperties": {
                    "RunningMode": "AUTO_STOP",
                    "RootVolumeSizeGib": 80,
                    "UserVolumeSizeGib": 10,
                    "ComputeTypeName": "VALUE",
                    "Protocols": ["WSP"],
                    "OperatingSystemName": "WINDOWS_SERVER_2022",
                },
                "ModificationStates": [],
                "ConnectionState": pools.random.choice(("CONNECTED", "DISCONNECTED")),
                "ConnectionStateCheckTimestamp": iso(START - pools.random.random() * 600, 3),
            }
        )


def trusted_advisor(pools: Pools, count: int) -> Iterator[bytes]:
    """That many flagged resources, as the log_puller writes them."""
    check = {
        "id": "Pfx0RwqBli",
        "name": "Amazon S3 Bucket Permissions",
        "category": "security",
        "metadata": ["Region", "Bucket Name", "ACL Allows List", "Status"],
    }
    summary = {"resourcesProcessed": 900, "resourcesFlagged": 60, "resourcesIgnored": 0}
    for n in range(count):
        flagged = {
            "status": pools.random.choice(("error", "warning")),
            "region": REGION,
            "resourceId": pools.letters(44),
            "isSuppressed": False,
            "metadata": [REGION, pools.random.choice(pools.buckets), "Yes", "Red"],
            "number": n + 1,
        }
        result = {
            "checkId": "Pfx0RwqBli",
            "timestamp": iso(START - 3_600),
            "status": "error",
            "resourcesSummary": summary,
            "flaggedResource": flagged,
        }
        head = {"time": iso(START), "account": ACCOUNT, "region": REGION}
        yield orjson.dumps({**head, "check": check, "result": result, "refreshable": True})


def index_metrics(pools: Pools, count: int) -> Iterator[bytes]:
    """Our own metrics of indices and of sources of logs."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment, name = START + n * SECONDS / count, pick(LOG_TYPES)
        common = {"time": iso(moment, 3), "account": ACCOUNT, "region": REGION}
        common |= {"cluster": "aes-siem"}
        last = iso(moment - number(10, 900), 3)
        if n % 2:
            source = {
                "log_type": name,
                "account": ACCOUNT,
                "region": REGION,
                "documents": number(0, 99_999),
                "first_seen": "2026-08-02T09:14:22.000Z",
                "last_seen": last,
                "quiet_seconds": number(10, 900),
                "expected_seconds": 5_400,
                "limit_seconds": 14_400,
                "silent": False,
            }
            yield orjson.dumps(common | {"kind": "source", "source": source})
            continue
        index = {
            "name": f"log-aws-{name}-2026-{number(1, 11):02}",
            "log_type": name,
            "status": "open",
            "health": "green",
            "created": "2026-11-01T00:02:11.120Z",
            "documents": number(1, 10**8),
            "bytes": number(10**6, 10**11),
            "primary_bytes": number(10**6, 10**11),
            "shards": 2,
            "segments": number(1, 90),
            "fields": number(60, 390),
            "field_limit": 1_000,
            "field_usage": number(60, 390) / 10,
            "oldest": "2026-11-01T00:00:04.000Z",
            "newest": last,
            "ingest_rate": number(1, 90_000) / 1_000,
            "lag_seconds": number(1, 900_000) / 1_000,
        }
        yield orjson.dumps(common | {"kind": "index", "index": index})
