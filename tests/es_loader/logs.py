"""Records of the log types as their services write them, numbered."""

import json
from typing import Any

MS = 1_795_546_800_000  # 2026-11-24T19:00:00Z


def trail(number: int, **more: Any) -> dict[str, Any]:
    """A CloudTrail event without an eventID: two of the same number are two documents."""
    return {
        "eventVersion": "1.11",
        "eventTime": f"2026-11-24T19:{number // 60 % 60:02}:{number % 60:02}Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": f"192.0.2.{number % 250}",
        "userAgent": "aws-cli/2.22.7",
        "requestParameters": {"bucketName": "example-bucket", "key": f"key-{number}"},
        "recipientAccountId": "111122223333",
        **more,
    }


def records(*events: Any) -> bytes:
    """A CloudTrail object."""
    return json.dumps({"Records": events}, ensure_ascii=False, separators=(",", ":")).encode()


def waf(number: int, **more: Any) -> dict[str, Any]:
    """A record of AWS WAF."""
    return {
        "timestamp": MS + number,
        "formatVersion": 1,
        "webaclId": "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/1a2b",
        "terminatingRuleId": "Default_Action",
        "action": "ALLOW",
        "httpRequest": {"clientIp": "203.0.113.47", "uri": f"/{number}", "httpMethod": "GET"},
        **more,
    }


def json_lines(*values: Any) -> bytes:
    """JSON, one a line; bytes and texts stand for themselves."""
    lines = [
        value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        for value in values
    ]
    return b"\n".join([*lines, b""])


FLOW_HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
    " end action log-status"
)


def flow(number: int) -> str:
    """A line of a VPC flow log, version 2."""
    return (
        f"2 111122223333 eni-0a1b2c3d 192.0.2.{number % 250} 198.51.100.7 {1024 + number} 443 6 10"
        f" 8400 {MS // 1000 + number} {MS // 1000 + number + 60} ACCEPT OK"
    )


def text_lines(*lines: str) -> bytes:
    """Lines of text."""
    return "".join(f"{line}\n" for line in lines).encode()


def alb(
    request: str = "GET https://shop.example.com:443/a?b=c HTTP/1.1",
    agent: str = "curl/8.5.0",
    more: str = "",
) -> str:
    """A line of an Application Load Balancer's access log."""
    group = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/73e2d6bc24d8a067"
    return (
        "h2 2026-11-24T19:00:34.477000Z app/shop/50dc6c495c0c9188 203.0.113.5:50535 10.0.1.14:8080"
        f' 0.000 0.087 0.000 200 200 198 39048 "{request}" "{agent}"'
        f' TLS_AES_128_GCM_SHA256 TLSv1.3 {group} "Root=1-3938b9d5-8aea0705e56eb1faedf21080"'
        ' "shop.example.com" "-" 1 2026-11-24T19:00:34.390000Z "forward" "-" "-" "10.0.1.14:8080"'
        f' "200" "-" "-"{more}'
    )


def secure(number: int) -> str:
    """A line of /var/log/secure."""
    return (
        f"Nov 24 19:{number // 60 % 60:02}:{number % 60:02} web-1 sshd[{2000 + number}]:"
        f" Failed password for root from 192.0.2.9 port {40000 + number} ssh2"
    )


def windows_event(number: int) -> str:
    """A Windows event as XML."""
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4625</EventID>"
        f"<TimeCreated SystemTime='2026-11-24T19:50:00.{number:07}00Z'/>"
        f"<EventRecordID>{number}</EventRecordID><Channel>Security</Channel>"
        "<Computer>dc-1.corp.example.com</Computer></System>"
        f"<EventData><Data Name='TargetUserName'>user-{number}</Data></EventData></Event>"
    )


def cloudwatch(log_group: str, *messages: Any, **more: Any) -> bytes:
    """An envelope of CloudWatch Logs."""
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": log_group,
        "logStream": "web-1",
        "subscriptionFilters": ["siem"],
        "logEvents": [
            {"id": str(number), "timestamp": MS + number, "message": message}
            for number, message in enumerate(messages)
        ],
        **more,
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def eventbridge(source: str, detail_type: str, detail: Any) -> dict[str, Any]:
    """An event of EventBridge."""
    return {
        "version": "0",
        "id": "0a1b2c3d-1111-2222-3333-444455556666",
        "detail-type": detail_type,
        "source": source,
        "account": "111122223333",
        "time": "2026-11-24T19:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }


def finding(number: int, severity: float) -> dict[str, Any]:
    """A GuardDuty finding."""
    return {
        "schemaVersion": "2.0",
        "accountId": "111122223333",
        "region": "us-east-1",
        "id": f"{number:032x}",
        "type": "AttackSequence:IAM/CompromisedCredentials",
        "resource": {"resourceType": "AttackSequence"},
        "service": {
            "serviceName": "guardduty",
            "eventFirstSeen": "2026-11-24T19:03:03Z",
            "eventLastSeen": "2026-11-24T19:03:03Z",
        },
        "severity": severity,
        "createdAt": "2026-11-24T19:03:03.799Z",
        "updatedAt": "2026-11-24T19:03:03.799Z",
        "title": "Credentials were used in a sequence of actions that look like an attack.",
    }
