"""The repository of snapshots in our own bucket, and the policy by which they are taken.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshot-mgmt.html
"""

from typing import Any

from configure_domain import retention
from configure_domain.compare import describe, differences
from configure_domain.domain import Domain
from configure_domain.report import Report
from es_loader import ledger

FOLDER = "snapshots"
SINCE = (2, 5)  # where the service offers snapshot management
DAILY, NIGHTLY = "0 1 * * *", "0 3 * * *"
KEPT_DAYS, FEWEST, MOST = 30, 7, 60


def configure_policy(domain: Domain, report: Report) -> None:
    """Bring the policy up to date by which snapshots are taken and deleted."""
    if domain.version < SINCE:
        report.skip("all", "snapshot management needs OpenSearch 2.5: take snapshots by hand")
        return
    name = domain.settings.domain
    path = f"/_plugins/_sm/policies/{name}"
    wanted = policy(domain, report)
    found = domain.api.get(path)
    paths = differences(wanted, found and found["sm_policy"])
    if not paths:
        report.same()
    elif found:
        at = f"{path}?if_seq_no={found['_seq_no']}&if_primary_term={found['_primary_term']}"
        report.change("updated", name, describe(paths), lambda: domain.api.put(at, wanted))
    else:
        report.change("created", name, "daily", lambda: domain.api.post(path, wanted))


def repository(domain: Domain) -> dict[str, Any]:
    """The repository's body. Its objects share the bucket with quarantine and backups."""
    settings = domain.settings
    return {
        "type": "s3",
        "settings": {
            "bucket": settings.snapshot_bucket,
            "base_path": FOLDER,
            "region": settings.region,
            "role_arn": settings.snapshot_role,
        },
    }


def policy(domain: Domain, report: Report) -> dict[str, Any]:
    """The policy's body: logs, ledger and Dashboards' objects, daily.

    A snapshot fails if some of its indices are warm: log types that become so are left out, and
    reported. Their log objects stay in S3.
    """
    warm = [each for each in domain.log_types.values() if retention.uses_warm(domain, each)]
    if warm:
        names = ", ".join(each.name for each in warm)
        report.skip("snapshots of indices that become warm", f"log types: {names}")
    prefixes = [each.index_prefix for each in domain.log_types.values() if each not in warm]
    logs = [f"{prefix}-*" for prefix in prefixes] if warm else ["log-*"]
    return {
        "description": "made by configure_domain, which overwrites changes",
        "enabled": True,
        "creation": {"schedule": {"cron": {"expression": DAILY, "timezone": "UTC"}}},
        "deletion": {
            "schedule": {"cron": {"expression": NIGHTLY, "timezone": "UTC"}},
            "condition": {"max_age": f"{KEPT_DAYS}d", "min_count": FEWEST, "max_count": MOST},
        },
        "snapshot_config": {
            "repository": domain.settings.domain,
            "indices": ",".join([*logs, f"{ledger.INDEX}-*", ".kibana*"]),
            "ignore_unavailable": True,
            "include_global_state": False,
            "partial": False,
        },
    }


def configure_repository(domain: Domain, report: Report) -> None:
    """Register the repository, by a request that is signed: it passes a role to the service."""
    name = domain.settings.domain
    path = f"/_snapshot/{name}"
    wanted = repository(domain)
    found = domain.api.get(path)
    paths = differences(wanted, found and found[name])
    if not paths:
        report.same()
        return
    report.change(
        "updated" if found else "created",
        f"repository {name}",
        describe(paths) if found else f"s3://{domain.settings.snapshot_bucket}/{FOLDER}",
        lambda: domain.signed.put(path, wanted),
    )
