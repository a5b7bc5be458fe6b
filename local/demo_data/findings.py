"""Findings: GuardDuty's export to S3, and Security Hub through EventBridge and Firehose.

https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
"""

from datetime import datetime
from typing import Any

from local.demo_data.scene import HOSTS, INTRUDER, VPC, LogObject, Scene, gzipped, iso, json_lines

Finding = dict[str, Any]
DETECTOR = "12abc34d567e8fa901bc2d34e56789f0"

# Finding type, severity, title.
THREATS = [
    ("UnauthorizedAccess:EC2/SSHBruteForce", 5, "SSH brute force attacks against an instance."),
    ("Recon:EC2/PortProbeUnprotectedPort", 2, "An unprotected port is being probed."),
    ("Backdoor:EC2/C&CActivity.B!DNS", 8, "An instance queries a command and control server."),
]
CONTROLS = [
    ("S3.8", "S3 general purpose buckets should block public access", "HIGH", 70),
    ("EC2.13", "Security groups should not allow ingress from 0.0.0.0/0 to port 22", "HIGH", 70),
    ("IAM.5", "MFA should be enabled for all IAM users that have a console password", "MEDIUM", 40),
    ("CloudTrail.1", "CloudTrail should be enabled with a multi-Region trail", "INFORMATIONAL", 0),
]


def guardduty(scene: Scene) -> list[LogObject]:
    """Return one file of 12 findings."""
    return [guardduty_file(scene, [_threat(scene, time) for time in scene.times(12)])]


def guardduty_file(scene: Scene, found: list[Finding]) -> LogObject:
    """Return the file of an export with these findings."""
    key = scene.prefix("GuardDuty") + f"{scene.uuid()}.jsonl.gz"
    return LogObject("guardduty", key, gzipped(json_lines(found)), len(found))


def securityhub(scene: Scene) -> list[LogObject]:
    """Return one file of 16 findings in 8 EventBridge events."""
    times = scene.times(16)
    events = []
    for pair in zip(times[::2], times[1::2], strict=True):
        findings = [_control(scene, time) for time in pair]
        events.append(
            {
                "version": "0",
                "id": scene.uuid(),
                "detail-type": "Security Hub Findings - Imported",
                "source": "aws.securityhub",
                "account": scene.account,
                "time": iso(pair[1]),
                "region": scene.region,
                "resources": [finding["Id"] for finding in findings],
                "detail": {"findings": findings},
            }
        )
    key = scene.prefix("SecurityHub", "%Y/%m/%d/%H") + scene.firehose_name("securityhub-to-s3")
    return [LogObject("securityhub", key, json_lines(events), len(times))]


def _threat(scene: Scene, time: datetime) -> Finding:
    kind, severity, title = scene.chance.choice(THREATS)
    host = scene.chance.choice(list(HOSTS))
    if kind.endswith("DNS"):
        action: Finding = {
            "actionType": "DNS_REQUEST",
            "dnsRequestAction": {
                "domain": "beacon.bad.example",
                "protocol": "UDP",
                "blocked": False,
            },
        }
    else:
        action = {
            "actionType": "NETWORK_CONNECTION",
            "networkConnectionAction": {
                "connectionDirection": "INBOUND",
                "protocol": "TCP",
                "blocked": False,
                "localPortDetails": {"port": 22, "portName": "SSH"},
                "remotePortDetails": {"port": 51022, "portName": "Unknown"},
                "localIpDetails": {"ipAddressV4": host},
                "remoteIpDetails": remote(),
            },
        }
    return finding(
        scene,
        time,
        (kind, severity, f"{title} Instance {HOSTS[host]}."),
        instance(scene, host),
        action,
    )


def finding(
    scene: Scene,
    time: datetime,
    said: tuple[str, float, str],
    resource: Finding,
    action: Finding,
) -> Finding:
    """Return a finding. `said`: type, severity and title."""
    detector, id = DETECTOR, scene.letters(32)
    owner = f"arn:aws:guardduty:{scene.region}:{scene.account}:detector/{detector}"
    return {
        "schemaVersion": "2.0",
        "accountId": scene.account,
        "region": scene.region,
        "partition": "aws",
        "id": id,
        "arn": f"{owner}/finding/{id}",
        "type": said[0],
        "resource": resource,
        "service": {
            "serviceName": "guardduty",
            "detectorId": detector,
            "action": action,
            "resourceRole": "TARGET",
            "additionalInfo": {"value": "{}", "type": "default"},
            "eventFirstSeen": iso(time),
            "eventLastSeen": iso(time),
            "archived": False,
            "count": scene.chance.randrange(1, 30),
        },
        "severity": said[1],
        "createdAt": iso(time, "milliseconds"),
        "updatedAt": iso(time, "milliseconds"),
        "title": said[2],
        "description": f"{said[2]} The remote address is {INTRUDER}.",
    }


def instance(scene: Scene, host: str) -> Finding:
    """Return an instance as the resource of a finding."""
    return {
        "resourceType": "Instance",
        "instanceDetails": {
            "instanceId": HOSTS[host],
            "instanceType": "t3.medium",
            "availabilityZone": f"{scene.region}a",
            "networkInterfaces": [
                {"privateIpAddress": host, "publicIp": "203.0.113.200", "vpcId": VPC}
            ],
            "tags": [{"key": "Name", "value": "shop"}],
        },
    }


def remote() -> Finding:
    """Return the intruder as the other side of an action."""
    return {
        "ipAddressV4": INTRUDER,
        "country": {"countryName": "Norway"},
        "city": {"cityName": "Oslo"},
        "geoLocation": {"lat": 59.9, "lon": 10.8},
        "organization": {"asn": "64497", "asnOrg": "Example Hosting", "isp": "Example Hosting"},
    }


def _control(scene: Scene, time: datetime) -> Finding:
    control, title, severity, normalized = scene.chance.choice(CONTROLS)
    place = f"{scene.region}:{scene.account}"
    moment = iso(time, "milliseconds")
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{place}:security-control/{control}/finding/{scene.uuid()}",
        "ProductArn": f"arn:aws:securityhub:{scene.region}::product/aws/securityhub",
        "ProductName": "Security Hub",
        "CompanyName": "AWS",
        "Region": scene.region,
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": scene.account,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "FirstObservedAt": moment,
        "LastObservedAt": moment,
        "CreatedAt": moment,
        "UpdatedAt": moment,
        "Severity": {"Label": severity, "Normalized": normalized, "Original": severity},
        "Title": title,
        "Description": f"This control checks: {title}.",
        "Resources": [
            {
                "Type": "AwsAccount",
                "Id": f"AWS::::Account:{scene.account}",
                "Partition": "aws",
                "Region": scene.region,
            }
        ],
        "Compliance": {
            "Status": "PASSED" if normalized == 0 else "FAILED",
            "SecurityControlId": control,
        },
        "WorkflowState": "NEW",
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
    }
