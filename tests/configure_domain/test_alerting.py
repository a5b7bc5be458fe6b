"""Alerts: the channel, the monitors, and that each monitor finds what it is for on a real node."""

import json
import time
from typing import Any

import pytest

from configure_domain import alerting, monitors, templates
from configure_domain.domain import Domain
from configure_domain.monitors import MONITORS, HealthMonitor, Monitor
from configure_domain.report import Report
from es_loader.log_type_file import HERE
from tests.configure_domain.conftest import DOMAIN, ENVIRONMENT, Plain

CHANNEL = f"{DOMAIN}-alert"
OVER_DOCUMENTS = [each for each in MONITORS if isinstance(each, Monitor)]
FAILURES: list[dict[str, Any]] = [
    {"outcome": "failed"},
    {"outcome": "partial"},
    {"outcome": "loaded", "quarantined": 3},
]
SUCCESSES: list[dict[str, Any]] = [{"outcome": "loaded", "quarantined": 0}, {"outcome": "skipped"}]


def run(domain: Domain, apply: bool = True) -> Report:
    report = Report(apply, "alerts")
    alerting.configure_channel(domain, report)
    alerting.configure_monitors(domain, report)
    return report


def count(plain: Plain, monitor: Monitor) -> int:
    """Hits of a monitor that runs now."""
    end = str(int(time.time() * 1000))
    body = json.loads(json.dumps(monitors.query(monitor)).replace("{{period_end}}", end))
    found = plain.node.search(index=",".join(monitor.indices), body=body)
    hits: int = found["hits"]["total"]["value"]
    return hits


def samples(log_type: str) -> list[dict[str, Any]]:
    """The documents that es_loader makes of a log type's samples."""
    return [
        document
        for file in sorted((HERE / log_type / "samples").glob("*.expected.json"))
        for document in json.loads(file.read_text())["documents"]
    ]


def index(plain: Plain, name: str, documents: list[dict[str, Any]], at: str) -> None:
    """Index documents as if they had been loaded then."""
    loaded = int(time.time() * 1000) - {"now": 0, "an hour ago": 3_600_000}[at]
    for document in documents:
        own = json.loads(json.dumps(document))
        own.setdefault("event", {})["ingested"] = loaded
        own["@timestamp"] = loaded if name.startswith("siem-ledger") else own["@timestamp"]
        plain.node.index(index=name, body=own)
    plain.node.indices.refresh(index=name)


def test_alerts_go_to_the_topic_by_the_role(plain: Plain) -> None:
    run(plain.domain())
    channel = plain.plugins.channels[CHANNEL]
    assert channel["config_type"] == "sns"
    assert channel["sns"] == {
        "topic_arn": ENVIRONMENT["ALERT_TOPIC_ARN"],
        "role_arn": ENVIRONMENT["ALERT_ROLE_ARN"],
    }


def test_all_monitors_are_made_and_tell_the_channel(plain: Plain) -> None:
    run(plain.domain())
    made = plain.plugins.monitors.values()
    assert {each["name"] for each in made} == {f"{DOMAIN}: {each.name}" for each in MONITORS}
    for each in made:
        (trigger,) = each["triggers"]
        (action,) = trigger["query_level_trigger"]["actions"]
        assert action["destination_id"] == CHANNEL


def test_a_second_run_changes_nothing_though_opensearch_rewrites_what_it_is_given(
    plain: Plain,
) -> None:
    run(plain.domain())
    text = json.dumps([*plain.plugins.monitors.values()])
    assert '"from"' in text and '"gte": "{{' not in text
    assert run(plain.domain()).changes == []


def test_a_changed_topic_and_a_changed_monitor_are_brought_up_to_date(plain: Plain) -> None:
    run(plain.domain())
    for each in plain.plugins.monitors.values():
        each["enabled"] = each["name"] != f"{DOMAIN}: root login"
        condition = each["triggers"][0]["query_level_trigger"]["condition"]["script"]
        condition["source"] = condition["source"][:-1] + "x"  # of an earlier release
    report = run(plain.domain(alert_topic="arn:aws:sns:eu-west-1:111122223333:other"))
    assert [(entry.action, entry.name) for entry in report.changes] == [
        ("updated", CHANNEL),
        *(("updated", f"{DOMAIN}: {each.name}") for each in MONITORS),
    ]
    enabled = {each["name"]: each["enabled"] for each in plain.plugins.monitors.values()}
    assert [name for name, on in enabled.items() if not on] == [f"{DOMAIN}: root login"]
    assert len(plain.plugins.monitors) == len(MONITORS)


def test_what_a_person_changed_about_a_monitor_stays(plain: Plain) -> None:
    run(plain.domain())
    for each in plain.plugins.monitors.values():
        each["schedule"]["period"]["interval"] = 30
    assert run(plain.domain()).changes == []


def test_a_monitor_that_the_product_no_longer_has_goes_and_a_persons_own_stays(
    plain: Plain,
) -> None:
    run(plain.domain())
    (own,) = [each for each in MONITORS if each.name == "root login"]
    old = json.dumps(monitors.body(own, DOMAIN, CHANNEL)).replace("root login", "old one")
    plain.plugins.monitors["old"] = json.loads(old)
    mine = {"name": f"{DOMAIN}: mine", "triggers": []}
    plain.plugins.monitors["mine"] = mine
    (entry,) = run(plain.domain()).changes
    assert (entry.action, entry.name) == ("deleted", f"{DOMAIN}: old one")
    assert plain.plugins.monitors["mine"] == mine and "old" not in plain.plugins.monitors


def test_a_plan_changes_nothing(plain: Plain) -> None:
    assert len(run(plain.domain(), apply=False).changes) == 1 + len(MONITORS)
    assert plain.plugins.channels == plain.plugins.monitors == {}


def test_the_loader_errors_monitor_finds_failures_and_quarantined_records(plain: Plain) -> None:
    (monitor,) = [each for each in OVER_DOCUMENTS if each.name == "loader errors"]
    templates.put_templates(plain.node)
    index(plain, "siem-ledger-2026", SUCCESSES, "now")
    index(plain, "siem-ledger-2026", FAILURES, "an hour ago")
    assert count(plain, monitor) == 0
    index(plain, "siem-ledger-2026", FAILURES, "now")
    assert count(plain, monitor) == len(FAILURES)


def test_the_root_login_monitor_finds_the_root_user_signing_in(plain: Plain) -> None:
    (monitor,) = [each for each in OVER_DOCUMENTS if each.name == "root login"]
    templates.put_templates(plain.node)
    documents = samples("cloudtrail")

    def is_root(document: dict[str, Any]) -> bool:
        identity = document.get("aws", {}).get("cloudtrail", {}).get("user_identity", {})
        action = document["event"].get("action")
        return bool(identity.get("type") == "Root" and action == "ConsoleLogin")

    roots = [each for each in documents if is_root(each)]
    assert roots and len(roots) < len(documents)
    name = "log-aws-cloudtrail-2026-11"
    index(plain, name, roots, "an hour ago")
    index(plain, name, [each for each in documents if not is_root(each)], "now")
    assert count(plain, monitor) == 0
    index(plain, name, roots, "now")
    assert count(plain, monitor) == len(roots)


def test_the_guardduty_monitor_finds_findings_of_severity_high(plain: Plain) -> None:
    (monitor,) = [each for each in OVER_DOCUMENTS if each.name == "GuardDuty high"]
    templates.put_templates(plain.node)
    documents = samples("guardduty")
    # Results of scans of S3 objects have no severity.
    high = [each for each in documents if each["event"].get("severity", 0) >= monitors.HIGH]
    assert high and len(high) < len(documents)
    index(plain, "log-aws-guardduty-2026-11", documents, "now")
    assert count(plain, monitor) == len(high)


@pytest.mark.parametrize("monitor", MONITORS, ids=lambda each: each.name)
def test_the_conditions_are_painless_that_a_node_runs(
    plain: Plain, monitor: Monitor | HealthMonitor
) -> None:
    made = monitors.body(monitor, DOMAIN, CHANNEL)
    source = made["triggers"][0]["query_level_trigger"]["condition"]["script"]["source"]
    quiet = {"hits": {"total": {"value": 0}}, "status": "green", "number_of_pending_tasks": 0}
    loud = {"hits": {"total": {"value": 1}}, "status": "red", "number_of_pending_tasks": 0}
    for result, expected in ((quiet, "false"), (loud, "true")):
        script = {
            "source": f"def ctx = params.c;\nreturn {source}\n;",
            "params": {"c": {"results": [result]}},
        }
        answer = plain.node.transport.perform_request(
            "POST", "/_scripts/painless/_execute", body={"script": script}
        )
        assert answer["result"] == expected


def test_the_health_monitor_asks_for_fields_that_the_node_has(plain: Plain) -> None:
    health = plain.node.cluster.health()
    assert {"status", "number_of_pending_tasks"} < health.keys()
