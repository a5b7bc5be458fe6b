"""The domain that is configured: waited for, logged in to, and known by its version."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common import aws
from common.opensearch import connect
from configure_domain.api import Api, ConfigureError
from configure_domain.settings import Settings
from es_loader.log_type import LogType

PAUSE = 10.0  # seconds between two looks at a domain that is being changed
OLDEST = (2, 19)

Deadline = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Domain:
    """What the parts work on.

    api      by signed requests as this function's role; as the master user where that may nothing
    signed   always signed: the role passes another one to the service for a snapshot repository
    version  of OpenSearch, such as (3, 3)
    warm, cold   whether the domain has these tiers
    """

    settings: Settings
    api: Api
    signed: Api
    log_types: Mapping[str, LogType]
    version: tuple[int, int]
    warm: bool
    cold: bool


def wait(settings: Settings, deadline: Deadline) -> dict[str, Any]:
    """The domain's status once nothing changes it; ConfigureError if the time left ends before."""
    while True:
        status = describe(settings)
        if status.get("Deleted"):
            raise ConfigureError(f"the domain is being deleted: {settings.domain}")
        if status.get("Created") and not status.get("Processing"):
            return status
        if deadline() < PAUSE:
            raise ConfigureError(
                "the domain is still being changed; run configure_domain again when its console "
                f"page says Active: {settings.domain}"
            )
        time.sleep(PAUSE)


def describe(settings: Settings) -> dict[str, Any]:
    """What the service says of the domain; ConfigureError names a missing permission."""
    with explained(f"es:DescribeDomain on domain {settings.domain}"):
        found = aws.client("opensearch").describe_domain(DomainName=settings.domain)
    status: dict[str, Any] = found["DomainStatus"]
    if not status.get("AdvancedSecurityOptions", {}).get("Enabled"):
        raise ConfigureError(f"the domain has no fine-grained access control: {settings.domain}")
    return status


def api(settings: Settings, login: tuple[str, str]) -> Api:
    """The domain's API as a user of its own."""
    return Api(connect(settings.opensearch_endpoint, settings.region, login=login))


def signed_api(settings: Settings) -> Api:
    """The domain's API as this function's role."""
    return Api(connect(settings.opensearch_endpoint, settings.region, signed=True))


def version(own_api: Api) -> tuple[int, int]:
    """Of the cluster; ConfigureError for one that is too old or no OpenSearch."""
    found = own_api.get("/")["version"]
    number = str(found["number"])
    if found.get("distribution") != "opensearch":
        raise ConfigureError(f"OpenSearch is needed, not Elasticsearch; found: {number}")
    major, minor = (int(part) for part in number.split(".")[:2])
    if (major, minor) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ConfigureError(f"OpenSearch {oldest} or newer is needed, upgrade to it: {number}")
    return major, minor


@contextmanager
def explained(permission: str) -> Iterator[None]:
    """Turns what AWS refuses into a ConfigureError that names the permission and the cause."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        words = error.response["Error"].get("Message", "")
        if "AccessDenied" in code or "NotAuthorized" in code:
            message = f"the function's role lacks {permission}: {words}"
        else:
            message = f"AWS refused {permission}: {code}: {words}"
        raise ConfigureError(message) from None
    except BotoCoreError as error:
        raise ConfigureError(f"no answer from AWS to {permission}: {error}") from None
