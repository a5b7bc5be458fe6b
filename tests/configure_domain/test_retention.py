"""Retention: policies with the right ages, and all indices under them."""

from typing import Any

import pytest

from configure_domain import retention
from configure_domain.domain import Domain
from configure_domain.report import Report
from configure_domain.settings import Retention
from tests.configure_domain.conftest import Plain

CLOUDTRAIL = "siem-log-aws-cloudtrail"
KEY = "index.plugins.index_state_management.policy_id"


def run(domain: Domain, apply: bool = True) -> Report:
    report = Report(apply, "retention")
    retention.configure(domain, report)
    return report


def ages(policy: Any) -> dict[str, str]:
    """State that an index goes to -> the age at which it does."""
    return {
        transition["state_name"]: transition["conditions"]["min_index_age"]
        for state in policy["policy"]["states"]
        for transition in state["transitions"]
    }


def actions(policy: Any) -> list[str]:
    """What is done on the way, without what servers add."""
    return [
        name
        for state in policy["policy"]["states"]
        for action in state["actions"]
        for name in action
        if name not in ("retry", "timeout")
    ]


def test_the_age_is_the_retention_and_the_length_of_the_period(plain: Plain) -> None:
    kept = {"*": Retention(delete=400), "ledger": Retention(delete=400)}
    run(plain.domain(retention=kept))
    assert ages(plain.plugins.policies[CLOUDTRAIL]) == {"delete": "431d"}  # monthly
    assert ages(plain.plugins.policies["siem-ledger"]) == {"delete": "766d"}  # yearly
    for name, period in (("daily", "401d"), ("weekly", "407d")):
        assert (
            ages(retention._policy(plain.domain(), "log-x-y", name, kept["*"]))["delete"] == period
        )


def test_every_log_type_has_a_policy_for_its_own_indices(plain: Plain) -> None:
    domain = plain.domain()
    run(domain)
    patterns = {
        template["index_patterns"][0]
        for policy in plain.plugins.policies.values()
        for template in policy["policy"]["ism_template"]
    }
    assert patterns == {f"{each.index_prefix}-*" for each in domain.log_types.values()} | {
        "siem-ledger-*"
    }


def test_a_log_type_of_its_own_overrules_the_rest(plain: Plain) -> None:
    own = Retention(warm=30, cold=90, delete=2555)
    kept = {"*": Retention(delete=400), "cloudtrail": own}
    run(plain.domain(retention=kept, warm=True, cold=True))
    policy = plain.plugins.policies[CLOUDTRAIL]
    assert ages(policy) == {"warm": "61d", "cold": "121d", "delete": "2586d"}
    assert actions(policy) == ["warm_migration", "cold_migration", "cold_delete"]
    assert ages(plain.plugins.policies["siem-log-aws-waf"]) == {"delete": "431d"}
    assert actions(plain.plugins.policies["siem-log-aws-waf"]) == ["delete"]


def test_a_log_type_without_retention_stays_for_ever(plain: Plain) -> None:
    run(plain.domain(retention={"waf": Retention(delete=30)}))
    assert plain.plugins.policies.keys() == {"siem-log-aws-waf"}


def test_without_any_retention_nothing_is_set_and_it_is_said(plain: Plain) -> None:
    report = run(plain.domain(retention={}))
    assert [entry.detail for entry in report.entries] == [
        "no retention is set: every index stays for ever"
    ]
    assert plain.plugins.policies == {}


@pytest.mark.parametrize(
    ("warm", "cold", "done", "told"),
    [
        (False, False, ["delete"], ["warm", "cold"]),
        (True, False, ["warm_migration", "delete"], ["cold"]),
        (True, True, ["warm_migration", "cold_migration", "cold_delete"], []),
    ],
)
def test_a_tier_that_the_domain_lacks_is_left_out_and_reported(
    plain: Plain, warm: bool, cold: bool, done: list[str], told: list[str]
) -> None:
    kept = {"*": Retention(warm=30, cold=90, delete=400)}
    report = run(plain.domain(retention=kept, warm=warm, cold=cold))
    assert actions(plain.plugins.policies[CLOUDTRAIL]) == done
    assert [entry.name for entry in report.entries if entry.action == "skipped"] == told
    assert ages(plain.plugins.policies[CLOUDTRAIL])["delete"] == "431d"


def test_a_name_that_is_no_log_type_is_reported(plain: Plain) -> None:
    report = run(plain.domain(retention={"cloudtrial": Retention(delete=30)}))
    (entry,) = report.entries
    assert (entry.name, entry.detail) == ("cloudtrial", "retention names no log type of ours")


def test_a_second_run_changes_nothing(plain: Plain) -> None:
    run(plain.domain())
    before = dict(plain.plugins.policies)
    report = run(plain.domain())
    assert report.changes == [] and report.unchanged == len(before)
    assert plain.plugins.policies == before


def test_a_new_retention_changes_the_policy_and_moves_the_indices_to_it(plain: Plain) -> None:
    index = "log-aws-cloudtrail-2026-11"
    plain.node.indices.create(index=index)
    run(plain.domain())
    first = plain.plugins.managed[index]["policy_seq_no"]
    report = run(plain.domain(retention={"cloudtrail": Retention(delete=30)}))
    assert [(entry.name, entry.detail) for entry in report.changes] == [
        (CLOUDTRAIL, "policy.states[0].transitions[0].conditions.min_index_age"),
        (f"indices of {CLOUDTRAIL}", f"moved: {index}"),
    ]
    assert plain.plugins.managed[index]["policy_seq_no"] > first
    assert run(plain.domain(retention={"cloudtrail": Retention(delete=30)})).changes == []


def test_a_move_that_an_earlier_run_did_not_come_to_is_made_up_for(plain: Plain) -> None:
    index = "log-aws-cloudtrail-2026-11"
    plain.node.indices.create(index=index)
    run(plain.domain())
    plain.plugins.managed[index]["policy_seq_no"] -= 1
    (entry,) = run(plain.domain()).changes
    assert entry.detail == f"moved: {index}"


def test_indices_that_are_there_are_put_under_the_policy_late_ones_too(plain: Plain) -> None:
    names = [
        "log-aws-cloudtrail-2026-10",
        "log-aws-cloudtrail-2026-11-late",
        "log-aws-waf-2026-11",
        "siem-ledger-2026",
        "log-somebody-else-2026",
    ]
    for name in names:
        plain.node.indices.create(index=name)
    run(plain.domain())
    assert {name: state[KEY] for name, state in plain.plugins.managed.items()} == {
        names[0]: CLOUDTRAIL,
        names[1]: CLOUDTRAIL,
        names[2]: "siem-log-aws-waf",
        names[3]: "siem-ledger",
    }


def test_an_index_with_a_policy_of_somebody_elses_stays(plain: Plain) -> None:
    index = "log-aws-cloudtrail-2026-11"
    plain.node.indices.create(index=index)
    own = {KEY: "legal-hold", "policy_seq_no": 1}
    plain.plugins.managed[index] = own
    run(plain.domain())
    assert plain.plugins.managed == {index: own}


def test_many_indices_are_asked_about_in_parts(plain: Plain) -> None:
    names = [f"log-aws-cloudtrail-2026-{number:02}" for number in range(1, 26)]
    for name in names:
        plain.node.indices.create(index=name)
    run(plain.domain())
    assert plain.plugins.managed.keys() == {*names}
    asked = [each for each in plain.server.requests if "/_ism/explain/" in each.path]
    assert len(asked) == 2
    plain.node.indices.delete(index="log-aws-cloudtrail-*")


def test_a_plan_changes_nothing(plain: Plain) -> None:
    report = run(plain.domain(), apply=False)
    assert report.changes and plain.plugins.policies == {}
