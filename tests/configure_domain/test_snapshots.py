"""Snapshots: the repository, which is registered by a signed request, and the policy."""

import pytest

from configure_domain import snapshots
from configure_domain.api import ConfigureError
from configure_domain.domain import Domain
from configure_domain.report import Report
from configure_domain.settings import Retention
from tests.configure_domain.conftest import BUCKET, DOMAIN, ENVIRONMENT, Plain


def run(domain: Domain, apply: bool = True) -> Report:
    report = Report(apply, "snapshots")
    snapshots.configure_repository(domain, report)
    snapshots.configure_policy(domain, report)
    return report


def test_the_repository_is_in_its_own_folder_of_the_snapshot_bucket(plain: Plain) -> None:
    run(plain.domain())
    assert plain.plugins.repositories[DOMAIN] == {
        "type": "s3",
        "settings": {
            "bucket": BUCKET,
            "base_path": "snapshots",
            "region": "ap-northeast-1",
            "role_arn": ENVIRONMENT["SNAPSHOT_ROLE_ARN"],
        },
    }


def test_it_is_registered_by_a_signed_request_of_the_functions_role(plain: Plain) -> None:
    run(plain.domain())
    (put,) = [
        each
        for each in plain.server.requests
        if each.path.startswith("/_snapshot") and each.method == "PUT"
    ]
    assert put.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=testing/")


def test_a_role_that_may_not_be_passed_is_named(plain: Plain) -> None:
    plain.plugins.signed = lambda request: False
    with pytest.raises(ConfigureError) as raised:
        run(plain.domain())
    assert str(raised.value) == (
        f"OpenSearch refused PUT /_snapshot/{DOMAIN} with 403: User: anonymous is not authorized "
        f"to perform: iam:PassRole on resource: {ENVIRONMENT['SNAPSHOT_ROLE_ARN']}"
    )


def test_snapshots_are_taken_daily_of_logs_ledger_and_saved_objects(plain: Plain) -> None:
    run(plain.domain())
    policy = plain.plugins.snapshot_policies[DOMAIN]["sm_policy"]
    assert policy["snapshot_config"]["indices"] == "log-*,siem-ledger-*,.kibana*"
    assert policy["snapshot_config"]["repository"] == DOMAIN
    assert policy["creation"]["schedule"]["cron"]["expression"] == "0 1 * * *"


def test_log_types_that_become_warm_are_left_out_and_reported(plain: Plain) -> None:
    kept = {"cloudtrail": Retention(warm=30, delete=400)}
    report = run(plain.domain(retention=kept, warm=True))
    indices = plain.plugins.snapshot_policies[DOMAIN]["sm_policy"]["snapshot_config"]["indices"]
    assert "log-aws-waf-*" in indices and "cloudtrail" not in indices and "log-*," not in indices
    (entry,) = [each for each in report.entries if each.action == "skipped"]
    assert entry.detail == "log types: cloudtrail"


def test_a_second_run_changes_nothing_and_a_change_is_made(plain: Plain) -> None:
    run(plain.domain())
    assert run(plain.domain()).changes == []
    stored = plain.plugins.snapshot_policies[DOMAIN]["sm_policy"]
    stored["deletion"]["condition"]["max_age"] = "7d"
    (entry,) = run(plain.domain()).changes
    assert (entry.action, entry.detail) == ("updated", "deletion.condition.max_age")
    assert run(plain.domain()).changes == []


def test_a_plan_changes_nothing(plain: Plain) -> None:
    assert len(run(plain.domain(), apply=False).changes) == 2
    assert plain.plugins.repositories == plain.plugins.snapshot_policies == {}
