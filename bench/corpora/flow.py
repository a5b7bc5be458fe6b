"""Flow records of VPCs, version 5, all columns.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from collections.abc import Iterator

from bench.corpora.pools import ACCOUNT, REGION, START, Pools

HEADER = (
    b"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    b"end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr "
    b"region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service "
    b"flow-direction traffic-path"
)
SECONDS = 600
ICMP, TCP, UDP = 1, 6, 17
# Port and its share of the flows in percent.
PORTS = {
    443: 50,
    80: 12,
    53: 10,
    22: 4,
    3306: 4,
    5432: 4,
    6379: 3,
    8080: 3,
    123: 3,
    3389: 2,
    445: 2,
}
DATAGRAMS = (53, 123)
TCP_FLAGS = (0, 2, 3, 18, 19)
SERVICES = ("-", "-", "AMAZON", "S3")


def records(pools: Pools, count: int) -> Iterator[bytes]:
    """That many lines, in the order of their times: 55 % with an external peer."""
    random = pools.random
    pick, chance, number = random.choice, random.random, random.randint
    ports = random.choices(list(PORTS), list(PORTS.values()), k=count)
    for n in range(count):
        start = START + n * SECONDS // count
        which = random.randrange(len(pools.interfaces))
        vpc, subnet = pools.vpcs[which % 12], pools.subnets[which % 60]
        front = f"5 {ACCOUNT} {pools.interfaces[which]}"
        if chance() < 0.004:
            nothing = "- - - - - - -"
            back = f"- - - - - {REGION} use1-az4 - - - - - -"
            line = f"{front} {nothing} {start} {start + 59} - NODATA {vpc} {subnet} {back}"
            yield line.encode()
            continue
        near = pools.internal()
        far = pools.external() if chance() < 0.55 else pools.internal()
        source, destination = (near, far) if chance() < 0.5 else (far, near)
        service, client = ports[n], number(1_024, 65_535)
        protocol = UDP if service in DATAGRAMS else TCP
        source_port, destination_port = (client, service) if chance() < 0.5 else (service, client)
        if chance() < 0.01:
            protocol, source_port, destination_port = ICMP, 0, 0
        packets = min(int(random.paretovariate(1.1)), 1_000_000)
        size = packets * number(40, 1_460)
        action = "ACCEPT" if chance() < 0.88 else "REJECT"
        instance = pools.instances[which % 1_500] if which % 3 else "-"
        line = (
            f"{front} {source} {destination} {source_port} {destination_port} {protocol} "
            f"{packets} {size} {start} {start + number(5, 59)} {action} OK {vpc} {subnet} "
            f"{instance} {pick(TCP_FLAGS)} IPv4 {source} {destination} {REGION} "
            f"use1-az{pick((1, 2, 4))} - - {pick(SERVICES)} {pick(SERVICES)} "
            f"{pick(('ingress', 'egress'))} {pick(('-', '1', '8'))}"
        )
        yield line.encode()
