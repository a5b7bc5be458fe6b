"""How long the indices of each log type are kept, and where: policies of Index State Management.

An index is as old as the day on which it was made, about the first of its period. A step that is
due so many days after an event waits for the events of the period's last day: its age is those
days plus the length of the period.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ism.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cold-storage.html
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from configure_domain.compare import describe, differences
from configure_domain.domain import Domain
from configure_domain.report import Report
from configure_domain.settings import Retention
from es_loader import ledger
from es_loader.log_type import LogType

API = "/_plugins/_ism"
ALL, LEDGER = "*", "ledger"
DAYS = {"daily": 1, "weekly": 7, "monthly": 31, "yearly": 366}
PRIORITY = 100  # below a policy of the user's own
MOVE = {"timeout": "24h", "retry": {"count": 5, "backoff": "exponential", "delay": "1h"}}
AT_ONCE = 20  # indices that are asked about in one request


def configure(domain: Domain, report: Report) -> None:
    """Bring the policies up to date, and all indices under them, those that exist too."""
    if not domain.settings.retention:
        report.skip("policies", "no retention is set: every index stays for ever")
        return
    wanted = policies(domain, report)
    sequence_numbers = {}
    for name, body in wanted.items():
        found = domain.api.get(f"{API}/policies/{name}")
        sequence_numbers[name] = found["_seq_no"] if found else None
        paths = differences(body, found)
        if not paths:
            report.same()
            continue
        path = f"{API}/policies/{name}"
        if found:
            path += f"?if_seq_no={found['_seq_no']}&if_primary_term={found['_primary_term']}"
            sequence_numbers[name] = None
        report.change(
            "updated" if found else "created",
            name,
            describe(paths) if found else _steps(body),
            partial(domain.api.put, path, body),
        )
    _attach(domain, report, wanted, sequence_numbers)


def policies(domain: Domain, report: Report) -> dict[str, dict[str, Any]]:
    """The policy of each log type that has a retention, by name."""
    retention = domain.settings.retention
    for name in retention.keys() - domain.log_types.keys() - {ALL, LEDGER}:
        report.skip(name, "retention names no log type of ours")
    warm_asked = any(each.warm is not None for each in retention.values())
    cold_asked = any(each.cold is not None for each in retention.values())
    if warm_asked and not domain.warm:
        report.skip("warm", "the domain has no warm nodes: indices stay on hot ones")
    if cold_asked and not domain.cold:
        report.skip("cold", "the domain has no cold storage: indices stay where they are")
    found = {}
    for log_type in domain.log_types.values():
        own = retention.get(log_type.name, retention.get(ALL))
        if own:
            name = _policy_name(log_type.index_prefix)
            found[name] = _policy(domain, log_type.index_prefix, log_type.index, own)
    if LEDGER in retention:
        found[ledger.INDEX] = _policy(domain, ledger.INDEX, "yearly", retention[LEDGER])
    return found


def uses_warm(domain: Domain, log_type: LogType) -> bool:
    """Whether indices of this type move to warm nodes."""
    retention = domain.settings.retention
    own = retention.get(log_type.name, retention.get(ALL))
    return domain.warm and own is not None and own.warm is not None


def _policy(domain: Domain, prefix: str, period: str, own: Retention) -> dict[str, Any]:
    """The body of a policy: hot, then the steps that are asked for and that the domain has."""
    steps: list[tuple[str, int, dict[str, Any]]] = []
    if own.warm is not None and domain.warm:
        steps.append(("warm", own.warm, {"warm_migration": {}} | MOVE))
    cold = own.cold is not None and domain.cold and bool(steps)
    if own.cold is not None and cold:
        migration = {"cold_migration": {"timestamp_field": "@timestamp"}}
        steps.append(("cold", own.cold, migration | MOVE))
    if own.delete is not None:
        # A cold index is no index of the cluster: another action deletes it.
        steps.append(("delete", own.delete, {"cold_delete": {}} if cold else {"delete": {}}))
    states: list[dict[str, Any]] = [{"name": "hot", "actions": [], "transitions": []}]
    for name, days, action in steps:
        age = {"min_index_age": f"{days + DAYS[period]}d"}
        states[-1]["transitions"] = [{"state_name": name, "conditions": age}]
        states.append({"name": name, "actions": [action], "transitions": []})
    return {
        "policy": {
            "description": f"{prefix}-*: made by configure_domain, which overwrites changes",
            "default_state": "hot",
            "states": states,
            "ism_template": [{"index_patterns": [f"{prefix}-*"], "priority": PRIORITY}],
        }
    }


def _steps(body: dict[str, Any]) -> str:
    ages = [
        f"{transition['state_name']} after {transition['conditions']['min_index_age']}"
        for state in body["policy"]["states"]
        for transition in state["transitions"]
    ]
    return ", ".join(ages) or "kept for ever"


def _attach(
    domain: Domain,
    report: Report,
    wanted: Mapping[str, Any],
    sequence_numbers: Mapping[str, int | None],
) -> None:
    """Put indices without a policy under ours, and those under an earlier version under this one.

    A policy's own template reaches only indices that are made after it, and an index keeps the
    version of the policy that it began with. An index with a policy of somebody else's stays.
    """
    for name, indices in _indices(domain, wanted).items():
        bare, old = [], []
        for index, state in indices.items():
            own = state.get("index.plugins.index_state_management.policy_id")
            if own is None:
                bare.append(index)
            elif own == name and _is_older(state, sequence_numbers[name]):
                old.append(index)
        for group, verb, words in ((bare, "add", "put under it"), (old, "change_policy", "moved")):
            if group:
                report.change(
                    "updated",
                    f"indices of {name}",
                    f"{words}: {', '.join(sorted(group))}",
                    partial(_ask, domain, verb, sorted(group), name),
                )


def _is_older(state: Mapping[str, Any], sequence_number: int | None) -> bool:
    """Whether an index follows an earlier version; one that was just put under it says nothing."""
    own = state.get("policy_seq_no")
    return own is not None and own != sequence_number


def _ask(domain: Domain, verb: str, indices: list[str], name: str) -> None:
    for at in range(0, len(indices), AT_ONCE):
        names = quote(",".join(indices[at : at + AT_ONCE]))
        domain.api.post(f"{API}/{verb}/{names}", {"policy_id": name})


def _indices(domain: Domain, wanted: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What ISM knows of the indices of each policy: policy -> index -> state."""
    listed = domain.api.get(f"/_cat/indices/log-*,{ledger.INDEX}-*?h=index&format=json") or []
    policy_of = {each["index"]: _policy_name(_prefix(each["index"])) for each in listed}
    ours = sorted(index for index, policy in policy_of.items() if policy in wanted)
    found: dict[str, dict[str, Any]] = {}
    for at in range(0, len(ours), AT_ONCE):
        some = ours[at : at + AT_ONCE]
        states = domain.api.get(f"{API}/explain/{quote(','.join(some))}") or {}
        for index in some:
            if index in states:
                found.setdefault(policy_of[index], {})[index] = states[index]
    return found


def _policy_name(prefix: str) -> str:
    return prefix if prefix == ledger.INDEX else f"siem-{prefix}"


def _prefix(index: str) -> str:
    """`log-aws-cloudtrail` of `log-aws-cloudtrail-2026-11`: names of types have no hyphen."""
    parts = index.split("-")
    return "-".join(parts[:3] if parts[0] == "log" else parts[:2])
