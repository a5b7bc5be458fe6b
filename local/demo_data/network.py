"""VPC flow logs and Route 53 Resolver query logs.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
"""

from local.demo_data.scene import HOSTS, INTRUDER, VPC, LogObject, Scene, gzipped, iso, json_lines

COLUMNS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status"
)
PORTS = [443, 443, 443, 80, 22, 3389, 53, 5432]
HOST_V6 = "2001:db8:1::10"
NAMES = ["api.example.com.", "www.example.org.", "updates.example.net.", "beacon.bad.example."]


def vpc_flow(scene: Scene) -> list[LogObject]:
    """Return two files of 100 flows in the default format; a NODATA line ends each."""
    made = []
    for _ in range(2):
        lines = [COLUMNS]
        for time in scene.times(100):
            start = int(time.timestamp())
            inside, outside = scene.chance.choice(list(HOSTS)), scene.address()
            if ":" in outside:
                inside = HOST_V6
            port = scene.chance.choice(PORTS)
            rejected = outside == INTRUDER or port in (22, 3389)
            packets = scene.chance.randrange(1, 200)
            lines.append(
                f"2 {scene.account} eni-0a1b2c3d4e5f60718 {outside} {inside} "
                f"{scene.chance.randrange(1024, 65536)} {port} {17 if port == 53 else 6} {packets} "
                f"{packets * scene.chance.randrange(40, 1500)} {start} {start + 60} "
                f"{'REJECT' if rejected else 'ACCEPT'} OK"
            )
        lines.append(
            f"2 {scene.account} eni-0a1b2c3d4e5f60718 - - - - - - - {start} {start + 60} - NODATA"
        )
        name = (
            f"{scene.account}_vpcflowlogs_{scene.region}_fl-{scene.letters(17)}_"
            f"{scene.stamp()}_{scene.letters(8)}.log.gz"
        )
        body = gzipped(("\n".join(lines) + "\n").encode())
        made.append(LogObject("vpc_flow", scene.prefix("vpcflowlogs") + name, body, len(lines) - 1))
    return made


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
