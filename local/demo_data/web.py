"""Web traffic: AWS WAF, Application Load Balancer and S3 server access logs.

https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
"""

from datetime import datetime
from typing import Any

from local.demo_data.scene import (
    HOSTS,
    INTRUDER,
    LOAD_BALANCER,
    PUBLIC,
    USER_AGENTS,
    VISITORS,
    LogObject,
    Scene,
    gzipped,
    iso,
    json_lines,
)

PATHS = ["/", "/index.html", "/cart", "/api/v1/items", "/login", "/static/app.js"]
# Scanners put such a thing into every header: no page may take it for its own.
PROBE = "Mozilla/5.0 <script>alert(document.domain)</script>"
ATTACKS = ["/.env", "/wp-login.php", "/api/v1/items?id=1%27%20OR%20%271%27=%271"]
WEB_ACL = "shop"
OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"  # of buckets


def waf(scene: Scene) -> list[LogObject]:
    """Return two files of 40 requests."""
    made = []
    for _ in range(2):
        records = [waf_record(scene, time) for time in scene.times(40)]
        key = waf_key(scene)
        made.append(LogObject("waf", key, gzipped(json_lines(records)), len(records)))
    return made


def waf_key(scene: Scene) -> str:
    """Return the key that WAF gives a file when it writes to S3 itself."""
    name = f"{scene.account}_waflogs_{scene.region}_{WEB_ACL}_{scene.stamp()}_{scene.letters(8)}"
    place = f"AWSLogs/{scene.account}/WAFLogs/{scene.region}/{WEB_ACL}/{scene.now:%Y/%m/%d/%H/%M}"
    return f"{place}/{name}.log.gz"


def waf_record(scene: Scene, time: datetime) -> dict[str, Any]:
    """Return one request as WAF logs it: blocked if it is the intruder's."""
    address = scene.address()
    blocked = address == INTRUDER
    path, _, arguments = scene.chance.choice(ATTACKS if blocked else PATHS).partition("?")
    resource = f"{scene.region}:{scene.account}:loadbalancer/{LOAD_BALANCER}"
    agent = scene.chance.choice(USER_AGENTS)
    return {
        "timestamp": int(time.timestamp() * 1000),
        "formatVersion": 1,
        "webaclId": f"arn:aws:wafv2:{scene.region}:{scene.account}:regional/webacl/{WEB_ACL}/1a2b",
        "terminatingRuleId": "AWS-AWSManagedRulesSQLiRuleSet" if blocked else "Default_Action",
        "terminatingRuleType": "MANAGED_RULE_GROUP" if blocked else "REGULAR",
        "action": "BLOCK" if blocked else "ALLOW",
        "terminatingRuleMatchDetails": [],
        "httpSourceName": "ALB",
        "httpSourceId": f"arn:aws:elasticloadbalancing:{resource}",
        "ruleGroupList": [],
        "rateBasedRuleList": [],
        "nonTerminatingMatchingRules": [],
        "requestHeadersInserted": None,
        "responseCodeSent": 403 if blocked else None,
        "httpRequest": {
            "clientIp": address,
            "country": "US" if address in PUBLIC else "-",
            "headers": [
                {"name": "Host", "value": "shop.example.com"},
                {"name": "User-Agent", "value": PROBE if blocked else agent},
            ],
            "uri": path,
            "args": arguments,
            "httpVersion": "HTTP/2.0",
            "httpMethod": "GET",
            "requestId": f"1-{scene.letters(8)}-{scene.letters(24)}",
        },
        "labels": [{"name": "awswaf:managed:aws:sql-database:SQLi_QueryArguments"}]
        if blocked
        else [],
    }


def alb(scene: Scene) -> list[LogObject]:
    """Return two files of 40 requests."""
    made = []
    arn = f"arn:aws:elasticloadbalancing:{scene.region}:{scene.account}"
    certificate = f"arn:aws:acm:{scene.region}:{scene.account}:certificate/{scene.uuid()}"
    for _ in range(2):
        lines = []
        for time in scene.times(40):
            client = scene.address()
            target = scene.chance.choice(list(HOSTS))
            path = scene.chance.choice(ATTACKS if client == INTRUDER else PATHS)
            status = 404 if client == INTRUDER else scene.chance.choice([200, 200, 200, 304, 502])
            agent = PROBE if client == INTRUDER else scene.chance.choice(USER_AGENTS)
            trace = f"Root=1-{scene.letters(8)}-{scene.letters(24)}"
            lines.append(
                f"h2 {iso(time, 'microseconds')} {LOAD_BALANCER} "
                f"{client}:{scene.chance.randrange(1024, 65536)} {target}:8080 "
                f"0.000 0.0{scene.chance.randrange(10, 99)} 0.000 {status} {status} "
                f"{scene.chance.randrange(60, 900)} {scene.chance.randrange(200, 90000)} "
                f'"GET https://shop.example.com:443{path} HTTP/2.0" "{agent}" '
                f"TLS_AES_128_GCM_SHA256 TLSv1.3 {arn}:targetgroup/shop/73e2d6bc24d8a067 "
                f'"{trace}" "shop.example.com" "{certificate}" 1 {iso(time, "microseconds")} '
                f'"forward" "-" "-" "{target}:8080" "{status}" "-" "-" TID_{scene.letters(32)}'
            )
        name = (
            f"{scene.account}_elasticloadbalancing_{scene.region}_app.shop.50dc6c495c0c9188_"
            f"{scene.stamp()}_203.0.113.10_{scene.letters(8)}.log.gz"
        )
        key = scene.prefix("elasticloadbalancing") + name
        body = gzipped(("\n".join(lines) + "\n").encode())
        made.append(LogObject("alb", key, body, len(lines)))
    return made


def s3_access(scene: Scene) -> list[LogObject]:
    """Return two files of 30 requests, not compressed, as S3 writes them."""
    made = []
    for _ in range(2):
        lines = []
        for time in scene.times(30):
            client = scene.chance.choice([*VISITORS[:20], *PUBLIC[:4], INTRUDER, INTRUDER])
            name = f"reports/{time:%Y}/summary-{scene.chance.randrange(100)}.csv"
            agent = scene.chance.choice(USER_AGENTS)
            size = scene.chance.randrange(1_000, 900_000)
            user = "" if client == INTRUDER else "alice"
            lines.append(s3_line(scene, time, "example-bucket", name, client, user, agent, size))
        made.append(s3_file(scene, "example-bucket", lines))
    return made


def s3_line(
    scene: Scene,
    time: datetime,
    bucket: str,
    name: str,
    client: str,
    user: str,
    agent: str,
    size: int,
) -> str:
    """Return a download of an object of `size` bytes; without a user it is refused."""
    denied = not user
    requester = "-" if denied else f"arn:aws:iam::{scene.account}:user/{user}"
    result = "403 AccessDenied 243 -" if denied else f"200 - {size} {size}"
    return (
        f"{OWNER} {bucket} [{time:%d/%b/%Y:%H:%M:%S +0000}] {client} {requester} "
        f"{scene.letters(16, '0123456789ABCDEF')} REST.GET.OBJECT {name} "
        f'"GET /{name} HTTP/1.1" {result} '
        f'{scene.chance.randrange(5, 90)} {"-" if denied else 12} "-" '
        f'"{agent}" - {scene.letters(40)}= '
        f"{'- ' if denied else 'SigV4 '}TLS_AES_128_GCM_SHA256 "
        f"{'-' if denied else 'AuthHeader'} {bucket}.s3.{scene.region}.amazonaws.com TLSv1.3 - -"
    )


def s3_file(scene: Scene, bucket: str, lines: list[str]) -> LogObject:
    """Return the object that S3 writes for these requests."""
    unique = scene.letters(16, "0123456789ABCDEF")
    key = (
        f"AWSLogs/{scene.account}/s3accesslog/{scene.region}/{bucket}/"
        f"{scene.now:%Y-%m-%d-%H-%M-%S}-{unique}"
    )
    return LogObject("s3_access", key, ("\n".join(lines) + "\n").encode(), len(lines))
