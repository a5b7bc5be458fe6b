"""CloudTrail event files.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
from datetime import datetime
from typing import Any

from local.demo_data.scene import (
    HOSTS,
    INTRUDER,
    USER_AGENTS,
    USERS,
    LogObject,
    Scene,
    gzipped,
    iso,
)

# Event source, event name, read only, request parameters.
CALLS: list[tuple[str, str, bool, dict[str, Any] | None]] = [
    ("ec2", "DescribeInstances", True, {"instancesSet": {}, "filterSet": {}}),
    ("s3", "GetBucketPolicy", True, {"bucketName": "example-bucket", "Host": "example-bucket"}),
    ("s3", "PutBucketPublicAccessBlock", False, {"bucketName": "example-bucket"}),
    ("sts", "GetCallerIdentity", True, None),
    ("iam", "CreateAccessKey", False, {"userName": "deploy"}),
    (
        "iam",
        "AttachUserPolicy",
        False,
        {"userName": "bob", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    ("kms", "Decrypt", True, {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
    ("ec2", "StopInstances", False, {"instancesSet": {"items": [{"instanceId": "i-0"}]}}),
    ("ec2", "AuthorizeSecurityGroupIngress", False, {"groupId": "sg-0a1b2c3d4e5f60718"}),
]


def objects(scene: Scene) -> list[LogObject]:
    """Return three files of 50 events: API calls, and the console logins among them."""
    made = []
    for _ in range(3):
        events = [
            _login(scene, time) if scene.chance.random() < 0.2 else _call(scene, time)
            for time in scene.times(50)
        ]
        unique = scene.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        name = f"{scene.account}_CloudTrail_{scene.region}_{scene.stamp()}_{unique}.json.gz"
        body = json.dumps({"Records": events}, separators=(",", ":")).encode()
        made.append(
            LogObject("cloudtrail", scene.prefix("CloudTrail") + name, gzipped(body), len(events))
        )
    return made


def _event(scene: Scene, time: datetime, user: str) -> dict[str, Any]:
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
        "sourceIPAddress": scene.address(),
        "userAgent": scene.chance.choice(USER_AGENTS),
        "eventID": scene.uuid(),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": scene.account,
        "eventCategory": "Management",
    }


def _call(scene: Scene, time: datetime) -> dict[str, Any]:
    service, name, read_only, parameters = scene.chance.choice(CALLS)
    if name == "StopInstances":
        instance = scene.chance.choice(list(HOSTS.values()))
        parameters = {"instancesSet": {"items": [{"instanceId": instance}]}, "force": False}
    event = _event(scene, time, scene.chance.choice(USERS)) | {
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": scene.uuid(),
        "readOnly": read_only,
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }
    if event["sourceIPAddress"] == INTRUDER:
        user = event["userIdentity"]["arn"]
        event["errorCode"] = "AccessDenied"
        event["errorMessage"] = f"User: {user} is not authorized to perform: {service}:{name}"
    return event


def _login(scene: Scene, time: datetime) -> dict[str, Any]:
    event = _event(scene, time, scene.chance.choice(USERS))
    failed = event["sourceIPAddress"] == INTRUDER or scene.chance.random() < 0.2
    event |= {
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn",
        "requestParameters": None,
        "responseElements": {"ConsoleLogin": "Failure" if failed else "Success"},
        "additionalEventData": {
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": "No" if failed else "Yes",
        },
        "readOnly": False,
    }
    if failed:
        event["errorMessage"] = "Failed authentication"
    return event
