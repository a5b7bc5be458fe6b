"""Functions that run, people who connect, and what they do in a directory, on a share, in an HSM.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html
https://docs.aws.amazon.com/cloudhsm/latest/userguide/interpreting-audit-logs.html
https://docs.aws.amazon.com/fsx/latest/WindowsGuide/faa-log-events.html
https://learn.microsoft.com/windows-server/identity/ad-ds/plan/appendix-l--events-to-monitor
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from bench.corpora.pools import START, Pools, iso

SECONDS = 300
NAMESPACE = "xmlns='http://schemas.microsoft.com/win/2004/08/events/event'"
PROVIDER = "Microsoft-Windows-Security-Auditing"
SID = "S-1-5-21-1004336348-1177238915-682003330"
OPCODES = ("CN_LOGIN (0xd)", "CN_LOGOUT (0xe)", "CN_CREATE_USER (0x3)", "CN_CHANGE_PSWD (0x9)")
TEXTS = ("serving /orders/{0}", "order {0} stored", "no such order: {0}", "cache miss for {0}")


def lambda_logs(pools: Pools, count: int) -> Iterator[bytes]:
    """Lines of a function: four of the platform and of itself for each invocation."""
    pick, number = pools.random.choice, pools.random.randint
    request = pools.uuid()
    for n in range(count):
        kind = n % 4
        if kind == 0:
            request = pools.uuid()
            line = f"START RequestId: {request} Version: $LATEST"
        elif kind == 3:
            line = (
                f"REPORT RequestId: {request}\tDuration: {number(1, 90_000) / 100} ms\t"
                f"Billed Duration: {number(1, 900)} ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB"
            )
        else:
            text = pick(TEXTS).format(number(1, 99_999))
            line = f"{iso(START + n * SECONDS / count, 3)}\t{request}\tINFO\t{text}"
        yield line.encode()


def clientvpn(pools: Pools, count: int) -> Iterator[bytes]:
    """Attempts and ends of connections to a VPN."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = iso(START + n * SECONDS / count)[:19].replace("T", " ")
        ended, user = n % 2 == 1, pick(pools.users)
        yield orjson.dumps(
            {
                "connection-log-type": "connection-reset" if ended else "connection-attempt",
                "connection-attempt-status": "NA" if ended else pick(("successful", "failed")),
                "connection-reset-status": "NA",
                "connection-attempt-failure-reason": "NA",
                "connection-id": f"cvpn-connection-{pools.hex(17)}",
                "client-vpn-endpoint-id": "cvpn-endpoint-0aaa111bbb222ccc3",
                "transport-protocol": "udp",
                "connection-start-time": moment,
                "connection-last-update-time": moment,
                "client-ip": pools.internal(),
                "common-name": f"{user}.example.com",
                "device-type": pick(("mac", "win", "linux")),
                "device-ip": pools.external(),
                "port": str(number(1_024, 65_535)),
                "ingress-bytes": str(number(0, 10**7)),
                "egress-bytes": str(number(0, 10**7)),
                "ingress-packets": str(number(0, 10**5)),
                "egress-packets": str(number(0, 10**5)),
                "connection-end-time": moment if ended else "NA",
                "connection-duration-seconds": str(number(1, 30_000)) if ended else "NA",
                "username": user,
            }
        )


def cloudhsm(pools: Pools, count: int) -> Iterator[bytes]:
    """Commands of users in an HSM, ten lines each."""
    pick = pools.random.choice
    for n in range(count):
        moment = datetime.fromtimestamp(START + n * SECONDS / count, UTC)
        microseconds = int(moment.timestamp() * 1e6)
        response = pick(("0:HSM Return: SUCCESS", "0:HSM Return: SUCCESS", "163:HSM Error: failed"))
        event = (
            f"Time: {moment:%m/%d/%y %H:%M:%S.%f}, usecs:{microseconds}\n"
            f"Sequence No : 0x{n:x}\nReboot counter : 0xe8\n"
            f"Command Type(hex) : CN_MGMT_CMD (0x0)\nOpcode : {pick(OPCODES)}\n"
            f"Session Handle : 0x{pools.hex(7)}\nResponse : {response}\n"
            f"Log type : MGMT_USER_DETAILS_LOG (2)\nUser Name : {pick(pools.users)}\n"
            f"User Type : CN_CRYPTO_USER (1)"
        )
        yield event.encode()


def directory_service(pools: Pools, count: int) -> Iterator[bytes]:
    """Kerberos tickets that domain controllers give and refuse."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        refused = n % 5 == 0
        data = {
            "TargetUserName": pick(pools.users),
            "TargetDomainName": "CORP.EXAMPLE.COM",
            "TargetSid": f"{SID}-{number(1_000, 9_999)}",
            "ServiceName": "krbtgt",
            "ServiceSid": f"{SID}-502",
            "TicketOptions": "0x40810010",
            "Status": "0x18" if refused else "0x0",
            "TicketEncryptionType": "0x12",
            "PreAuthType": "2",
            "IpAddress": f"::ffff:{pools.internal()}",
            "IpPort": str(number(1_024, 65_535)),
            "CertIssuerName": "",
            "CertSerialNumber": "",
            "CertThumbprint": "",
        }
        host = f"dc{number(1, 2)}.corp.example.com"
        yield windows_event(n, count, "4771" if refused else "4768", host, data, refused)


def fsx_windows(pools: Pools, count: int) -> Iterator[bytes]:
    """Access to files on a share."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        data = {
            "SubjectUserSid": f"{SID}-{number(1_000, 9_999)}",
            "SubjectUserName": pick(pools.users),
            "SubjectDomainName": "CORP",
            "SubjectLogonId": f"0x{pools.hex(7)}",
            "ObjectServer": "Security",
            "ObjectType": "File",
            "ObjectName": rf"\Device\HarddiskVolume13\share\reports\{number(1, 9_999)}.xlsx",
            "HandleId": f"0x{pools.hex(4)}",
            "AccessList": pick(("%%4416", "%%4417", "%%1537", "%%4423")),
            "AccessMask": "0x1",
            "ProcessId": "0x4",
            "ProcessName": "",
            "ResourceAttributes": "S:AI",
        }
        yield windows_event(n, count, "4663", "amznfsxjgnfqf2v.corp.example.com", data, n % 20 == 0)


def windows_event(
    n: int, count: int, code: str, host: str, data: dict[str, str], refused: bool
) -> bytes:
    """A security event of Windows."""
    pairs = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    keywords = "0x8010000000000000" if refused else "0x8020000000000000"
    return (
        f"<Event {NAMESPACE}><System><Provider Name='{PROVIDER}' "
        "Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>"
        f"<EventID>{code}</EventID><Version>1</Version><Level>0</Level><Task>12800</Task>"
        f"<Opcode>0</Opcode><Keywords>{keywords}</Keywords>"
        f"<TimeCreated SystemTime='{iso(START + n * SECONDS / count, 6)}'/>"
        f"<EventRecordID>{n}</EventRecordID><Correlation/><Execution ProcessID='4' "
        f"ThreadID='6832'/><Channel>Security</Channel><Computer>{host}</Computer><Security/>"
        f"</System><EventData>{pairs}</EventData></Event>"
    ).encode()
