"""Hosts whose logs come through CloudWatch Logs and Firehose: gzip members one after the other.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
"""

import json
from datetime import datetime

from local.demo_data.scene import HOSTS, INTRUDER, USERS, LogObject, Scene, gzipped, iso

XML_NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
# Event id: task, keywords (audit success or failure).
LOGONS = {4624: (12544, "0x8020000000000000"), 4625: (12544, "0x8010000000000000")}


def linux_secure(scene: Scene) -> list[LogObject]:
    """Return one object of 60 lines of /var/log/secure in 3 envelopes, after a control message."""
    times = scene.times(60)
    members = [_envelope(scene, "CONTROL_MESSAGE", "", "", [(times[0], "CWL CONTROL MESSAGE")])]
    for start in range(0, len(times), 20):
        host = scene.chance.choice(list(HOSTS))
        lines = [(time, _ssh_line(scene, time, host)) for time in times[start : start + 20]]
        members.append(_envelope(scene, "DATA_MESSAGE", "/ec2/linux/secure", HOSTS[host], lines))
    name = scene.firehose_name("siem-linux-secure-cwl-to-s3")
    key = scene.prefix("EC2/Linux/Secure", "%Y/%m/%d/%H") + name
    return [LogObject("linux_secure", key, b"".join(members), len(times))]


def windows_event(scene: Scene) -> list[LogObject]:
    """Return one object of 40 logons of the Security log, as XML, in 2 envelopes."""
    times = scene.times(40)
    members = []
    for start in range(0, len(times), 20):
        host = scene.chance.choice(list(HOSTS))
        events = [
            (time, _logon_xml(scene, time, start + number))
            for number, time in enumerate(times[start : start + 20])
        ]
        members.append(_envelope(scene, "DATA_MESSAGE", "/ec2/windows/event", HOSTS[host], events))
    name = scene.firehose_name("siem-windows-event-cwl-to-s3")
    key = scene.prefix("EC2/Windows/Event", "%Y/%m/%d/%H") + name
    return [LogObject("windows_event", key, b"".join(members), len(times))]


def _envelope(
    scene: Scene, kind: str, group: str, stream: str, messages: list[tuple[datetime, str]]
) -> bytes:
    control = kind == "CONTROL_MESSAGE"
    envelope = {
        "messageType": kind,
        "owner": "CloudwatchLogs" if control else scene.account,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [] if control else ["siem"],
        "logEvents": [
            {
                "id": "" if control else scene.letters(56, "0123456789"),
                "timestamp": int(time.timestamp() * 1000),
                "message": message,
            }
            for time, message in messages
        ],
    }
    return gzipped(json.dumps(envelope).encode())


def _ssh_line(scene: Scene, time: datetime, host: str) -> str:
    address = scene.address()
    user = scene.chance.choice(USERS)
    if address == INTRUDER or scene.chance.random() < 0.3:
        said = f"Failed password for invalid user admin from {address} port 50022 ssh2"
    else:
        said = f"Accepted publickey for {user} from {address} port 50022 ssh2: RSA SHA256:example"
    stamp = f"{time:%b} {time.day:2} {time:%H:%M:%S}"
    return f"{stamp} ip-{host.replace('.', '-')} sshd[{scene.chance.randrange(2000, 9000)}]: {said}"


def _logon_xml(scene: Scene, time: datetime, number: int) -> str:
    address = scene.address()
    event_id = 4625 if address == INTRUDER or scene.chance.random() < 0.2 else 4624
    task, keywords = LOGONS[event_id]
    data = {
        "SubjectUserSid": "S-1-0-0",
        "SubjectUserName": "-",
        "TargetUserSid": "S-1-0-0",
        "TargetUserName": scene.chance.choice([*USERS, "Administrator"]),
        "TargetDomainName": "EXAMPLE",
        "LogonType": "10",
        "LogonProcessName": "User32 ",
        "AuthenticationPackageName": "Negotiate",
        "WorkstationName": "WIN-EXAMPLE",
        "IpAddress": address,
        "IpPort": str(scene.chance.randrange(1024, 65536)),
    }
    if event_id == 4625:
        data |= {"Status": "0xc000006d", "SubStatus": "0xc000006a", "FailureReason": "%%2313"}
    fields = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    return (
        f"<Event xmlns='{XML_NAMESPACE}'><System>"
        "<Provider Name='Microsoft-Windows-Security-Auditing' "
        "Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>"
        f"<EventID>{event_id}</EventID><Version>2</Version><Level>0</Level><Task>{task}</Task>"
        f"<Opcode>0</Opcode><Keywords>{keywords}</Keywords>"
        f"<TimeCreated SystemTime='{iso(time, 'microseconds')}'/>"
        f"<EventRecordID>{100000 + number}</EventRecordID><Correlation/>"
        "<Execution ProcessID='716' ThreadID='804'/><Channel>Security</Channel>"
        "<Computer>win-example.example.com</Computer><Security/></System>"
        f"<EventData>{fields}</EventData></Event>"
    )
