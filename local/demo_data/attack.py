"""An attack with a leaked access key, in the logs of an hour, among all that is as usual.

Minutes before now:

    52  the key of the user deploy is used from an address of another country, and tries what it can
    45  it makes a user with a console password, all rights and an access key of its own
    41  that user signs in to the console without MFA
    37  SSH and a database are opened to the internet
    35  the hosts are scanned: all ports refuse but the two
    28  a bucket with records of customers is downloaded
    24  one host sends what it has
    12  the trail is stopped and flow logs are deleted
"""

from typing import Any

from local.demo_data import cloudtrail, findings, network, web
from local.demo_data.scene import HOSTS, INTRUDER, LogObject, Scene

VICTIM, MADE = "deploy", "backup-sync"
LEAKED, SECOND = "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"
BUCKET = "customer-records"
SSH_HOST, DATABASE_HOST = "10.0.1.12", "10.0.1.14"
OPENED = {SSH_HOST: 22, DATABASE_HOST: 5432}
SCANNED = (21, 22, 23, 25, 80, 110, 135, 443, 445, 1433, 3306, 3389, 5432, 5900, 6379, 8080, 9200)
TOOL = "aws-cli/2.22.7 md/awscrt#0.22.0 ua/2.0 os/linux#6.11.2-amd64 lang/python#3.12.6"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
DOWNLOADS = 40

# Minutes before now, user, action, whether it is refused, request parameters, response.
Call = tuple[float, str, str, bool, dict[str, Any] | None, dict[str, Any] | None]
TRIED = [
    "sts:GetCallerIdentity",
    "iam:ListUsers!",
    "iam:ListRoles!",
    "iam:GetAccountAuthorizationDetails!",
    "s3:ListBuckets",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "secretsmanager:ListSecrets!",
    "ssm:DescribeParameters!",
    "kms:ListKeys!",
    "rds:DescribeDBInstances!",
    "lambda:ListFunctions!",
    "cloudtrail:DescribeTrails",
    "organizations:DescribeOrganization!",
]
POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"

# Minutes before now, user, action, type, severity and title of the findings about it.
FOUND: list[tuple[float, str, str, str, float, str]] = [
    (
        *(50, VICTIM, "iam:ListUsers", "Discovery:IAMUser/AnomalousBehavior", 2),
        "The user {} calls APIs that are unusual for it.",
    ),
    (
        *(43, VICTIM, "iam:CreateUser", "Persistence:IAMUser/AnomalousBehavior", 5),
        "The user {} made a user with all rights, which is unusual for it.",
    ),
    (
        *(40, MADE, "signin:ConsoleLogin", "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B", 5),
        "The user {} signed in to the console from another country.",
    ),
    (
        *(25, MADE, "s3:GetObject", "Exfiltration:S3/AnomalousBehavior", 8),
        "The user {} reads objects of S3 in an unusual way.",
    ),
    (
        *(10, MADE, "cloudtrail:StopLogging", "Stealth:IAMUser/CloudTrailLoggingDisabled", 8),
        "The user {} stopped a trail of CloudTrail.",
    ),
]


def objects(scene: Scene) -> list[LogObject]:
    """Return the files of CloudTrail, VPC flow logs, S3 access logs and GuardDuty."""
    return [
        cloudtrail.file(scene, _events(scene)),
        network.flow_file(scene, _flows(scene)),
        web.s3_file(scene, BUCKET, _downloads(scene)),
        findings.guardduty_file(scene, _findings(scene)),
    ]


def _events(scene: Scene) -> list[cloudtrail.Event]:
    calls: list[Call] = [
        (52 - 0.4 * number, VICTIM, tried.rstrip("!"), tried.endswith("!"), None, None)
        for number, tried in enumerate(TRIED)
    ]
    calls += _persistence(scene)
    calls += [(37 - number / 4, MADE, *_opened(port)) for number, port in enumerate((22, 5432))]
    calls.append((29, MADE, "s3:ListObjects", False, {"bucketName": BUCKET}, None))
    trail = {"name": f"arn:aws:cloudtrail:{scene.region}:{scene.account}:trail/all-data-events"}
    flow_logs = {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-0a1b2c3d4e5f6"}}}
    calls.append((12, MADE, "cloudtrail:StopLogging", False, trail, None))
    calls.append((11.5, MADE, "ec2:DeleteFlowLogs", False, flow_logs, None))
    calls.append((11, MADE, "cloudtrail:DeleteTrail", True, trail, None))
    events = [_call(scene, each) for each in calls]
    signed_in = cloudtrail.event(scene, scene.moment(41), MADE, INTRUDER, BROWSER)
    events.append(signed_in | cloudtrail.login(failed=False, with_mfa=False))
    events += [
        _data_event(_call(scene, (minutes, MADE, "s3:GetObject", False, parameters, None)))
        for minutes, name in _names()
        for parameters in [{"bucketName": BUCKET, "key": name}]
    ]
    return sorted(events, key=lambda event: str(event["eventTime"]))


def _persistence(scene: Scene) -> list[Call]:
    user = {"userName": MADE}
    made = {"user": user | {"arn": f"arn:aws:iam::{scene.account}:user/{MADE}"}}
    key = {"accessKey": user | {"accessKeyId": SECOND, "status": "Active"}}
    return [
        (45, VICTIM, "iam:CreateUser", False, user, made),
        (44.5, VICTIM, "iam:CreateLoginProfile", False, user, {"loginProfile": user}),
        (44, VICTIM, "iam:AttachUserPolicy", False, user | {"policyArn": POLICY}, None),
        (43.5, VICTIM, "iam:CreateAccessKey", False, user, key),
    ]


def _opened(port: int) -> tuple[str, bool, dict[str, Any], dict[str, Any]]:
    ranges = {"items": [{"cidrIp": "0.0.0.0/0"}]}
    rule = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": ranges}
    asked = {"groupId": "sg-0a1b2c3d4e5f60718", "ipPermissions": {"items": [rule]}}
    return "ec2:AuthorizeSecurityGroupIngress", False, asked, {"_return": True}


def _call(scene: Scene, call: Call) -> cloudtrail.Event:
    minutes, user, called, is_refused, parameters, response = call
    event = cloudtrail.event(scene, scene.moment(minutes), user, INTRUDER, TOOL)
    event["userIdentity"]["accessKeyId"] = LEAKED if user == VICTIM else SECOND
    action = called.split(":")[1]
    reads = action.startswith(("Get", "List", "Describe"))
    event |= cloudtrail.api_call(scene, called, reads, parameters, response)
    return event | (cloudtrail.refused(event) if is_refused else {})


def _data_event(event: cloudtrail.Event) -> cloudtrail.Event:
    return event | {"managementEvent": False, "eventCategory": "Data"}


def _names() -> list[tuple[float, str]]:
    """Return what is downloaded, and how many minutes before now."""
    return [(28 - number / 5, f"exports/part-{number:04}.parquet") for number in range(DOWNLOADS)]


def _downloads(scene: Scene) -> list[str]:
    lines = []
    for minutes, name in _names():
        time, size = scene.moment(minutes), scene.chance.randrange(80_000_000, 120_000_000)
        lines.append(web.s3_line(scene, time, BUCKET, name, INTRUDER, MADE, TOOL, size))
    return lines


def _flows(scene: Scene) -> list[str]:
    lines = []
    for number, host in enumerate(HOSTS):
        for step, port in enumerate(SCANNED):
            time = scene.moment(35 - number / 2 - step / 40)
            source = scene.chance.randrange(40_000, 60_000)
            answers = OPENED.get(host) == port
            sent = (12, 4_800) if answers else (1, 40)
            addresses = (INTRUDER, host)
            lines.append(network.flow(scene, time, addresses, (source, port), sent, not answers))
    for minute in range(8):
        time, packets = scene.moment(24 - minute), scene.chance.randrange(90_000, 130_000)
        out, port = (SSH_HOST, INTRUDER), scene.chance.randrange(40_000, 60_000)
        lines.append(network.flow(scene, time, out, (22, port), (packets, packets * 1400), False))
    return lines


def _findings(scene: Scene) -> list[findings.Finding]:
    made = []
    for minutes, user, called, kind, severity, title in FOUND:
        said = kind, severity, title.format(user)
        time = scene.moment(minutes)
        made.append(findings.finding(scene, time, said, _key(user), _asked(called)))
    return made


def _key(user: str) -> findings.Finding:
    key = LEAKED if user == VICTIM else SECOND
    details = {"accessKeyId": key, "principalId": f"AIDAEXAMPLE{user.upper()}", "userName": user}
    return {"resourceType": "AccessKey", "accessKeyDetails": details | {"userType": "IAMUser"}}


def _asked(called: str) -> findings.Finding:
    service, action = called.split(":")
    asked = {
        "api": action,
        "serviceName": f"{service}.amazonaws.com",
        "callerType": "Remote IP",
        "remoteIpDetails": findings.remote(),
    }
    return {"actionType": "AWS_API_CALL", "awsApiCallAction": asked}
