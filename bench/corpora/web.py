"""Requests as a web ACL, a load balancer and a bucket log them.

https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from bench.corpora.pools import ACCOUNT, REGION, START, Pools, iso

SECONDS = 300
BALANCER = "app/prod-web/50dc6c495c0c9188"
ELB = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
ACL = (
    f"arn:aws:wafv2:{REGION}:{ACCOUNT}:regional/webacl/prod-acl/1a2b3c4d-5678-4abc-9def-0a1b2c3d4e"
)
RULE_GROUPS = ("CommonRuleSet", "SQLiRuleSet", "KnownBadInputsRuleSet")
BLOCKING = [*(f"AWS-AWSManagedRules{name}" for name in RULE_GROUPS), "RateLimit"]
MATCH = {
    "conditionType": "SQL_INJECTION",
    "sensitivityLevel": "HIGH",
    "location": "QUERY_STRING",
    "matchedData": ["1", "UNION", "SELECT"],
}
METHODS = (
    "GET",
    "GET",
    "GET",
    "GET",
    "GET",
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "POST",
    "PUT",
    "HEAD",
)
# Status and its share in percent.
STATUS = {200: 79, 301: 3, 302: 4, 304: 4, 404: 5, 403: 2, 500: 1, 502: 1}
S3_STATUS = {200: 20, 206: 3, 404: 2, 403: 1}
S3_ERRORS = {404: "NoSuchKey", 403: "AccessDenied"}
# Operation and its share in the requests.
S3_OPERATIONS = {
    "REST.GET.OBJECT": 6,
    "REST.PUT.OBJECT": 2,
    "REST.HEAD.OBJECT": 1,
    "REST.GET.BUCKET": 1,
    "REST.GET.VERSIONING": 1,
}


def waf(pools: Pools, count: int) -> Iterator[bytes]:
    """Web ACL logs; a quarter of the requests is blocked."""
    random = pools.random
    pick, chance, number = random.choice, random.random, random.randint
    for n in range(count):
        moment = START + n * SECONDS / count
        blocked, host = chance() < 0.25, pick(pools.hosts)
        rule = pick(BLOCKING) if blocked else "Default_Action"
        headers = {
            "Host": host,
            "User-Agent": pools.user_agent(),
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "en-US,en;q=0.7",
            "Accept-Encoding": "gzip, deflate, br",
            "Cookie": f"session={pools.letters(40)}",
            "Referer": f"https://{host}{pools.path()}",
            "X-Forwarded-For": pools.external(),
            "Sec-Fetch-Mode": "navigate",
        }
        ended = {"ruleId": "SQLi_QUERYARGUMENTS", "action": "BLOCK", "ruleMatchDetails": None}
        yield orjson.dumps(
            {
                "timestamp": int(moment * 1000),
                "formatVersion": 1,
                "webaclId": ACL,
                "terminatingRuleId": rule,
                "terminatingRuleType": "MANAGED_RULE_GROUP" if blocked else "REGULAR",
                "action": "BLOCK" if blocked else "ALLOW",
                "terminatingRuleMatchDetails": [MATCH] if blocked else [],
                "httpSourceName": "ALB",
                "httpSourceId": f"{ACCOUNT}-{BALANCER}",
                "ruleGroupList": [
                    {
                        "ruleGroupId": f"AWS#AWSManagedRules{name}",
                        "terminatingRule": ended if rule.endswith(name) else None,
                        "nonTerminatingMatchingRules": [],
                        "excludedRules": None,
                        "customerConfig": None,
                    }
                    for name in RULE_GROUPS
                ],
                "rateBasedRuleList": [
                    {
                        "rateBasedRuleId": "1a2b3c4d",
                        "rateBasedRuleName": "RateLimit",
                        "limitKey": "IP",
                        "maxRateAllowed": 2000,
                        "limitValue": pools.external(),
                    }
                ],
                "nonTerminatingMatchingRules": [],
                "requestHeadersInserted": None,
                "responseCodeSent": None,
                "httpRequest": {
                    "clientIp": pools.external(),
                    "country": pick(("JP", "US", "CN", "DE", "BR", "RU")),
                    "headers": [{"name": name, "value": value} for name, value in headers.items()],
                    "uri": pools.path(),
                    "args": f"id={number(1, 9_999)}" if chance() < 0.5 else "",
                    "httpVersion": "HTTP/1.1",
                    "httpMethod": pick(("GET", "GET", "GET", "POST")),
                    "requestId": f"1-{int(moment):x}-{pools.hex(24)}",
                },
                "labels": [{"name": "awswaf:managed:aws:sql-database:SQLi_QueryArguments"}]
                if blocked
                else [],
                "ja3Fingerprint": pools.hex(32),
                "requestBodySize": number(0, 4_000),
                "requestBodySizeInspectedByWAF": 0,
            }
        )


def alb(pools: Pools, count: int) -> Iterator[bytes]:
    """Access logs of an application load balancer."""
    random = pools.random
    pick, chance, number = random.choice, random.random, random.randint
    targets = [f"{ELB}:targetgroup/web-{n}/{pools.hex(16)}" for n in range(8)]
    certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{pools.uuid()}"
    statuses = random.choices(list(STATUS), list(STATUS.values()), k=count)
    for n, status in enumerate(statuses):
        moment, host = START + n * SECONDS / count, pick(pools.hosts)
        target = "-" if status == 502 else f"{pools.internal()}:8080"
        answered = "-" if status == 502 else status
        query = "" if chance() < 0.6 else f"?id={number(1, 99_999)}&q={pools.hex(6)}"
        url = f"https://{host}:443{pools.path()}{query}"
        line = (
            f"{pick(('https', 'h2', 'http'))} {iso(moment, 6)} {BALANCER} "
            f"{pools.external()}:{number(1_024, 65_535)} {target} {chance() * 0.003:.3f} "
            f"{chance() * 0.4:.3f} 0.000 {status} {answered} {number(60, 2_000)} "
            f'{number(120, 90_000)} "{pick(METHODS)} {url} HTTP/{pick(("1.1", "2.0"))}" '
            f'"{pools.user_agent()}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 {pick(targets)} '
            f'"Root=1-{int(moment):x}-{pools.hex(24)}" "{host}" "{certificate}" {number(0, 20)} '
            f'{iso(moment, 6)} "waf,forward" "-" "-" "{target}" "{answered}" "-" "-" '
            f"TID_{pools.hex(32)}"
        )
        yield line.encode()


def s3_access(pools: Pools, count: int) -> Iterator[bytes]:
    """Server access logs of buckets; 60 % of the requests come from outside."""
    random = pools.random
    pick, chance, number = random.choice, random.random, random.randint
    owner = pools.hex(64)
    statuses = random.choices(list(S3_STATUS), list(S3_STATUS.values()), k=count)
    operations = random.choices(list(S3_OPERATIONS), list(S3_OPERATIONS.values()), k=count)
    for n, status in enumerate(statuses):
        moment = datetime.fromtimestamp(START + n * SECONDS / count, UTC)
        operation, bucket = operations[n], pick(pools.buckets)
        address = pools.external() if chance() < 0.6 else pools.internal()
        role, user = pick(pools.roles), pick(pools.users)
        requester = pick(
            (
                f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{pick(pools.instances)}",
                f"arn:aws:iam::{ACCOUNT}:user/{user}",
                "-",
            )
        )
        of_object = operation.endswith("OBJECT")
        key = f"raw/dt=2026-11-24/part-{number(0, 99_999):05d}.parquet" if of_object else "-"
        path = f"/{bucket}/{key}" if of_object else f"/{bucket}?versioning"
        line = (
            f"{owner} {bucket} [{moment:%d/%b/%Y:%H:%M:%S +0000}] {address} {requester} "
            f'{pools.letters(16)} {operation} {key} "{operation.split(".")[1]} {path} HTTP/1.1" '
            f"{status} {S3_ERRORS.get(status, '-')} {number(0, 10**7)} {number(0, 10**7)} "
            f'{number(3, 900)} {number(2, 800)} "-" "{pools.sdk_agent()}" - {pools.letters(76)} '
            f"SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader {bucket}.s3.{REGION}.amazonaws.com "
            "TLSv1.2 - -"
        )
        yield line.encode()
