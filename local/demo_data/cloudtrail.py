"""CloudTrail event files.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
from datetime import datetime
from typing import Any

from local.demo_data.scene import (
    HOSTS,
    INTRUDER,
    PUBLIC,
    USER_AGENTS,
    USERS,
    VISITORS,
    LogObject,
    Scene,
    gzipped,
    iso,
)

Event = dict[str, Any]

# Service and action, read only, request parameters.
CALLS: list[tuple[str, bool, Event | None]] = [
    ("ec2:DescribeInstances", True, {"instancesSet": {}, "filterSet": {}}),
    ("s3:GetBucketPolicy", True, {"bucketName": "example-bucket", "Host": "example-bucket"}),
    ("s3:PutBucketPublicAccessBlock", False, {"bucketName": "example-bucket"}),
    ("sts:GetCallerIdentity", True, None),
    ("iam:CreateAccessKey", False, {"userName": "deploy"}),
    (
        "iam:AttachUserPolicy",
        False,
        {"userName": "bob", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    ("kms:Decrypt", True, {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
    ("ec2:StopInstances", False, {"instancesSet": {"items": [{"instanceId": "i-0"}]}}),
    ("ec2:AuthorizeSecurityGroupIngress", False, {"groupId": "sg-0f1e2d3c4b5a69788"}),
]


def objects(scene: Scene) -> list[LogObject]:
    """Return three files of 50 events: API calls, and the console logins among them."""
    made = []
    for _ in range(3):
        times = scene.times(50)
        events = [
            _login(scene, time) if scene.chance.random() < 0.2 else _call(scene, time)
            for time in times
        ]
        made.append(file(scene, events))
    return made


def file(scene: Scene, events: list[Event]) -> LogObject:
    """Return the file in which CloudTrail delivers these events."""
    unique = scene.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    name = f"{scene.account}_CloudTrail_{scene.region}_{scene.stamp()}_{unique}.json.gz"
    body = json.dumps({"Records": events}, separators=(",", ":")).encode()
    key = scene.prefix("CloudTrail") + name
    return LogObject("cloudtrail", key, gzipped(body), len(events))


def event(scene: Scene, time: datetime, user: str, address: str, agent: str) -> Event:
    """Return what all events have."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": f"AIDAEXAMPLE{user.upper()}",
            "arn": f"arn:aws:iam::{scene.account}:user/{user}",
            "accountId": scene.account,
            "userName": user,
        },
        "eventTime": iso(time),
        "awsRegion": scene.region,
        "sourceIPAddress": address,
        "userAgent": agent,
        "eventID": scene.uuid(),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": scene.account,
        "eventCategory": "Management",
    }


def api_call(
    scene: Scene, called: str, read_only: bool, parameters: Event | None, response: Event | None
) -> Event:
    """Return what API calls have besides. `called`: `<service>:<action>`, as in IAM policies."""
    service, action = called.split(":")
    return {
        "eventSource": f"{service}.amazonaws.com",
        "eventName": action,
        "requestParameters": parameters,
        "responseElements": response,
        "requestID": scene.uuid(),
        "readOnly": read_only,
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }


def login(failed: bool, with_mfa: bool) -> Event:
    """Return what sign-ins to the console have besides."""
    made: Event = {
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn",
        "requestParameters": None,
        "responseElements": {"ConsoleLogin": "Failure" if failed else "Success"},
        "additionalEventData": {
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": "Yes" if with_mfa else "No",
        },
        "readOnly": False,
    }
    return made | ({"errorMessage": "Failed authentication"} if failed else {})


def _event(scene: Scene, time: datetime, address: str) -> Event:
    user, agent = scene.chance.choice(USERS), scene.chance.choice(USER_AGENTS)
    return event(scene, time, user, address, agent)


def _call(scene: Scene, time: datetime) -> Event:
    called, read_only, parameters = scene.chance.choice(CALLS)
    if called == "ec2:StopInstances":
        instance = scene.chance.choice(list(HOSTS.values()))
        parameters = {"instancesSet": {"items": [{"instanceId": instance}]}, "force": False}
    made = _event(scene, time, scene.chance.choice([*VISITORS, *PUBLIC]))
    made |= api_call(scene, called, read_only, parameters, None)
    if scene.chance.random() < 0.05:
        made |= refused(made)
    return made


def refused(call: Event) -> Event:
    """Return what a call has besides where its policy does not allow it."""
    service = call["eventSource"].split(".")[0]
    user = call["userIdentity"]["arn"]
    text = f"User: {user} is not authorized to perform: {service}:{call['eventName']}"
    return {"errorCode": "AccessDenied", "errorMessage": text}


def _login(scene: Scene, time: datetime) -> Event:
    address = scene.address()
    failed = address == INTRUDER or scene.chance.random() < 0.2
    return _event(scene, time, address) | login(failed, with_mfa=not failed)
