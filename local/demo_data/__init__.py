"""Sample log objects under the keys that AWS gives them: seeded, with times of the last hour."""

import random
from collections.abc import Callable
from datetime import datetime

from local.demo_data import attack, cloudtrail, damaged, findings, hosts, network, web
from local.demo_data.scene import LogObject, Scene

FAMILIES: list[Callable[[Scene], list[LogObject]]] = [
    cloudtrail.objects,
    network.vpc_flow,
    network.route53_resolver,
    findings.guardduty,
    findings.securityhub,
    web.waf,
    web.alb,
    web.s3_access,
    hosts.linux_secure,
    hosts.windows_event,
    damaged.objects,
    attack.objects,
]


def generate(account: str, region: str, now: datetime, seed: int = 1) -> list[LogObject]:
    """Return the objects of all log types; the same arguments give the same bytes."""
    scene = Scene(account, region, now, random.Random(seed))
    return [made for family in FAMILIES for made in family(scene)]
