"""What hosts write of those who enter them, and what protects them of those who attack.

https://www.rfc-editor.org/rfc/rfc3164#section-4
https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4624
https://help.deepsecurity.trendmicro.com/20_0/on-premise/event-syslog-message-formats.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from bench.corpora.pools import START, Pools
from bench.corpora.sessions import SID, windows_event

SECONDS = 300
LOGINS = (
    "sshd[{0}]: Accepted publickey for {1} from {2} port {3} ssh2: ED25519 SHA256:0a1b2c3d4e5f",
    "sshd[{0}]: Failed password for invalid user {1} from {2} port {3} ssh2",
    "sshd[{0}]: Failed password for root from {2} port {3} ssh2",
    "sshd[{0}]: Invalid user {1} from {2} port {3}",
    "sshd[{0}]: Connection closed by authenticating user root {2} port {3} [preauth]",
    "sshd[{0}]: pam_unix(sshd:session): session opened for user {1}(uid=1000) by (uid=0)",
    "sshd[{0}]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
    "rhost={2}",
    "sudo[{0}]: {1} : TTY=pts/0 ; PWD=/home/{1} ; USER=root ; "
    "COMMAND=/usr/bin/systemctl restart nginx",
    "systemd-logind[801]: New session {0} of user {1}.",
    "CROND[{0}]: pam_unix(crond:session): session closed for user root",
)
AGENT = "CEF:0|Trend Micro|Deep Security Agent|20.0.1.9400|"
ATTACKS = (
    "4000000|Eicar_test_file|6|cn1={0} cn1Label=Host ID dvchost={4} cn2=205 cn2Label=Quarantine "
    "File Size filePath=C:\\Users\\{1}\\Desktop\\{0}.exe act=Delete result=Success msg=Realtime "
    "TrendMicroDsFileMD5=44D88612FEA8A8F36DE82E1278ABB02F "
    "TrendMicroDsFileSHA1=3395856CE81F2B7382DEE72602F798B642F14140",
    "1001111|Test Intrusion Prevention Rule|3|cn1={0} cn1Label=Host ID dvchost={4} "
    "dmac=00:50:56:F5:7F:47 smac=00:0C:29:EB:35:DE TrendMicroDsFrameType=IP src={2} dst={5} in=880 "
    "proto=TCP spt={3} dpt=443 cs2=0x00 ACK PSH cs2Label=TCP Flags cnt=1 act=IDS:Reset cn3=10 "
    "cn3Label=Intrusion Prevention Packet Position cs5=10 cs5Label=Intrusion Prevention Stream "
    "Position cs6=8 cs6Label=Intrusion Prevention Flags deviceDirection=0",
    "20|Log for TCP Port 80|0|cn1={0} cn1Label=Host ID dvchost={4} act=Log dmac=00:50:56:F5:7F:47 "
    "smac=00:0C:29:EB:35:DE TrendMicroDsFrameType=IP src={5} dst={2} out=1019 cs3=DF MF "
    "cs3Label=Fragmentation Bits proto=TCP spt={3} dpt=80 cs2=0x00 ACK PSH cs2Label=TCP Flags "
    "cnt=1",
    "2002779|Microsoft Windows - System file modified|8|cn1={0} cn1Label=Host ID dvchost={4} "
    "act=updated filePath=c:\\windows\\system32\\drivers\\etc\\hosts suser={1} "
    "sproc=C:\\Windows\\System32\\notepad.exe msg=lastModified,sha1,size",
    "5000000|WebReputation|5|cn1={0} cn1Label=Host ID dvchost={4} "
    "request=http://bad.example/file?a\\={0} msg=Blocked By Admin",
)
LOGON_TYPES = ("3", "3", "3", "2", "10", "5")


def linux_secure(pools: Pools, count: int) -> Iterator[bytes]:
    """Lines of /var/log/secure."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = datetime.fromtimestamp(START + n * SECONDS / count, UTC)
        text = pick(LOGINS).format(
            number(1_000, 60_000), pick(pools.users), pools.external(), number(1_024, 65_535)
        )
        yield f"{moment:%b %d %H:%M:%S} ip-10-0-1-{number(1, 200)} {text}".encode()


def deep_security(pools: Pools, count: int) -> Iterator[bytes]:
    """Events of the agents of Deep Security, through syslog."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = datetime.fromtimestamp(START + n * SECONDS / count, UTC)
        host = f"web-{number(1, 200)}"
        text = pick(ATTACKS).format(
            *(number(1, 9_999), pick(pools.users), pools.external(), number(1_024, 65_535)),
            *(f"{host}.example.com", pools.internal()),
        )
        yield f"<134>{moment:%b %d %H:%M:%S} {host} {AGENT}{text}".encode()


def windows_security(pools: Pools, count: int) -> Iterator[bytes]:
    """Logons and processes that start, of the servers of a domain."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        user, refused = pick(pools.users), n % 10 == 0
        host = f"srv-{number(1, 400)}.corp.example.com"
        subject = {
            "SubjectUserSid": f"{SID}-{number(1_000, 9_999)}",
            "SubjectUserName": user,
            "SubjectDomainName": "CORP",
            "SubjectLogonId": f"0x{pools.hex(7)}",
        }
        if n % 3 == 0 and not refused:
            data = subject | {
                "NewProcessId": f"0x{pools.hex(3)}",
                "NewProcessName": rf"C:\Program Files\App {number(1, 300)}\run.exe",
                "TokenElevationType": "%%1936",
                "ProcessId": f"0x{pools.hex(3)}",
                "CommandLine": rf"run.exe --job {number(1, 99_999)}",
                "TargetUserSid": "S-1-0-0",
                "TargetUserName": "-",
                "ParentProcessName": r"C:\Windows\System32\services.exe",
            }
            yield windows_event(n, count, "4688", host, data, False)
            continue
        data = subject | {
            "TargetUserSid": f"{SID}-{number(1_000, 9_999)}",
            "TargetUserName": user,
            "TargetDomainName": "CORP",
            "TargetLogonId": f"0x{pools.hex(7)}",
            "LogonType": pick(LOGON_TYPES),
            "LogonProcessName": "Kerberos",
            "AuthenticationPackageName": "Kerberos",
            "WorkstationName": "-",
            "LogonGuid": f"{{{pools.uuid()}}}",
            "KeyLength": "0",
            "ProcessId": "0x0",
            "ProcessName": "-",
            "IpAddress": pools.external() if refused else pools.internal(),
            "IpPort": str(number(1_024, 65_535)),
        }
        if refused:
            data |= {"Status": "0xc000006d", "SubStatus": "0xc000006a", "FailureReason": "%%2313"}
        yield windows_event(n, count, "4625" if refused else "4624", host, data, refused)
