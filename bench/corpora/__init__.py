"""Log objects to measure with: a seeded generator for each log type.

A log type is added by one entry of CORPORA and a generator of its records.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from bench.corpora import (
    api,
    audit,
    cloudtrail,
    edge,
    findings,
    firewall,
    flow,
    products,
    resources,
    servers,
    sessions,
    web,
)
from bench.corpora.pools import ACCOUNT, REGION, Pools

SEED = 7
LOGS = f"AWSLogs/{ACCOUNT}"
DAY = f"{REGION}/2026/11/24"
JOINED = 1_000  # records that are compressed at once


@dataclass(frozen=True, slots=True)
class Corpus:
    """One log type's object.

    key       S3 key, as AWS writes it
    generate  gives so many records, as bytes
    floor     what its floor does: "array" and "json" (lines) parse each record, "lines" splits it
              at spaces
    boundary  what stands where one record of an array follows another
    count     records that are measured
    head, between, tail   what stands around the records
    """

    key: str
    generate: Callable[[Pools, int], Iterator[bytes]]
    floor: Literal["array", "json", "lines"]
    count: int = 100_000
    head: bytes = b""
    between: bytes = b"\n"
    tail: bytes = b"\n"
    boundary: bytes = b""

    def text(self, count: int, seed: int = SEED) -> Iterator[bytes]:
        """The unpacked object of so many records, in pieces."""
        yield self.head
        waiting: list[bytes] = []
        first = True
        for record in self.generate(Pools(seed), count):
            waiting.append(record)
            if len(waiting) == JOINED:
                yield (b"" if first else self.between) + self.between.join(waiting)
                waiting.clear()
                first = False
        if waiting:
            yield (b"" if first else self.between) + self.between.join(waiting)
        yield self.tail

    def pack(self, count: int, out: BinaryIO) -> int:
        """Write the object, compressed by gzip as AWS delivers it; return its unpacked size."""
        size = 0
        with gzip.GzipFile("", "wb", 6, out, mtime=0) as packed:
            for piece in self.text(count):
                packed.write(piece)
                size += len(piece)
        return size


CORPORA = {
    "cloudtrail": Corpus(
        key=f"{LOGS}/CloudTrail/{DAY}/{ACCOUNT}_CloudTrail_{REGION}_20261124T2015Z_AbCdEfGhIjKlMnOp.json.gz",
        generate=cloudtrail.records,
        floor="array",
        head=b'{"Records":[',
        between=b",",
        tail=b"]}",
        boundary=b'},{"eventVersion"',
    ),
    "vpc_flow": Corpus(
        key=f"{LOGS}/vpcflowlogs/{DAY}/{ACCOUNT}_vpcflowlogs_{REGION}_fl-0123456789abcdef0_20261124T2010Z_1a2b3c4d.log.gz",
        generate=flow.records,
        floor="lines",
        head=flow.HEADER + b"\n",
    ),
    "waf": Corpus(
        key=f"{LOGS}/WAFLogs/{REGION}/prod-acl/2026/11/24/20/05/{ACCOUNT}_waflogs_{REGION}_prod-acl_20261124T2005Z_1a2b3c4d.log.gz",
        generate=web.waf,
        floor="json",
    ),
    "alb": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/{ACCOUNT}_elasticloadbalancing_{REGION}_app.prod-web.50dc6c495c0c9188_20261124T2005Z_192.0.2.10_20sg8hgm.log.gz",
        generate=web.alb,
        floor="lines",
    ),
    "guardduty": Corpus(
        key=f"{LOGS}/GuardDuty/{DAY}/3c1f0b7e-5d2a-4c68-9a51-0d4e8f7b6a90.jsonl.gz",
        generate=findings.guardduty,
        floor="json",
    ),
    "s3_access": Corpus(
        key="s3accesslogs/prod/2026-11-24-20-05-11-ABCDEF0123456789",
        generate=web.s3_access,
        floor="lines",
    ),
    "network_firewall": Corpus(
        key=f"{LOGS}/network-firewall/flow/{REGION}/inspection/2026/11/24/20/{ACCOUNT}_network-firewall_flow_{REGION}_inspection_202611242005_1a2b3c4d.log.gz",
        generate=firewall.records,
        floor="json",
        count=50_000,
    ),
    "securityhub_ocsf": Corpus(
        key=f"{LOGS}/SecurityHubOCSF/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=products.securityhub_ocsf,
        floor="json",
        count=20_000,
    ),
    "inspector": Corpus(
        key=f"{LOGS}/Inspector/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=products.inspector,
        floor="json",
        count=20_000,
    ),
    "macie": Corpus(
        key=f"{LOGS}/Macie/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=products.macie,
        floor="json",
        count=20_000,
    ),
    "access_analyzer": Corpus(
        key=f"{LOGS}/AccessAnalyzer/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=products.access_analyzer,
        floor="json",
        count=20_000,
    ),
    "config_history": Corpus(
        key=f"{LOGS}/Config/{DAY}/ConfigHistory/{ACCOUNT}_Config_{REGION}_ConfigHistory_AWS::EC2::Instance_20261124T200000Z_20261124T210000Z_1.json.gz",
        generate=resources.config_items,
        floor="json",
        count=20_000,
    ),
    "config_snapshot": Corpus(
        key=f"{LOGS}/Config/{DAY}/ConfigSnapshot/{ACCOUNT}_Config_{REGION}_ConfigSnapshot_20261124T200000Z_1a2b3c4d-0000-1111-2222-333344445555.json.gz",
        generate=resources.config_items,
        floor="json",
        count=20_000,
    ),
    "config_rules": Corpus(
        key=f"{LOGS}/ConfigRules/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=resources.config_rules,
        floor="json",
        count=20_000,
    ),
    "eks_audit": Corpus(
        key=f"{LOGS}/EKSAudit/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=audit.eks,
        floor="json",
        count=50_000,
    ),
    "okta": Corpus(
        key=f"{LOGS}/Okta/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=audit.okta,
        floor="json",
        count=50_000,
    ),
    "api_gateway_access": Corpus(
        key=f"{LOGS}/APIGateway/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=api.gateway,
        floor="json",
        count=50_000,
    ),
    "opensearch_audit": Corpus(
        key=f"{LOGS}/OpenSearchAudit/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=audit.opensearch,
        floor="json",
        count=50_000,
    ),
    "bedrock_invocation": Corpus(
        key=f"{LOGS}/BedrockModelInvocationLogs/{REGION}/2026/11/24/20/20261124T200512345Z_1a2b3c4d5e6f7a8b.json.gz",
        generate=api.bedrock,
        floor="json",
        count=20_000,
    ),
    "workspaces_event": Corpus(
        key=f"{LOGS}/WorkSpaces/Event/{DAY}/20/siem-1-2026-11-24-20-00-00-1a2b3c4d.gz",
        generate=audit.workspaces,
        floor="json",
        count=20_000,
    ),
    "workspaces_inventory": Corpus(
        key=f"{LOGS}/WorkSpaces/Inventory/{DAY}/workspaces-inventory-20261124_200000.json.gz",
        generate=resources.workspaces,
        floor="json",
        count=20_000,
    ),
    "trusted_advisor": Corpus(
        key=f"{LOGS}/TrustedAdvisor/{DAY}/trustedadvisor-check-results-20261124_200000.json.gz",
        generate=resources.trusted_advisor,
        floor="json",
        count=20_000,
    ),
    "tgw_flow": Corpus(
        key=f"transitgateway/{LOGS}/vpcflowlogs/{DAY}/{ACCOUNT}_vpcflowlogs_{REGION}_fl-0123456789abcdef0_20261124T2010Z_1a2b3c4d.log.gz",
        generate=edge.tgw_flow,
        floor="lines",
        count=50_000,
    ),
    "nlb": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/{ACCOUNT}_elasticloadbalancing_{REGION}_net.edge.50dc6c495c0c9188_20261124T2005Z_20sg8hgm.log.gz",
        generate=edge.nlb,
        floor="lines",
        count=50_000,
    ),
    "clb": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/{ACCOUNT}_elasticloadbalancing_{REGION}_my-loadbalancer_20261124T2005Z_192.0.2.10_20sg8hgm.log",
        generate=edge.clb,
        floor="lines",
        count=50_000,
    ),
    "alb_connection": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/conn_log.{ACCOUNT}_elasticloadbalancing_{REGION}_app.web.50dc6c495c0c9188_20261124T2005Z_192.0.2.10_20sg8hgm.log.gz",
        generate=edge.alb_connection,
        floor="lines",
        count=50_000,
    ),
    "route53_public": Corpus(
        key=f"{LOGS}/Route53Public/{DAY}/20/aes-siem-route53-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=edge.route53_public,
        floor="lines",
        count=50_000,
    ),
    "cloudfront_standard": Corpus(
        key=f"{LOGS}/CloudFront/EMLARXS9EXAMPLE.2026-11-24-20.a103fd5a.gz",
        generate=edge.cloudfront_standard,
        floor="lines",
        count=50_000,
        head=edge.STANDARD_HEAD,
    ),
    "cloudfront_realtime": Corpus(
        key=f"{LOGS}/CloudFront/Realtime/{DAY}/20/aes-siem-cloudfront-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=edge.cloudfront_realtime,
        floor="lines",
        count=50_000,
    ),
    "linux_messages": Corpus(
        key=f"{LOGS}/EC2/Linux/Messages/{DAY}/20/aes-siem-ec2-linux-messages-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.linux_messages,
        floor="lines",
        count=50_000,
    ),
    "apache_access": Corpus(
        key=f"{LOGS}/EC2/Apache/Access/{DAY}/20/aes-siem-ec2-apache-access-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.access,
        floor="lines",
        count=50_000,
    ),
    "apache_error": Corpus(
        key=f"{LOGS}/EC2/Apache/Error/{DAY}/20/aes-siem-ec2-apache-error-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.apache_error,
        floor="lines",
        count=50_000,
    ),
    "nginx_access": Corpus(
        key=f"{LOGS}/EC2/Nginx/Access/{DAY}/20/aes-siem-ec2-nginx-access-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.access,
        floor="lines",
        count=50_000,
    ),
    "nginx_error": Corpus(
        key=f"{LOGS}/EC2/Nginx/Error/{DAY}/20/aes-siem-ec2-nginx-error-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.nginx_error,
        floor="lines",
        count=50_000,
    ),
    "clientvpn": Corpus(
        key=f"{LOGS}/ClientVPN/{DAY}/20/aes-siem-clientvpn-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=sessions.clientvpn,
        floor="json",
        count=50_000,
    ),
    "lambda_logs": Corpus(
        key=f"{LOGS}/LambdaLogs/{DAY}/20/aes-siem-lambda-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=sessions.lambda_logs,
        floor="lines",
        count=50_000,
    ),
    "msk": Corpus(
        key=f"{LOGS}/KafkaBrokerLogs/{REGION}/orders-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-2/2026-11-24-20/Broker-1_20-00_1a2b3c4d.log.gz",
        generate=servers.msk,
        floor="lines",
        count=50_000,
    ),
    "cloudhsm": Corpus(
        key=f"{LOGS}/CloudHSM/{DAY}/20/aes-siem-cloudhsm-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=sessions.cloudhsm,
        floor="lines",
        count=20_000,
    ),
    "elasticache_redis_slowlog": Corpus(
        key=f"{LOGS}/ElastiCache/Redis/SlowLog/{DAY}/20/aes-siem-elasticache-slow-log-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.redis_slowlog,
        floor="json",
        count=50_000,
    ),
    "elasticache_redis_engine": Corpus(
        key=f"{LOGS}/ElastiCache/Redis/EngineLog/{DAY}/20/aes-siem-elasticache-engine-log-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.redis_engine,
        floor="lines",
        count=50_000,
    ),
    "directory_service": Corpus(
        key=f"{LOGS}/DirectoryService/MicrosoftAD/{DAY}/20/aes-siem-directory-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=sessions.directory_service,
        floor="lines",
        count=20_000,
    ),
    "fsx_windows": Corpus(
        key=f"{LOGS}/FSx/Windows/{DAY}/20/aws-fsx-siem-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=sessions.fsx_windows,
        floor="lines",
        count=20_000,
    ),
}
