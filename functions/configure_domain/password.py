"""The master user's password: made here, kept in Secrets Manager, set on the domain.

A new one is stored as AWSPENDING before the domain gets it and becomes AWSCURRENT after a login
with it has worked. A run that stops anywhere between is finished by the next one, which finds the
pending version and goes on with it; no step needs the old password. A login is no signed request:
where the domain's access policy lets people in from their own networks only, it cannot be tried.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
"""

import json
import secrets
import string
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from common import aws
from common.telemetry import logger
from configure_domain import domain
from configure_domain.api import ConfigureError, NotLetIn, WrongLogin
from configure_domain.domain import Deadline, explained
from configure_domain.report import Report
from configure_domain.settings import Settings

LENGTH = 32
# Special characters that no shell, URL or JSON text has a meaning for.
SPECIAL = "-_.~"
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
Login = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the secret."""

    id: str
    stages: tuple[str, ...]
    login: Login | None = field(repr=False)


def ensure(settings: Settings, report: Report, deadline: Deadline, rotate: bool) -> Login | None:
    """User and password that the domain takes; made, or changed with `rotate`, where needed.

    None in a plan for a domain that has no known password yet.
    """
    report.part = "password"
    current, pending = _read(settings, CURRENT), _read(settings, PENDING)
    if current and not pending and not rotate:
        if current.login and _works(settings, current.login) is not False:
            report.same()
            return current.login
        why = "the domain does not take the one in AWSCURRENT"
    elif pending:
        why = "finishes what an earlier run began"
    else:
        why = "asked for" if current else "the domain has none of ours yet"
    login = current.login if current and not report.apply else None
    if login and _works(settings, login) is False:
        login = None
    set_one: list[Login] = []
    report.change(
        "updated" if current else "created",
        settings.master_user,
        why,
        lambda: set_one.append(_set(settings, report, current, pending, deadline)),
    )
    return set_one[0] if set_one else login


def _set(
    settings: Settings,
    report: Report,
    current: Version | None,
    pending: Version | None,
    deadline: Deadline,
) -> Login:
    """Bring a pending password into force, a new one where none is pending; return the login."""
    if not pending or not pending.login:
        pending = _store_new(settings)
    login = pending.login
    assert login is not None
    if not _works(settings, login):
        _tell_domain(settings, login)
        domain.wait(settings, deadline)
        while (works := _works(settings, login)) is not True:
            if works is None:
                report.skip("login", "the access policy lets people in from their networks only")
                break
            if deadline() < domain.PAUSE:
                raise ConfigureError(
                    "the domain does not take its new password yet; run configure_domain again"
                )
            time.sleep(domain.PAUSE)
    _promote(settings, current, pending)
    logger.info("master password changed")
    return login


def make() -> str:
    """A password with characters of every kind that the service asks for."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SPECIAL)
    while True:
        text = "".join(secrets.choice("".join(kinds)) for _ in range(LENGTH))
        if all(set(kind) & set(text) for kind in kinds):
            return text


def _works(settings: Settings, login: Login) -> bool | None:
    """Whether the domain takes a login; None where it cannot be asked from here."""
    try:
        domain.api(settings, login).get("/")
    except WrongLogin:
        return False
    except NotLetIn:
        return None
    return True


def _tell_domain(settings: Settings, login: Login) -> None:
    user, password = login
    options = {"MasterUserName": user, "MasterUserPassword": password}
    with explained(f"es:UpdateDomainConfig on domain {settings.domain}"):
        aws.client("opensearch").update_domain_config(
            DomainName=settings.domain,
            AdvancedSecurityOptions={
                "Enabled": True,
                "InternalUserDatabaseEnabled": True,
                "MasterUserOptions": options,
            },
        )


def _read(settings: Settings, stage: str) -> Version | None:
    with explained(f"secretsmanager:GetSecretValue on {settings.master_secret}"):
        try:
            found = aws.client("secretsmanager").get_secret_value(
                SecretId=settings.master_secret, VersionStage=stage
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            _check_exists(settings)
            return None
    return Version(found["VersionId"], tuple(found["VersionStages"]), _parse(found, settings))


def _check_exists(settings: Settings) -> None:
    """The secret itself, not only a version of it, has to be there: Terraform makes it."""
    try:
        aws.client("secretsmanager").describe_secret(SecretId=settings.master_secret)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            message = f"no such secret; terraform apply makes it: {settings.master_secret}"
            raise ConfigureError(message) from None
        raise


def _parse(found: dict[str, Any], settings: Settings) -> Login | None:
    """The login in a version of the secret; None where somebody put something else there."""
    try:
        content = json.loads(found.get("SecretString", ""))
        user, password = content["username"], content["password"]
    except (ValueError, KeyError, TypeError):
        return None
    return (user, password) if user == settings.master_user and password else None


def _store_new(settings: Settings) -> Version:
    login = (settings.master_user, make())
    text = json.dumps({"username": login[0], "password": login[1]})
    with explained(f"secretsmanager:PutSecretValue on {settings.master_secret}"):
        stored = aws.client("secretsmanager").put_secret_value(
            SecretId=settings.master_secret,
            ClientRequestToken=str(uuid.uuid4()),
            SecretString=text,
            VersionStages=[PENDING],
        )
    return Version(stored["VersionId"], tuple(stored["VersionStages"]), login)


def _promote(settings: Settings, current: Version | None, pending: Version) -> None:
    """Move AWSCURRENT to the pending version and take AWSPENDING off it.

    The first version of a secret is AWSCURRENT from the start, whatever stages were asked for.
    """
    client = aws.client("secretsmanager")
    with explained(f"secretsmanager:UpdateSecretVersionStage on {settings.master_secret}"):
        if CURRENT not in pending.stages:
            client.update_secret_version_stage(
                SecretId=settings.master_secret,
                VersionStage=CURRENT,
                MoveToVersionId=pending.id,
                **({"RemoveFromVersionId": current.id} if current else {}),
            )
        client.update_secret_version_stage(
            SecretId=settings.master_secret,
            VersionStage=PENDING,
            RemoveFromVersionId=pending.id,
        )
