"""The master password: made, kept, changed, and repeatable from wherever a run has stopped."""

import json
import string

import pytest
import requests

from configure_domain import password
from configure_domain.api import ConfigureError
from configure_domain.report import Report
from configure_domain.settings import Settings
from tests.configure_domain.conftest import MASTER, THROWAWAY, Deployment


def works(deployment: Deployment, text: str) -> bool:
    """Whether the master signs in with it."""
    got = requests.get(deployment.server.url, auth=(MASTER, text), timeout=60)
    return got.status_code == 200


def ensure(rotate: bool = False, seconds: float = 900.0, apply: bool = True) -> Report:
    """The part of a run that sees to the password."""
    report = Report(apply)
    login = password.ensure(Settings.from_environment(), report, lambda: seconds, rotate)
    assert (login is None) == (not apply)
    return report


def stop_at(deployment: Deployment, operation: str, rotate: bool) -> None:
    """A run that AWS stops at an operation."""
    deployment.proxy.denied = {operation}
    with pytest.raises(ConfigureError, match=operation):
        ensure(rotate)
    deployment.proxy.denied = set()


def test_the_domain_gets_a_password_that_is_only_in_the_secret(deployment: Deployment) -> None:
    ensure()
    stages = deployment.stages()
    assert stages.keys() == {"AWSCURRENT"}
    assert works(deployment, stages["AWSCURRENT"])
    assert not works(deployment, THROWAWAY)


def test_the_secret_has_user_and_password_as_rotation_functions_have_them(
    deployment: Deployment,
) -> None:
    ensure()
    found = deployment.aws.client("secretsmanager").get_secret_value(SecretId=deployment.secret)
    content = json.loads(found["SecretString"])
    assert content == {"username": MASTER, "password": deployment.password()}


def test_a_second_run_leaves_the_password_alone(deployment: Deployment) -> None:
    ensure()
    before = deployment.stages()
    ensure()
    assert deployment.stages() == before
    assert deployment.proxy.operations.count("UpdateDomainConfig") == 1


def test_on_demand_there_is_a_new_password_and_the_old_one_is_kept_as_previous(
    deployment: Deployment,
) -> None:
    ensure()
    old = deployment.password()
    ensure(rotate=True)
    stages = deployment.stages()
    assert stages.keys() == {"AWSCURRENT", "AWSPREVIOUS"}
    assert stages["AWSPREVIOUS"] == old != stages["AWSCURRENT"]
    assert works(deployment, stages["AWSCURRENT"]) and not works(deployment, old)


def test_the_domain_is_waited_for_while_it_takes_the_password(deployment: Deployment) -> None:
    deployment.proxy.looks = 3
    ensure()
    assert deployment.proxy.operations.count("DescribeDomain") == 4
    assert works(deployment, deployment.password())


@pytest.mark.parametrize(
    "operation",
    ["PutSecretValue", "UpdateDomainConfig", "UpdateSecretVersionStage"],
)
@pytest.mark.parametrize("known", [False, True], ids=["first", "later"])
def test_a_run_that_stopped_at_any_step_is_finished_by_the_next(
    deployment: Deployment, operation: str, known: bool
) -> None:
    if known:
        ensure()
    stop_at(deployment, operation, rotate=known)
    pending = deployment.stages().get("AWSPENDING")
    ensure()
    stages = deployment.stages()
    assert "AWSPENDING" not in stages
    assert works(deployment, stages["AWSCURRENT"])
    assert pending in (stages["AWSCURRENT"], None)


def test_a_run_that_ended_while_the_domain_was_busy_is_finished_by_the_next(
    deployment: Deployment,
) -> None:
    deployment.proxy.looks = 1
    with pytest.raises(ConfigureError, match="still being changed"):
        ensure(seconds=0.0)
    pending = deployment.stages()["AWSPENDING"]
    ensure()
    assert deployment.stages() == {"AWSCURRENT": pending}
    assert deployment.proxy.operations.count("UpdateDomainConfig") == 1


def test_a_login_that_cannot_be_tried_from_here_is_reported(deployment: Deployment) -> None:
    deployment.gate.people_only = True
    skipped, created = ensure().entries
    assert (created.action, skipped.name) == ("created", "login")
    assert skipped.detail == "the access policy lets people in from their networks only"
    deployment.gate.people_only = False
    assert works(deployment, deployment.password())


def test_a_run_that_stopped_is_finished_where_a_login_cannot_be_tried(
    deployment: Deployment,
) -> None:
    deployment.gate.people_only = True
    stop_at(deployment, "UpdateDomainConfig", rotate=False)
    ensure()
    assert deployment.stages().keys() == {"AWSCURRENT"}
    deployment.gate.people_only = False
    assert works(deployment, deployment.password())


def test_a_password_that_somebody_changed_by_hand_is_replaced(deployment: Deployment) -> None:
    ensure()
    old = deployment.password()
    deployment.proxy.set_master(MASTER, "Changed-by-hand-1")
    (entry,) = ensure().changes
    assert entry.detail == "the domain does not take the one in AWSCURRENT"
    assert works(deployment, deployment.password()) and deployment.password() != old


def test_a_secret_that_holds_something_else_is_replaced(deployment: Deployment) -> None:
    deployment.aws.client("secretsmanager").put_secret_value(
        SecretId=deployment.secret, SecretString="no JSON"
    )
    ensure()
    assert works(deployment, deployment.password())


def test_a_secret_that_is_not_there_is_named(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = deployment.secret.replace("aes-siem-master", "none-such")
    monkeypatch.setenv("MASTER_SECRET_ARN", name)
    with pytest.raises(ConfigureError) as raised:
        ensure()
    assert str(raised.value) == f"no such secret; terraform apply makes it: {name}"


def test_a_plan_makes_no_password(deployment: Deployment) -> None:
    (entry,) = ensure(apply=False).changes
    assert (entry.action, entry.name) == ("created", MASTER)
    assert deployment.stages() == {} and works(deployment, THROWAWAY)


def test_passwords_differ_and_have_characters_of_every_kind() -> None:
    made = {password.make() for _ in range(50)}
    assert len(made) == 50
    for text in made:
        assert len(text) == password.LENGTH
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.~"):
            assert set(kind) & set(text)


def test_a_version_never_shows_its_password() -> None:
    version = password.Version("1", ("AWSCURRENT",), ("aesadmin", "hidden"))
    assert "hidden" not in repr(version)
