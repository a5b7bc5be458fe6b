"""Requests, connections, flows and queries, as what stands between clients and servers logs them.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
"""

from collections.abc import Iterator
from urllib.parse import quote

import orjson

from bench.corpora.pools import ACCOUNT, REGION, START, Pools, iso

SECONDS = 300
STATUSES = ("200", "200", "200", "200", "200", "304", "403", "404", "502")
METHODS = ("GET", "GET", "GET", "POST", "HEAD")
PLACES = ("NRT57-P1", "NRT57-P3", "IAD66-C1", "FRA60-P2", "SEA19-C2", "GRU1-C1")
RESULTS = ("Hit", "Hit", "Hit", "Miss", "RefreshHit", "Error")
CIPHER = "ECDHE-RSA-AES128-GCM-SHA256"
DISTRIBUTION = "d111111abcdef8.cloudfront.net"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/282718f3-efa6-44e1-b74c-a0eb6d8f887b"
STANDARD_HEAD = (
    b"#Version: 1.0\n"
    b"#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status "
    b"cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id "
    b"x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    b"x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port "
    b"time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    b"sc-range-start sc-range-end\n"
)


def cloudfront_standard(pools: Pools, count: int) -> Iterator[bytes]:
    """Legacy standard logs of a distribution."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = iso(START + n * SECONDS / count)
        result, taken, size = pick(RESULTS), number(1, 900) / 1000, number(300, 90_000)
        columns = (
            *(moment[:10], moment[11:19], pick(PLACES), size, pools.external(), pick(METHODS)),
            *(DISTRIBUTION, pools.path(), pick(STATUSES), "-", quote(pools.user_agent(), "/(),;")),
            *(f"id={number(1, 99_999)}" if n % 3 == 0 else "-", "-", result),
            *(
                f"{pools.letters(52)}==",
                pick(pools.hosts),
                "https",
                number(20, 900),
                f"{taken:.3f}",
            ),
            *("-", "TLSv1.3", "TLS_AES_128_GCM_SHA256", result, "HTTP/2.0", "-", "-"),
            *(number(1_024, 65_535), f"{taken:.3f}", result, "text/html", size - 200, "-", "-"),
        )
        yield "\t".join(map(str, columns)).encode()


def cloudfront_realtime(pools: Pools, count: int) -> Iterator[bytes]:
    """Real-time logs with all fields but those of media players."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        result, taken, size = pick(RESULTS), number(1, 900) / 1000, number(300, 90_000)
        host, agent = pick(pools.hosts), quote(pools.user_agent(), "/(),;")
        columns = (
            *(f"{START + n * SECONDS / count:.3f}", pools.external(), "192.0.2.80"),
            *(f"{taken:.3f}", pick(STATUSES), size, pick(METHODS), "https", DISTRIBUTION),
            *(pools.path(), number(20, 900), pick(PLACES), f"{pools.letters(52)}==", host),
            *(f"{taken:.3f}", "HTTP/2.0", "IPv4", agent, "-", "-"),
            *(f"id={number(1, 99_999)}" if n % 3 == 0 else "-", result, "-", "TLSv1.3"),
            *("TLS_AES_128_GCM_SHA256", result, "-", "-", "text/html", size - 200, "-", "-"),
            *(number(1_024, 65_535), result, pick(("JP", "US", "DE")), "gzip", "*/*", "*"),
            *(f"host:{host}%0Auser-agent:{agent}%0Aaccept:*/*%0A", "host%0Auser-agent%0Aaccept"),
            *(3, "EMLARXS9EXAMPLE", DISTRIBUTION, "-", "-", number(1, 64_000)),
        )
        yield "\t".join(map(str, columns)).encode()


def clb(pools: Pools, count: int) -> Iterator[bytes]:
    """Access logs of a classic load balancer; one in ten is of a TCP listener."""
    pick, chance, number = pools.random.choice, pools.random.random, pools.random.randint
    for n in range(count):
        peers = (
            f"{iso(START + n * SECONDS / count, 6)} my-loadbalancer "
            f"{pools.external()}:{number(1_024, 65_535)} {pools.internal()}:8080 "
            f"{chance() * 0.001:.6f} {chance() * 0.4:.6f} 0.000057 "
        )
        if n % 10 == 0:
            line = f'{peers}- - {number(60, 900)} {number(120, 90_000)} "- - - " "-" - -'
        else:
            status = pick(STATUSES)
            line = (
                f"{peers}{status} {status} {number(0, 900)} {number(120, 90_000)} "
                f'"{pick(METHODS)} https://{pick(pools.hosts)}:443{pools.path()} HTTP/1.1" '
                f'"{pools.user_agent()}" {CIPHER} TLSv1.2'
            )
        yield line.encode()


def nlb(pools: Pools, count: int) -> Iterator[bytes]:
    """TLS connections to a network load balancer; some fail in the handshake."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = START + n * SECONDS / count
        head = (
            f"tls 2.0 {iso(moment)[:19]} net/edge/50dc6c495c0c9188 g3d4b5e8bb8464cd "
            f"{pools.external()}:{number(1_024, 65_535)} {pools.internal()}:443 {number(3, 9_000)} "
        )
        if n % 20 == 0:
            line = f"{head}- 517 7 48 {CERTIFICATE} - - - - - - - - {iso(moment - 1)[:19]}"
        else:
            line = (
                f"{head}{number(1, 40)} {number(98, 9_000)} {number(246, 90_000)} - {CERTIFICATE} "
                f"- {CIPHER} tlsv12 - {pick(pools.hosts)} h2 h2 "
                f'"h2","http/1.1" {iso(moment - 5)[:19]}'
            )
        yield line.encode()


def alb_connection(pools: Pools, count: int) -> Iterator[bytes]:
    """Connections to an application load balancer; a third brings a certificate."""
    pick, chance, number = pools.random.choice, pools.random.random, pools.random.randint
    for n in range(count):
        head = (
            f"{iso(START + n * SECONDS / count, 6)} {pools.external()} {number(1_024, 65_535)} 443 "
            f"TLSv1.2 {CIPHER} {chance():.3f} "
        )
        trace = f"TID_{pools.hex(32)}"
        if n % 3 == 0:
            subject = f"CN={pick(pools.users)},OU=clients,O=Example,L=Seattle,C=US"
            line = (
                f'{head}"{subject}" NotBefore=2026-09-21T22:43:21Z;NotAfter=2027-06-17T22:43:21Z '
                f"{pools.hex(16).upper()} {pick(('Success', 'Failed:ClientCertUntrusted'))} {trace}"
            )
        else:
            line = f'{head}"-" - - Success {trace}'
        yield line.encode()


def tgw_flow(pools: Pools, count: int) -> Iterator[bytes]:
    """Flows through a transit gateway, all columns, without a header."""
    pick, number = pools.random.choice, pools.random.randint
    gateway, attachments = f"tgw-{pools.hex(17)}", [f"tgw-attach-{pools.hex(17)}" for _ in "12345"]
    for n in range(count):
        start = START + n * SECONDS // count
        ends = (pools.internal(), pools.external() if n % 2 else pools.internal())
        columns = (
            *(6, "TransitGateway", ACCOUNT, gateway, pick(attachments), ACCOUNT, ACCOUNT),
            *(pick(pools.vpcs), pick(pools.vpcs), pick(pools.subnets), pick(pools.subnets)),
            *(pick(pools.interfaces), pick(pools.interfaces), "use1-az4", "use1-az1"),
            *(pick(attachments), *ends, number(1_024, 65_535), pick((443, 53, 5432)), 6),
            *(number(1, 900), number(60, 90_000), start, start + 59, "OK", "IPv4", 0, 0, 0, 0, 19),
            *(REGION, pick(("ingress", "egress")), "-", "-"),
        )
        yield " ".join(map(str, columns)).encode()


def route53_public(pools: Pools, count: int) -> Iterator[bytes]:
    """Queries to a public hosted zone."""
    pick = pools.random.choice
    for n in range(count):
        line = (
            f"1.0 {iso(START + n * SECONDS / count, 3)} Z123412341234 {pick(pools.hosts)} "
            f"{pick(('A', 'A', 'AAAA', 'TXT', 'MX'))} {pick(('NOERROR', 'NOERROR', 'NXDOMAIN'))} "
            f"{pick(('UDP', 'UDP', 'TCP'))} {pick(PLACES)} {pools.external()} "
            f"{pick(('-', '198.51.100.0/24'))}"
        )
        yield line.encode()


def route53_resolver(pools: Pools, count: int) -> Iterator[bytes]:
    """Queries from VPCs; one in eight finds nothing."""
    pick = pools.random.choice
    for n in range(count):
        known, address = n % 8 != 0, pools.external()
        answers = [{"Rdata": address, "Type": "A", "Class": "IN"}]
        if n % 3 == 0:
            answers = [{"Rdata": f"{pick(pools.hosts)}.", "Type": "CNAME", "Class": "IN"}, *answers]
        yield orjson.dumps(
            {
                "version": "1.100000",
                "account_id": ACCOUNT,
                "region": REGION,
                "vpc_id": pick(pools.vpcs),
                "query_timestamp": iso(START + n * SECONDS / count),
                "query_name": f"{pick(pools.hosts)}.",
                "query_type": pick(("A", "A", "AAAA")),
                "query_class": "IN",
                "rcode": "NOERROR" if known else "NXDOMAIN",
                "answers": answers if known else [],
                "srcaddr": pools.internal(),
                "srcport": str(pools.random.randint(1_024, 65_535)),
                "transport": pick(("UDP", "UDP", "TCP")),
                "srcids": {"instance": pick(pools.instances)},
            }
        )
