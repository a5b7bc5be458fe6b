"""configure_domain as a whole: on a new domain, again, in part, and on bad input."""

import json
import logging
from typing import Any

import pytest

from common.errors import SettingsError
from configure_domain import handler as configure_domain
from configure_domain import index_patterns, saved_objects
from configure_domain.api import ConfigureError
from configure_domain.index_patterns import PREFIX
from es_loader import log_type_file
from local.exchange import Answer, Request
from tests.configure_domain.conftest import (
    BUCKET,
    DOMAIN,
    ENVIRONMENT,
    MASTER,
    THROWAWAY,
    Context,
    Deployment,
)

WRITES = ("PUT", "POST", "DELETE", "PATCH")
SEARCHES = ("_search", "_find", "_export")


def writes(deployment: Deployment) -> list[str]:
    """Requests to the domain that may have changed something."""
    return [
        f"{request.method} {request.path}"
        for request in deployment.server.requests
        if request.method in WRITES and not request.path.endswith(SEARCHES)
    ]


def failure(deployment: Deployment, **event: Any) -> str:
    """What a person reads of a run that fails."""
    with pytest.raises(ConfigureError) as raised:
        deployment.run(**event)
    return str(raised.value)


def test_a_new_domain_is_configured_and_a_second_run_changes_nothing(
    new_deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = log_type_file.load_all()
    monkeypatch.setattr(configure_domain, "load_all", lambda: every)
    saved_objects.CARRIED.write_text(index_patterns.ndjson(index_patterns.objects(every)))
    first = new_deployment.run()
    parts = {entry["part"] for entry in first["changed"]}
    assert parts == {"password", *(name for name, _ in configure_domain.PARTS)}
    assert first["skipped"] == first["kept"] == []
    stored = new_deployment.stored()
    new_deployment.server.requests.clear()
    second = new_deployment.run()
    assert (second["changed"], second["skipped"], second["kept"]) == ([], [], [])
    assert second["unchanged"] >= len(first["changed"])
    assert writes(new_deployment) == []
    assert new_deployment.stored() == stored


def test_a_plan_tells_what_an_apply_then_does_and_writes_nothing(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.run()
    deployment.ask("DELETE", "/_index_template/siem-log-aws-waf")
    deployment.plugins.channels.clear()
    monkeypatch.setenv("RETENTION", json.dumps({"waf": {"delete": 30}}))
    monkeypatch.setenv("ANALYST_ARNS", "[]")
    stored, changes = deployment.stored(), len(deployment.proxy.operations)
    deployment.server.requests.clear()
    plan = deployment.run(action="plan")
    assert writes(deployment) == []
    asked = {*deployment.proxy.operations[changes:]}
    assert asked == {"DescribeDomain", "GetSecretValue", "DescribeSecret"}
    assert deployment.stored() == stored
    applied = deployment.run()
    assert (plan["action"], applied["action"]) == ("plan", "apply")
    assert plan["changed"] == applied["changed"]
    assert {entry["part"] for entry in plan["changed"]} == {
        "templates",
        "retention",
        "role mappings",
        "alert channel",
    }


def test_a_plan_of_a_new_domain_tells_everything(new_deployment: Deployment) -> None:
    plan = new_deployment.run(action="plan")
    assert {each["part"] for each in plan["changed"]} == {
        "password",
        *(name for name, _ in configure_domain.PARTS),
    }
    assert new_deployment.stages() == {}
    assert writes(new_deployment) == []


def test_a_domain_that_does_not_know_our_role_is_configured_as_its_master_user(
    new_deployment: Deployment,
) -> None:
    path = "/_plugins/_security/api/rolesmapping/all_access"
    new_deployment.ask("PUT", path, {"backend_roles": ["admin"]})
    plan = new_deployment.run(action="plan")
    assert [(each["part"], each["action"]) for each in plan["changed"]] == [("password", "created")]
    assert [each["name"] for each in plan["skipped"]] == ["everything else"]
    first = new_deployment.run()
    role = new_deployment.ask("GET", path)["all_access"]["backend_roles"][-1]
    assert role == ENVIRONMENT["CONFIGURE_ROLE_ARN"]
    assert "own access" in {entry["part"] for entry in first["changed"]}
    new_deployment.gate.people_only = True
    assert new_deployment.run()["changed"] == []


def test_a_public_domain_that_lets_people_in_from_their_networks_is_configured_all_the_same(
    deployment: Deployment,
) -> None:
    deployment.gate.people_only = True
    first = deployment.run()
    assert [(each["part"], each["name"]) for each in first["skipped"]] == [("password", "login")]
    assert deployment.stages().keys() == {"AWSCURRENT"}
    deployment.gate.people_only = False
    assert deployment.as_user(MASTER, "GET", "/").status_code == 200
    deployment.gate.people_only = True
    second = deployment.run()
    assert second["changed"] == second["skipped"] == []


def test_a_domain_that_lets_nobody_in_says_what_to_do(new_deployment: Deployment) -> None:
    path = "/_plugins/_security/api/rolesmapping/all_access"
    new_deployment.ask("PUT", path, {"backend_roles": ["admin"]})
    new_deployment.gate.people_only = True
    assert failure(new_deployment) == (
        "the domain lets in neither the function's role nor, from here, its master user; map the "
        f"role to all_access and security_manager: {ENVIRONMENT['CONFIGURE_ROLE_ARN']}"
    )


def test_on_deletion_nothing_happens(deployment: Deployment) -> None:
    answer = deployment.run(tf={"action": "delete", "prev_input": {"action": "apply"}})
    assert answer["action"] == "none"
    assert deployment.server.requests == [] and deployment.proxy.operations == []


@pytest.mark.parametrize("action", ["create", "update"])
def test_terraforms_own_word_for_an_apply_changes_nothing_about_it(action: str) -> None:
    event = {"action": "apply", "tf": {"action": action, "prev_input": None}}
    assert configure_domain.read_event(event) == ("apply", False)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ([], "event: expected an object with an action: []"),
        ("apply", "event: expected an object with an action: 'apply'"),
        ({}, "event: action has to be one of apply, plan: None"),
        ({"action": "destroy"}, "event: action has to be one of apply, plan: 'destroy'"),
        (
            {"action": "apply", "rotate_password": "yes"},
            "event: rotate_password has to be true or false: 'yes'",
        ),
    ],
)
def test_a_malformed_event_is_one_clear_line(event: Any, message: str) -> None:
    with pytest.raises(ConfigureError) as raised:
        configure_domain.handler(event, Context())
    assert str(raised.value) == message


def test_wrong_settings_are_named(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOMAIN_NAME")
    with pytest.raises(SettingsError, match=r"^environment variables: DOMAIN_NAME is not set"):
        deployment.run()


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ("DescribeDomain", f"the function's role lacks es:DescribeDomain on domain {DOMAIN}: "),
        (
            "UpdateDomainConfig",
            f"the function's role lacks es:UpdateDomainConfig on domain {DOMAIN}: ",
        ),
        ("GetSecretValue", "the function's role lacks secretsmanager:GetSecretValue on arn:"),
        ("PutSecretValue", "the function's role lacks secretsmanager:PutSecretValue on arn:"),
        (
            "UpdateSecretVersionStage",
            "the function's role lacks secretsmanager:UpdateSecretVersionStage on arn:",
        ),
    ],
)
def test_a_missing_permission_is_named(
    deployment: Deployment, operation: str, message: str
) -> None:
    deployment.proxy.denied = {operation}
    assert failure(deployment).startswith(message)


def test_a_missing_permission_of_the_bucket_is_named(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.proxy.denied = {f"GET /{BUCKET}/saved_objects/imported.json"}
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", deployment.proxy.url)
    assert failure(deployment).startswith(
        "saved objects: the function's role lacks s3:GetObject on "
        f"s3://{BUCKET}/saved_objects/imported.json: "
    )


def test_what_opensearch_does_not_permit_is_said_in_its_words(
    new_deployment: Deployment,
) -> None:
    path = "/_plugins/_security/api/rolesmapping/all_access"
    new_deployment.ask("PUT", path, {"backend_roles": ["admin"]})
    new_deployment.run()
    new_deployment.ask("PUT", path, {"backend_roles": []})
    assert failure(new_deployment).startswith(
        "OpenSearch refused GET / with 403: no permissions for [cluster:monitor/main] and User "
        f"[name={MASTER}, backend_roles=[admin]"
    )


def test_no_network_to_the_domain_says_where_to_look(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.run()
    monkeypatch.setenv("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9")
    assert failure(deployment).startswith(
        "no answer from http://127.0.0.1:9 to GET /_plugins/_security/api/rolesmapping/all_access; "
        "is the function in a subnet and security group that reach the domain? "
    )


def test_no_network_to_aws_is_one_clear_line(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert failure(deployment).startswith(
        f"no answer from AWS to es:DescribeDomain on domain {DOMAIN}: Could not connect"
    )


def test_a_domain_that_stays_busy_is_left_with_a_word_when_to_come_back(
    deployment: Deployment,
) -> None:
    deployment.proxy.processing = 1_000_000
    with pytest.raises(ConfigureError) as raised:
        deployment.run(seconds=0.0)
    assert str(raised.value) == (
        "the domain is still being changed; run configure_domain again when its console page says "
        f"Active: {DOMAIN}"
    )


def test_what_the_cluster_lacks_is_skipped_by_name_and_the_rest_is_done(
    deployment: Deployment,
) -> None:
    deployment.plugins.lacking = (
        "/_plugins/_ism",
        "/_plugins/_sm",
        "/_plugins/_alerting",
        "/_plugins/_notifications",
        "/_dashboards",
    )
    answer = deployment.run()
    assert {entry["part"] for entry in answer["skipped"]} == {
        "retention",
        "snapshot policy",
        "alert channel",
        "monitors",
        "saved objects",
    }
    for entry in answer["skipped"]:
        assert entry["detail"].startswith("the cluster does not offer ")
    done = {entry["part"] for entry in answer["changed"]}
    assert {"templates", "snapshot repository"} < done


def test_a_path_that_amazon_withholds_is_skipped(deployment: Deployment) -> None:
    def withhold(request: Request) -> Answer | None:
        if request.path.startswith("/_plugins/_security/api/audit"):
            words = f"Your request: '{request.path}' is not allowed."
            return Answer(401, {"Message": words})
        return deployment.plugins.answer(request)

    deployment.gate.plugins = withhold
    answer = deployment.run()
    (entry,) = answer["skipped"]
    assert (entry["part"], entry["name"]) == ("audit", "all")
    assert entry["detail"] == (
        "the cluster does not offer GET /_plugins/_security/api/audit: Your request: "
        "'/_plugins/_security/api/audit' is not allowed."
    )


def test_a_part_that_fails_is_named_and_the_others_are_done(deployment: Deployment) -> None:
    def refuse(request: Request) -> Answer | None:
        if request.path.startswith("/_plugins/_alerting"):
            return Answer(
                500, {"error": {"type": "alerting_exception", "reason": "all shards failed"}}
            )
        return deployment.plugins.answer(request)

    deployment.gate.plugins = refuse
    assert failure(deployment) == (
        "monitors: OpenSearch refused POST /_plugins/_alerting/monitors/_search with 500: all "
        "shards failed"
    )
    assert deployment.dashboards().find(["index-pattern"])


def test_the_loader_is_let_in_only_when_the_templates_are_there(new_deployment: Deployment) -> None:
    new_deployment.run()
    done = writes(new_deployment)
    mapping = "PUT /_plugins/_security/api/rolesmapping/aws_log_loader"
    assert max(n for n, each in enumerate(done) if "_index_template" in each) < done.index(mapping)


def test_without_templates_nobody_is_let_in(deployment: Deployment) -> None:
    def refuse(request: Request) -> Answer | None:
        if request.method == "PUT" and request.path.startswith("/_index_template"):
            return Answer(400, {"error": {"type": "some", "reason": "no"}})
        return deployment.plugins.answer(request)

    deployment.gate.plugins = refuse
    assert failure(deployment).startswith("templates: OpenSearch refused PUT /_index_template/")
    assert "/rolesmapping/" not in " ".join(writes(deployment))


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            {"number": "2.17.1", "distribution": "opensearch"},
            "OpenSearch 2.19 or newer is needed, upgrade to it: 2.17.1",
        ),
        ({"number": "7.10.2"}, "OpenSearch is needed, not Elasticsearch; found: 7.10.2"),
    ],
)
def test_an_older_cluster_is_refused(
    deployment: Deployment, version: dict[str, str], message: str
) -> None:
    answer_as(deployment, version)
    assert failure(deployment).startswith(message)
    assert writes(deployment) == []


@pytest.mark.parametrize("number", ["2.19.0", "3.5.0"])
def test_all_versions_that_we_support_are_configured_alike(
    new_deployment: Deployment, number: str
) -> None:
    answer_as(new_deployment, {"number": number, "distribution": "opensearch"})
    answer = new_deployment.run()
    assert answer["skipped"] == []
    assert {entry["part"] for entry in answer["changed"]} >= {"snapshot policy", "tenants"}


def answer_as(deployment: Deployment, version: dict[str, str]) -> None:
    """The domain tells another version; the node checks the login."""

    def hook(request: Request) -> Answer | None:
        if request.path == "/" and "AWS4" in request.headers["authorization"]:
            return Answer(200, {"version": version})
        return deployment.plugins.answer(request)

    deployment.gate.plugins = hook


def test_no_secret_is_ever_logged_or_answered(
    deployment: Deployment,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for logger in (
        "",
        "configure_domain",
        "botocore",
        "urllib3",
        "opensearch",
        "service_undefined",
    ):
        monkeypatch.setattr(logging.getLogger(logger), "level", logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    first = deployment.run()
    rotated = deployment.run(rotate_password=True)
    deployment.proxy.denied = {"UpdateDomainConfig"}
    message = failure(deployment, rotate_password=True)
    secrets = {*deployment.stages().values(), THROWAWAY}
    assert len(secrets) == 4  # current, previous, pending and Terraform's
    captured = capfd.readouterr()
    told = [caplog.text, captured.out, captured.err, json.dumps([first, rotated]), message]
    assert any(told)
    for secret in secrets:
        assert not any(secret in text for text in told)


def test_wrong_saved_objects_fail_with_their_names_and_leave_the_rest_as_it_is(
    deployment: Deployment,
) -> None:
    reference = {"name": "index", "type": "index-pattern", "id": f"{PREFIX}none"}
    lost = {
        "type": "search",
        "id": f"{PREFIX}lost",
        "attributes": {"title": "Lost"},
        "references": [reference],
    }
    text = saved_objects.CARRIED.read_text()
    saved_objects.CARRIED.write_text(text + index_patterns.ndjson([lost]))
    assert failure(deployment) == (
        "saved objects: Dashboards did not import: search siem-lost: missing_references: "
        "index-pattern siem-none"
    )
    assert deployment.dashboards().find(["index-pattern", "search"]) == []
    saved_objects.CARRIED.write_text(text)
    assert {entry["part"] for entry in deployment.run()["changed"]} == {"saved objects"}
