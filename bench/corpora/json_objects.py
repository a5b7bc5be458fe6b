"""The objects whose records are JSON."""

from bench.corpora import (
    api,
    audit,
    cloudtrail,
    edge,
    findings,
    firewall,
    lake,
    products,
    resources,
    servers,
    sessions,
    web,
)
from bench.corpora.corpus import DAY, LOGS, Corpus, firehose
from bench.corpora.pools import ACCOUNT, REGION

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
    "waf": Corpus(
        key=f"{LOGS}/WAFLogs/{REGION}/prod-acl/2026/11/24/20/05/{ACCOUNT}_waflogs_{REGION}_prod-acl_20261124T2005Z_1a2b3c4d.log.gz",
        generate=web.waf,
        floor="json",
    ),
    "guardduty": Corpus(
        key=f"{LOGS}/GuardDuty/{DAY}/3c1f0b7e-5d2a-4c68-9a51-0d4e8f7b6a90.jsonl.gz",
        generate=findings.guardduty,
        floor="json",
    ),
    "network_firewall": Corpus(
        key=f"{LOGS}/network-firewall/flow/{REGION}/inspection/2026/11/24/20/{ACCOUNT}_network-firewall_flow_{REGION}_inspection_202611242005_1a2b3c4d.log.gz",
        generate=firewall.records,
        floor="json",
        count=50_000,
    ),
    "securityhub_ocsf": Corpus(
        key=f"{LOGS}/SecurityHubOCSF/{firehose('siem')}",
        generate=products.securityhub_ocsf,
        floor="json",
        count=50_000,
    ),
    "inspector": Corpus(
        key=f"{LOGS}/Inspector/{firehose('siem')}",
        generate=products.inspector,
        floor="json",
        count=50_000,
    ),
    "macie": Corpus(
        key=f"{LOGS}/Macie/{firehose('siem')}",
        generate=products.macie,
        floor="json",
        count=50_000,
    ),
    "access_analyzer": Corpus(
        key=f"{LOGS}/AccessAnalyzer/{firehose('siem')}",
        generate=products.access_analyzer,
        floor="json",
        count=50_000,
    ),
    "config_history": Corpus(
        key=f"{LOGS}/Config/{DAY}/ConfigHistory/{ACCOUNT}_Config_{REGION}_ConfigHistory_AWS::EC2::Instance_20261124T200000Z_20261124T210000Z_1.json.gz",
        generate=resources.config_items,
        floor="json",
        count=50_000,
    ),
    "config_snapshot": Corpus(
        key=f"{LOGS}/Config/{DAY}/ConfigSnapshot/{ACCOUNT}_Config_{REGION}_ConfigSnapshot_20261124T200000Z_1a2b3c4d-0000-1111-2222-333344445555.json.gz",
        generate=resources.config_items,
        floor="json",
        count=50_000,
    ),
    "config_rules": Corpus(
        key=f"{LOGS}/ConfigRules/{firehose('siem')}",
        generate=resources.config_rules,
        floor="json",
        count=50_000,
    ),
    "eks_audit": Corpus(
        key=f"{LOGS}/EKSAudit/{firehose('siem')}",
        generate=audit.eks,
        floor="json",
        count=50_000,
    ),
    "okta": Corpus(
        key=f"{LOGS}/Okta/{firehose('siem')}",
        generate=audit.okta,
        floor="json",
        count=50_000,
    ),
    "api_gateway_access": Corpus(
        key=f"{LOGS}/APIGateway/{firehose('siem')}",
        generate=api.gateway,
        floor="json",
        count=50_000,
    ),
    "opensearch_audit": Corpus(
        key=f"{LOGS}/OpenSearchAudit/{firehose('siem')}",
        generate=audit.opensearch,
        floor="json",
        count=50_000,
    ),
    "bedrock_invocation": Corpus(
        key=f"{LOGS}/BedrockModelInvocationLogs/{REGION}/2026/11/24/20/20261124T200512345Z_1a2b3c4d5e6f7a8b.json.gz",
        generate=api.bedrock,
        floor="json",
        count=50_000,
    ),
    "workspaces_event": Corpus(
        key=f"{LOGS}/WorkSpaces/Event/{firehose('siem')}",
        generate=audit.workspaces,
        floor="json",
        count=50_000,
    ),
    "workspaces_inventory": Corpus(
        key=f"{LOGS}/WorkSpaces/Inventory/{DAY}/workspaces-inventory-20261124_200000.json.gz",
        generate=resources.workspaces,
        floor="json",
        count=50_000,
    ),
    "trusted_advisor": Corpus(
        key=f"{LOGS}/TrustedAdvisor/{DAY}/trustedadvisor-check-results-20261124_200000.json.gz",
        generate=resources.trusted_advisor,
        floor="json",
        count=50_000,
    ),
    "clientvpn": Corpus(
        key=f"{LOGS}/ClientVPN/{firehose('aes-siem-clientvpn')}",
        generate=sessions.clientvpn,
        floor="json",
        count=50_000,
    ),
    "elasticache_redis_slowlog": Corpus(
        key=f"{LOGS}/ElastiCache/Redis/SlowLog/{firehose('aes-siem-elasticache-slow-log')}",
        generate=servers.redis_slowlog,
        floor="json",
        count=50_000,
    ),
    "route53_resolver": Corpus(
        key=f"{LOGS}/vpcdnsquerylogs/vpc-0a1b2c3d4e5f60718/2026/11/24/vpc-0a1b2c3d4e5f60718_vpcdnsquerylogs_{ACCOUNT}_20261124T2000Z_1a2b3c4d.log.gz",
        generate=edge.route53_resolver,
        floor="json",
        count=50_000,
    ),
    "security_lake": Corpus(
        key=f"aws/CLOUD_TRAIL_MGMT/2.0/region={REGION}/accountId={ACCOUNT}/eventDay=20261124/3fa85f64-5717-4562-b3fc-2c963f66afa6.gz",
        generate=lake.security_lake,
        floor="json",
        count=50_000,
    ),
    "securityhub": Corpus(
        key=f"{LOGS}/SecurityHub/{firehose('siem-securityhub')}",
        generate=lake.securityhub,
        floor="json",
        count=50_000,
    ),
    "index_metrics": Corpus(
        key=f"{LOGS}/IndexMetrics/{DAY}/index-metrics-20261124_200500.json.gz",
        generate=resources.index_metrics,
        floor="json",
        count=50_000,
    ),
}
