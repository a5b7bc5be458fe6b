"""Roles, mappings, tenants and audit log: brought up to date, and what of a person's own stays."""

import json
from typing import Any

import pytest

from configure_domain import security
from tests.configure_domain.conftest import ROLE, USER, Deployment

API = security.API


def test_each_permission_of_the_loader_is_needed(deployment: Deployment) -> None:
    deployment.run()
    deployment.person("loader", ROLE.format("aes-siem-es-loader"))
    own = security.ROLES[security.LOADER]
    (entry,) = own["index_permissions"]
    assert works(deployment, own, "log-aws-waf-2026-01")
    for number, left_out in enumerate(entry["allowed_actions"]):
        rest = [action for action in entry["allowed_actions"] if action != left_out]
        narrower = own | {"index_permissions": [entry | {"allowed_actions": rest}]}
        assert not works(deployment, narrower, f"log-aws-alb-2026-{number:02}"), left_out
    for number, left_out in enumerate(own["cluster_permissions"]):
        rest = [action for action in own["cluster_permissions"] if action != left_out]
        narrower = own | {"cluster_permissions": rest}
        assert not works(deployment, narrower, f"log-aws-vpc_flow-2026-{number:02}"), left_out


def works(deployment: Deployment, role: Any, index: str) -> bool:
    """Whether the loader can write to a new index and look a document up, with this role."""
    deployment.ask("PUT", f"{API}/roles/{security.LOADER}", role)
    body = json.dumps({"create": {"_index": index, "_id": "1"}}) + "\n" + json.dumps({}) + "\n"
    written = deployment.as_user("loader", "POST", "/_bulk", body).json()
    docs = {"docs": [{"_index": index, "_id": "1"}]}
    found = deployment.as_user("loader", "POST", "/_mget", docs).json()
    return written.get("errors") is False and found.get("docs", [{}])[0].get("found") is True


def test_iam_users_are_mapped_as_users_and_roles_as_backend_roles(
    new_deployment: Deployment,
) -> None:
    new_deployment.run()
    mapping = new_deployment.ask("GET", f"{API}/rolesmapping/{security.ANALYST}")[security.ANALYST]
    assert mapping["users"] == [USER.format("bob")]
    assert mapping["backend_roles"] == [ROLE.format("analyst")]


def test_who_is_no_longer_named_loses_the_role_and_what_a_person_added_stays(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.run()
    path = f"{API}/rolesmapping/{security.ANALYST}"
    present = deployment.ask("GET", path)[security.ANALYST]
    by_hand = {
        "backend_roles": [*present["backend_roles"], "saml-analysts", ROLE.format("sneaked-in")],
        "users": [*present["users"], "local-user"],
    }
    deployment.ask("PUT", path, by_hand)
    monkeypatch.setenv("ANALYST_ARNS", json.dumps([ROLE.format("new")]))
    (entry,) = deployment.changes("role mappings")
    assert entry["name"] == "mapping of siem_analyst"
    assert entry["detail"] == (
        f"+{ROLE.format('new')} -{ROLE.format('analyst')} -{ROLE.format('sneaked-in')} "
        f"-{USER.format('bob')}"
    )
    mapping = deployment.ask("GET", path)[security.ANALYST]
    assert mapping["backend_roles"] == ["saml-analysts", ROLE.format("new")]
    assert mapping["users"] == ["local-user"]
    assert deployment.run()["changed"] == []


def test_the_clusters_own_mappings_keep_whom_they_have(new_deployment: Deployment) -> None:
    new_deployment.run()
    mapping = new_deployment.ask("GET", f"{API}/rolesmapping/manage_snapshots")["manage_snapshots"]
    assert mapping["backend_roles"] == ["snapshotrestore", ROLE.format("aes-siem-configure-aes")]
    mapping = new_deployment.ask("GET", f"{API}/rolesmapping/all_access")["all_access"]
    assert mapping["backend_roles"] == ["admin", ROLE.format("aes-siem-configure-aes")]


def test_a_role_that_somebody_widened_is_narrowed_again(deployment: Deployment) -> None:
    deployment.run()
    path = f"{API}/roles/{security.LOADER}"
    role = dict(security.ROLES[security.LOADER])
    wider = {"index_patterns": ["*"], "allowed_actions": ["*"]}
    deployment.ask("PUT", path, role | {"index_permissions": [*role["index_permissions"], wider]})
    (entry,) = deployment.changes("roles")
    assert (entry["name"], entry["detail"]) == (security.LOADER, "index_permissions")
    assert deployment.ask("GET", path)[security.LOADER]["index_permissions"][1:] == []


def test_global_is_the_tenant_that_people_start_in(new_deployment: Deployment) -> None:
    new_deployment.run()
    tenancy = new_deployment.ask("GET", f"{API}/tenancy/config")
    assert tenancy["default_tenant"] == "Global"
    assert tenancy["private_tenant_enabled"] and tenancy["multitenancy_enabled"]


def test_the_audit_log_is_on_and_an_operators_own_choices_stay(new_deployment: Deployment) -> None:
    new_deployment.run()
    audit = new_deployment.ask("GET", f"{API}/audit")["config"]
    assert audit["enabled"] and audit["compliance"]["internal_config"]
    audit["audit"]["ignore_users"] = ["kibanaserver", "noisy"]
    new_deployment.ask("PUT", f"{API}/audit/config", audit | {"enabled": False})
    new_deployment.run()
    after = new_deployment.ask("GET", f"{API}/audit")["config"]
    assert after["enabled"]
    assert after["audit"]["ignore_users"] == ["kibanaserver", "noisy"]
