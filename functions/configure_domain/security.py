"""Who may do what: roles, who has them, tenants, and the audit log.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
https://docs.opensearch.org/latest/security/access-control/permissions/
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from configure_domain.api import Api, ConfigureError, NoAnswer
from configure_domain.compare import describe, differences
from configure_domain.domain import Domain
from configure_domain.report import Report
from es_loader import ledger

API = "/_plugins/_security/api"
LOADER, METRICS, ANALYST, ADMIN = (
    "aws_log_loader",
    "siem_metrics_exporter",
    "siem_analyst",
    "siem_admin",
)
# Those of a master user. OpenSearch alone has only the first.
MASTER_ROLES = ("all_access", "security_manager")
DOCUMENTS = ["log-*", f"{ledger.INDEX}-*"]
# The Global tenant is the index .kibana, behind which stand .kibana_1, .kibana_2 and so on. Other
# tenants have longer names: .kibana_92668751_admin_1.
GLOBAL_TENANT = [".kibana", ".kibana_?", ".kibana_??"]

ROLES: Mapping[str, dict[str, Any]] = {
    LOADER: {
        "description": "es_loader: adds documents to log and ledger indices, which it may create; "
        "asks whether a document is there",
        "cluster_permissions": ["indices:data/read/mget", "indices:data/write/bulk"],
        "index_permissions": [
            {
                "index_patterns": DOCUMENTS,
                "allowed_actions": [
                    # No mapping is ever added: an index without our template takes no documents.
                    "indices:admin/create",
                    "indices:data/read/mget[shard]",
                    "indices:data/write/bulk[s]",
                    "indices:data/write/index",
                ],
            }
        ],
        "tenant_permissions": [],
    },
    METRICS: {
        "description": "metrics_exporter: reads statistics of indices, and searches logs",
        "cluster_permissions": ["cluster_monitor", "cluster_composite_ops_ro"],
        "index_permissions": [
            {
                "index_patterns": DOCUMENTS,
                "allowed_actions": ["read", "indices_monitor", "indices:admin/mappings/get"],
            }
        ],
        "tenant_permissions": [],
    },
    ANALYST: {
        "description": "Reads logs and what is in the Global tenant; writes to its own Private one",
        # Dashboards writes by bulk requests; the rights on indices decide about each item.
        "cluster_permissions": ["cluster_composite_ops_ro", "indices:data/write/bulk"],
        "index_permissions": [
            {
                "index_patterns": DOCUMENTS,
                "allowed_actions": ["read", "indices:admin/get", "indices:admin/mappings/get"],
            },
            {"index_patterns": GLOBAL_TENANT, "allowed_actions": ["read"]},
        ],
        "tenant_permissions": [
            {"tenant_patterns": ["global_tenant"], "allowed_actions": ["kibana_all_read"]}
        ],
    },
    ADMIN: {
        "description": "Everything but security settings, which are the master user's",
        "cluster_permissions": ["*"],
        "index_permissions": [{"index_patterns": ["*"], "allowed_actions": ["*"]}],
        "tenant_permissions": [{"tenant_patterns": ["*"], "allowed_actions": ["kibana_all_write"]}],
    },
}
TENANCY = {
    "multitenancy_enabled": True,
    "private_tenant_enabled": True,
    "default_tenant": "Global",
}
# What else the audit log leaves out or takes in is the operator's choice.
AUDIT = {
    "enabled": True,
    "audit": {"enable_rest": True, "enable_transport": True, "exclude_sensitive_headers": True},
    "compliance": {"enabled": True, "internal_config": True},
}


def is_master(api: Api) -> bool:
    """Whether the caller may see security settings, as a master user may."""
    try:
        api.get(f"{API}/rolesmapping/{MASTER_ROLES[0]}")
    except NoAnswer:
        raise
    except ConfigureError:
        return False
    return True


def configure_access(domain: Domain, report: Report) -> None:
    """Keep the cluster open to this function's own role, before another master user is made."""
    for role in MASTER_ROLES:
        if domain.api.get(f"{API}/roles/{role}"):
            _map(domain, report, role, (domain.settings.configure_role,), own=False)


def configure_roles(domain: Domain, report: Report) -> None:
    """Bring our roles up to date."""
    for name, body in ROLES.items():
        found = domain.api.get(f"{API}/roles/{name}")
        present = found[name] if found else None
        paths = differences(body, present)
        if not paths:
            report.same()
            continue
        report.change(
            "updated" if present else "created",
            name,
            describe(paths) if present else "",
            partial(domain.api.put, f"{API}/roles/{name}", body),
        )


def configure_mappings(domain: Domain, report: Report) -> None:
    """Give the roles to those that the deployment names.

    In the mappings of our own roles the ARNs are those of the deployment, no others; what is no
    ARN (internal users, SAML groups) was added by a person and stays. To the cluster's own roles
    only what we need is added.
    """
    settings = domain.settings
    for role, arns in {
        LOADER: settings.loader_roles,
        METRICS: settings.metrics_roles,
        ANALYST: settings.analysts,
        ADMIN: settings.admins,
    }.items():
        _map(domain, report, role, arns, own=True)
    # A repository is registered by a signed request of a role that has this one.
    _map(domain, report, "manage_snapshots", (settings.configure_role,), own=False)


def configure_tenants(domain: Domain, report: Report) -> None:
    """Make Global the tenant that people start in, beside a Private one for each."""
    path = f"{API}/tenancy/config"
    present = domain.api.get(path)
    paths = differences(TENANCY, present)
    if paths:
        report.change("updated", "tenancy", describe(paths), lambda: domain.api.put(path, TENANCY))
    else:
        report.same()


def configure_audit(domain: Domain, report: Report) -> None:
    """Turn the audit log on, with changes of security settings in it."""
    found = domain.api.get(f"{API}/audit")
    if found is None:
        report.skip("audit log", "the cluster has none to be configured")
        return
    present = found["config"]
    paths = differences(AUDIT, present)
    if paths:
        body = _merged(present, AUDIT)
        report.change(
            "updated",
            "audit log",
            describe(paths),
            lambda: domain.api.put(f"{API}/audit/config", body),
        )
    else:
        report.same()


def _map(domain: Domain, report: Report, role: str, arns: tuple[str, ...], *, own: bool) -> None:
    path = f"{API}/rolesmapping/{role}"
    found = domain.api.get(path)
    present = found[role] if found else {}
    wanted = {}
    for key, kind in (("backend_roles", ":role/"), ("users", ":user/")):
        ours = [arn for arn in arns if kind in arn]
        others = [
            name
            for name in present.get(key, [])
            if name not in ours and not (own and name.startswith("arn:"))
        ]
        wanted[key] = [*others, *ours]
    paths = differences(wanted, {key: present.get(key, []) for key in wanted})
    if not paths:
        report.same()
        return
    kept = {key: present[key] for key in ("hosts", "and_backend_roles") if present.get(key)}
    before = {*present.get("backend_roles", []), *present.get("users", [])}
    after = {*wanted["backend_roles"], *wanted["users"]}
    changes = [f"+{name}" for name in sorted(after - before)]
    changes += [f"-{name}" for name in sorted(before - after)]
    report.change(
        "updated" if found else "created",
        f"mapping of {role}",
        " ".join(changes),
        lambda: domain.api.put(path, wanted | kept),
    )


def _merged(present: dict[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(present)
    for key, value in wanted.items():
        merged[key] = _merged(merged.get(key, {}), value) if isinstance(value, Mapping) else value
    return merged
