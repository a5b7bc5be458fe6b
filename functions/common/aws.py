"""AWS clients: one of each service a process, made when first asked for.

botocore without boto3 on top: both make the same clients, and boto3 adds 30 to 60 ms to a start.
"""

import os
from functools import cache
from typing import Any, Literal

import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

SESSION_NAME = "aes-siem"


@cache
def client(service: str, region: str | None = None, attempts: int = 5) -> Any:
    """The client of a service, with this process's credentials.

    region     where the service is, if not where the function is
    attempts   how often a request is sent at most; over 5 also slows down when it is throttled
    """
    return _session().create_client(service, region_name=region, config=_config(attempts))


@cache
def role_client(role_arn: str, service: str) -> Any:
    """The client of a service, with the credentials of a role, renewed before they expire."""
    own = _session()
    fetcher = AssumeRoleCredentialFetcher(
        own.create_client,
        own.get_credentials(),
        role_arn,
        extra_args={"RoleSessionName": SESSION_NAME},
    )
    session = _new_session()
    session.register_component("credential_provider", _Role(fetcher))
    return session.create_client(service, config=_config())


def credentials() -> Any:
    """This process's credentials, read anew; None where there are none."""
    return _new_session().get_credentials()


class _Role:
    """What botocore asks for credentials; a role is assumed when the first request needs it."""

    def __init__(self, fetcher: AssumeRoleCredentialFetcher) -> None:
        self._fetcher = fetcher

    def load_credentials(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._fetcher.fetch_credentials, "assume-role")


@cache
def _session() -> botocore.session.Session:
    return _new_session()


def _new_session() -> botocore.session.Session:
    session = botocore.session.get_session()
    if region := os.environ.get("AWS_REGION"):
        session.set_config_variable("region", region)
    return session


def _config(attempts: int = 5) -> Config:
    mode: Literal["standard", "adaptive"] = "adaptive" if attempts > 5 else "standard"
    return Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": mode, "total_max_attempts": attempts},
        max_pool_connections=16,
    )
