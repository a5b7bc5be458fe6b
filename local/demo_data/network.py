"""VPC flow logs and Route 53 Resolver query logs.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
"""

from datetime import datetime

from local.demo_data.scene import HOSTS, INTRUDER, VPC, LogObject, Scene, gzipped, iso, json_lines

COLUMNS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status"
)
PORTS = [443, 443, 443, 80, 22, 3389, 53, 5432]
INTERFACE = "eni-0a1b2c3d4e5f60718"
HOST_V6 = "2001:db8:1::10"
NAMES = ["api.example.com.", "www.example.org.", "updates.example.net.", "beacon.bad.example."]


def vpc_flow(scene: Scene) -> list[LogObject]:
    """Return two files of 100 flows in the default format; a NODATA line ends each."""
    made = []
    for _ in range(2):
        lines = []
        times = scene.times(100)
        for time in times:
            inside, outside = scene.chance.choice(list(HOSTS)), scene.address()
            if ":" in outside:
                inside = HOST_V6
            port = scene.chance.choice(PORTS)
            rejected = outside == INTRUDER or port in (22, 3389)
            packets = scene.chance.randrange(1, 200)
            size = packets * scene.chance.randrange(40, 1500)
            ports = scene.chance.randrange(1024, 65536), port
            lines.append(flow(scene, time, (outside, inside), ports, (packets, size), rejected))
        start = int(times[-1].timestamp())
        lines.append(f"2 {scene.account} {INTERFACE} - - - - - - - {start} {start + 60} - NODATA")
        made.append(flow_file(scene, lines))
    return made


def flow(
    scene: Scene,
    time: datetime,
    addresses: tuple[str, str],
    ports: tuple[int, int],
    packets_and_bytes: tuple[int, int],
    rejected: bool,
) -> str:
    """Return the line of a flow of a minute; addresses and ports are source and destination."""
    start, (packets, size) = int(time.timestamp()), packets_and_bytes
    return (
        f"2 {scene.account} {INTERFACE} {' '.join(addresses)} {ports[0]} {ports[1]} "
        f"{17 if 53 in ports else 6} {packets} {size} {start} {start + 60} "
        f"{'REJECT' if rejected else 'ACCEPT'} OK"
    )


def flow_file(scene: Scene, lines: list[str]) -> LogObject:
    """Return the file with these lines below the header."""
    name = (
        f"{scene.account}_vpcflowlogs_{scene.region}_fl-{scene.letters(17)}_"
        f"{scene.stamp()}_{scene.letters(8)}.log.gz"
    )
    body = gzipped(("\n".join([COLUMNS, *lines]) + "\n").encode())
    return LogObject("vpc_flow", scene.prefix("vpcflowlogs") + name, body, len(lines))


def route53_resolver(scene: Scene) -> list[LogObject]:
    """Return one file of 40 queries."""
    records = []
    for time in scene.times(40):
        host = scene.chance.choice(list(HOSTS))
        name = scene.chance.choice(NAMES)
        bad = name.startswith("beacon.")
        answer = INTRUDER if bad else scene.address()
        kind = "AAAA" if ":" in answer else "A"
        records.append(
            {
                "version": "1.100000",
                "account_id": scene.account,
                "region": scene.region,
                "vpc_id": VPC,
                "query_timestamp": iso(time),
                "query_name": name,
                "query_type": kind,
                "query_class": "IN",
                "rcode": "NOERROR",
                "answers": [{"Rdata": answer, "Type": kind, "Class": "IN"}],
                "srcaddr": host,
                "srcport": str(scene.chance.randrange(1024, 65536)),
                "transport": "UDP",
                "srcids": {"instance": HOSTS[host]},
            }
        )
    name = f"{scene.account}_vpcdnsquerylogs_{VPC}_{scene.stamp()}_{scene.letters(8)}.log.gz"
    key = f"AWSLogs/{scene.account}/vpcdnsquerylogs/{VPC}/{scene.now:%Y/%m/%d}/{name}"
    return [LogObject("route53_resolver", key, gzipped(json_lines(records)), len(records))]
