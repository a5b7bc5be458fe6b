"""Lambda entry of configure_domain: `{"action": "apply"}`, or `"plan"`, which writes nothing.

Every run compares what is there with what is wanted, writes what differs and reports it; so it may
be repeated, and is, by each `terraform apply`. `"rotate_password": true` makes a new password. On
the deletion of the deployment nothing happens: the domain goes with all that is in it, or stays.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from common.errors import SettingsError
from common.telemetry import logger
from configure_domain import (
    alerting,
    cluster_settings,
    domain,
    password,
    retention,
    saved_objects,
    security,
    snapshots,
    templates,
)
from configure_domain.api import ConfigureError, NotLetIn, NotOffered
from configure_domain.domain import Deadline, Domain
from configure_domain.report import Report
from configure_domain.settings import Settings
from es_loader.log_type_file import load_all

ACTIONS = ("apply", "plan")
# They log what they send and receive, passwords too, where Lambda is set to log at DEBUG; and each
# 404 as a warning, which only says that something is not there yet.
CHATTY = ("botocore", "opensearch", "opensearchpy.trace", "requests_aws4auth", "urllib3")

Part = Callable[[Domain, Report], None]

ACCESS, TEMPLATES, MAPPINGS = "own access", "templates", "role mappings"
# In this order: the loader is let in only when there are templates for what it writes.
PARTS: tuple[tuple[str, Part], ...] = (
    ("cluster settings", cluster_settings.configure),
    (TEMPLATES, templates.configure),
    ("retention", retention.configure),
    ("roles", security.configure_roles),
    (MAPPINGS, security.configure_mappings),
    ("tenants", security.configure_tenants),
    ("audit", security.configure_audit),
    ("snapshot repository", snapshots.configure_repository),
    ("snapshot policy", snapshots.configure_policy),
    ("alert channel", alerting.configure_channel),
    ("monitors", alerting.configure_monitors),
    ("saved objects", saved_objects.configure),
)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Configure the domain, or tell what would be changed; the answer is the report.

    Raises ConfigureError with a sentence for each part that failed, after all others were done.
    """
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        action, rotate = read_event(event)
        if action is None:
            logger.info("nothing is done on deletion")
            return {"action": "none", "changed": [], "kept": [], "skipped": [], "unchanged": 0}
        report = Report(apply=action == "apply")
        run(
            Settings.from_environment(),
            report,
            lambda: context.get_remaining_time_in_millis() / 1000,
            rotate,
        )
        if report.failures:
            raise ConfigureError("; ".join(report.failures))
    except (ConfigureError, SettingsError) as error:
        logger.error(str(error))
        raise
    return report.as_answer()


def read_event(event: Any) -> tuple[str | None, bool]:
    """Action (None: nothing is to be done) and whether a new password is asked for.

    Terraform's aws_lambda_invocation tells in `tf` what it does with the deployment.
    """
    if not isinstance(event, dict):
        raise ConfigureError(f"event: expected an object with an action: {event!r}")
    terraform = event.get("tf")
    if isinstance(terraform, dict) and terraform.get("action") == "delete":
        return None, False
    action, rotate = event.get("action"), event.get("rotate_password", False)
    if action not in ACTIONS:
        raise ConfigureError(f"event: action has to be one of {', '.join(ACTIONS)}: {action!r}")
    if not isinstance(rotate, bool):
        raise ConfigureError(f"event: rotate_password has to be true or false: {rotate!r}")
    return action, rotate


def run(settings: Settings, report: Report, deadline: Deadline, rotate: bool = False) -> None:
    """Bring each part up to date; a part that fails is noted, the others go on."""
    status = domain.wait(settings, deadline)
    cluster = status.get("ClusterConfig", {})
    signed = domain.signed_api(settings)
    own = Domain(
        settings=settings,
        api=signed,
        signed=signed,
        log_types=load_all(),
        version=(0, 0),
        warm=bool(cluster.get("WarmEnabled")),
        cold=bool(cluster.get("ColdStorageOptions", {}).get("Enabled")),
    )
    is_master = security.is_master(signed)
    if is_master:
        # Amazon's service takes care of one master user only: ours may be about to be another.
        report.part = ACCESS
        security.configure_access(own, report)
    login = password.ensure(settings, report, deadline, rotate)
    if not is_master:
        if login is None:
            report.skip("everything else", "not known before the domain has a password of ours")
            return
        own = replace(own, api=domain.api(settings, login))
        report.part = ACCESS
        try:
            security.configure_access(own, report)
        except NotLetIn:
            raise ConfigureError(
                "the domain lets in neither the function's role nor, from here, its master user; "
                f"map the role to all_access and security_manager: {settings.configure_role}"
            ) from None
    _run_parts(replace(own, version=domain.version(own.api)), report)


def _run_parts(own: Domain, report: Report) -> None:
    failed = set()
    for name, configure in PARTS:
        report.part = name
        if name == MAPPINGS and TEMPLATES in failed:
            report.skip("all", "templates failed: whoever may write would make wrong indices")
            continue
        try:
            configure(own, report)
        except NotOffered as error:
            report.skip("all", str(error))
        except ConfigureError as error:
            failed.add(name)
            report.fail(str(error))
