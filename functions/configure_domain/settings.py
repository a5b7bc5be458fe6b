"""Reads configure_domain's settings from environment variables."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from common.settings import A_BUCKET, A_REGION, AN_ENDPOINT, ROLE, Variables, matching, read

DOMAIN = re.compile(r"[a-z][a-z0-9-]{2,27}")
USER = re.compile(r"\S{1,64}")
SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+")
TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+")
PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/\S+")
TIERS = ("warm", "cold", "delete")
# Those that Amazon OpenSearch Service lets be changed.
# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-operations.html
CLUSTER_SETTINGS = (
    "action.auto_create_index",
    "action.search.shard_count.limit",
    "cluster.max_shards_per_node",
    "cluster.search.request.slowlog.level",
    "cluster.search.request.slowlog.threshold.debug",
    "cluster.search.request.slowlog.threshold.info",
    "cluster.search.request.slowlog.threshold.trace",
    "cluster.search.request.slowlog.threshold.warn",
    "indices.breaker.fielddata.limit",
    "indices.breaker.request.limit",
    "indices.breaker.total.limit",
    "search.phase_took_enabled",
)


@dataclass(frozen=True, slots=True)
class Retention:
    """Days after its last event that an index takes each step; None: it never does."""

    warm: int | None = None
    cold: int | None = None
    delete: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment tells configure_domain.

    master_secret     ARN of the secret that keeps the master user's password
    snapshot_role     what the domain writes snapshots as; alert_role: what it publishes alerts as
    configure_role    this function's own role
    loader_roles      roles that write documents; metrics_roles: that read statistics
    admins, analysts  ARNs of IAM roles and users
    retention         log type, or "*" for all others, or "ledger" -> Retention
    cluster_settings  setting in its flat form -> value
    """

    opensearch_endpoint: str
    domain: str
    region: str
    master_user: str
    master_secret: str
    snapshot_bucket: str
    snapshot_role: str
    alert_topic: str
    alert_role: str
    configure_role: str
    loader_roles: tuple[str, ...]
    metrics_roles: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    analysts: tuple[str, ...] = ()
    retention: Mapping[str, Retention] = field(default_factory=dict)
    cluster_settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in these variables; SettingsError names all that are wrong."""
        values = read(VARIABLES, environ)
        return cls(
            opensearch_endpoint=values["OPENSEARCH_ENDPOINT"],
            domain=values["DOMAIN_NAME"],
            region=values["AWS_REGION"],
            master_user=values["MASTER_USER_NAME"],
            master_secret=values["MASTER_SECRET_ARN"],
            snapshot_bucket=values["SNAPSHOT_BUCKET"],
            snapshot_role=values["SNAPSHOT_ROLE_ARN"],
            alert_topic=values["ALERT_TOPIC_ARN"],
            alert_role=values["ALERT_ROLE_ARN"],
            configure_role=values["CONFIGURE_ROLE_ARN"],
            loader_roles=values["LOADER_ROLE_ARNS"],
            metrics_roles=values["METRICS_ROLE_ARNS"],
            admins=values["ADMIN_ARNS"],
            analysts=values["ANALYST_ARNS"],
            retention=values["RETENTION"],
            cluster_settings=values["CLUSTER_SETTINGS"],
        )


def _arns(pattern: re.Pattern[str], needed: bool = False) -> Callable[[str], tuple[str, ...]]:
    def value_of(text: str) -> tuple[str, ...]:
        names: Any = json.loads(text or "[]")
        if not isinstance(names, list) or (needed and not names):
            raise ValueError
        if not all(isinstance(name, str) and pattern.fullmatch(name) for name in names):
            raise ValueError
        return tuple(names)

    return value_of


def _retention(text: str) -> dict[str, Retention]:
    table: Any = json.loads(text or "{}")
    if not isinstance(table, dict):
        raise ValueError
    found = {}
    for name, days in table.items():
        if not isinstance(days, dict) or days.keys() - set(TIERS):
            raise ValueError
        steps = [days[tier] for tier in TIERS if days.get(tier) is not None]
        whole = all(type(step) is int and step > 0 for step in steps)
        if not whole or steps != sorted(set(steps)):
            raise ValueError
        if days.get("cold") is not None and days.get("warm") is None:
            raise ValueError  # an index becomes cold only from warm
        found[name] = Retention(**days)
    return found


def _cluster_settings(text: str) -> dict[str, str]:
    table: Any = json.loads(text or "{}")
    if not isinstance(table, dict) or table.keys() - set(CLUSTER_SETTINGS):
        raise ValueError
    if not all(isinstance(value, str) for value in table.values()):
        raise ValueError
    return table


_a_role = ("the ARN of an IAM role", matching(ROLE))
_roles = '["arn:aws:iam::111122223333:role/name"]'
_principals = '["arn:aws:iam::111122223333:role/name", "arn:aws:iam::111122223333:user/name"]'

VARIABLES: Variables = {
    "OPENSEARCH_ENDPOINT": AN_ENDPOINT,
    "DOMAIN_NAME": ("the name of the domain", matching(DOMAIN)),
    "AWS_REGION": A_REGION,
    "MASTER_USER_NAME": ("the name of the domain's master user", matching(USER)),
    "MASTER_SECRET_ARN": ("the ARN of a Secrets Manager secret", matching(SECRET)),
    "SNAPSHOT_BUCKET": A_BUCKET,
    "SNAPSHOT_ROLE_ARN": _a_role,
    "ALERT_TOPIC_ARN": ("the ARN of an SNS topic", matching(TOPIC)),
    "ALERT_ROLE_ARN": _a_role,
    "CONFIGURE_ROLE_ARN": _a_role,
    "LOADER_ROLE_ARNS": (_roles, _arns(ROLE, needed=True)),
    "METRICS_ROLE_ARNS": (_roles, _arns(ROLE)),
    "ADMIN_ARNS": (_principals, _arns(PRINCIPAL)),
    "ANALYST_ARNS": (_principals, _arns(PRINCIPAL)),
    "RETENTION": (
        '{"*": {"delete": 400}, "cloudtrail": {"warm": 30, "cold": 90, "delete": 2555}}, in days, '
        "each step later than the one before, cold only after warm",
        _retention,
    ),
    "CLUSTER_SETTINGS": (
        '{"cluster.max_shards_per_node": "1000"}, of ' + ", ".join(CLUSTER_SETTINGS),
        _cluster_settings,
    ),
}
