"""Cluster settings: what the loader relies on, and what the deployment asks for.

Amazon OpenSearch Service takes a few settings only, and only in their flat form.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-operations.html
"""

from configure_domain.compare import differences
from configure_domain.domain import Domain
from configure_domain.report import Report

# The loader writes to indices that nobody made before; their templates make them what they are.
NEEDED = {"action.auto_create_index": "true"}


def configure(domain: Domain, report: Report) -> None:
    """Set what differs; settings that nobody asked for stay."""
    wanted = NEEDED | dict(domain.settings.cluster_settings)
    found = domain.api.get("/_cluster/settings?flat_settings=true")
    present = found["persistent"]
    for name, value in wanted.items():
        # No path of settings: the dots are part of their names.
        if name in present and not differences(value, present[name]):
            report.same()
            continue
        before = f"was {present[name]}" if name in present else ""
        body = {"persistent": {name: value}}
        report.change(
            "updated" if before else "created",
            f"{name}: {value}",
            before,
            lambda body=body: domain.api.put("/_cluster/settings", body),  # type: ignore[misc]
        )
