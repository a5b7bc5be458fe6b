"""Reads settings from environment variables; those of es_loader are here.

A function's own settings.py has its dataclass and the table of its variables, see `read`.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from common.errors import SettingsError
from common.indicators import Network, network

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")
ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment tells its es_loader.

    opensearch_endpoint   URL; may hold user and password, and so is never shown
    extra_log_buckets     bucket -> ARN of the role to read it with
    trusted_proxies       networks whose X-Forwarded-For is believed
    """

    opensearch_endpoint: str = field(repr=False)
    snapshot_bucket: str
    geo_bucket: str
    logs_queue_url: str
    splitted_logs_queue_url: str
    dlq_url: str
    region: str
    extra_log_buckets: Mapping[str, str] = field(default_factory=dict)
    trusted_proxies: tuple[Network, ...] = ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in these variables; SettingsError names all that are wrong."""
        values = read(VARIABLES, environ)
        return cls(
            opensearch_endpoint=values["OPENSEARCH_ENDPOINT"],
            snapshot_bucket=values["SNAPSHOT_BUCKET"],
            geo_bucket=values["GEO_BUCKET"],
            logs_queue_url=values["LOGS_QUEUE_URL"],
            splitted_logs_queue_url=values["SPLITTED_LOGS_QUEUE_URL"],
            dlq_url=values["DLQ_URL"],
            region=values["AWS_REGION"],
            extra_log_buckets=values["EXTRA_LOG_BUCKETS"],
            trusted_proxies=values["TRUSTED_PROXIES"],
        )


# name -> what is expected, and how it is read (ValueError where it is not that)
Variables = Mapping[str, tuple[str, Callable[[str], Any]]]


def read(variables: Variables, environ: Mapping[str, str]) -> dict[str, Any]:
    """The values of these variables by name; SettingsError names all that are wrong.

    A variable that is not set is read as "". No value is ever shown: it may be a secret.
    """
    wrong: list[str] = []
    values = {}
    for name, (expected, value_of) in variables.items():
        text = environ.get(name, "").strip()
        try:
            values[name] = value_of(text)
        except ValueError:
            state = "is malformed" if text else "is not set"
            wrong.append(f"{name} {state} (expected: {expected})")
    if wrong:
        raise SettingsError("environment variables: " + "; ".join(wrong))
    return values


def url(text: str) -> str:
    """A URL of HTTP or HTTPS, without a slash at its end."""
    parts = urlsplit(text)
    _ = parts.port  # ValueError where it is no number
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    return text.rstrip("/")


def _queue(text: str) -> str:
    if len(urlsplit(url(text)).path) < 2:
        raise ValueError
    return text


def matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    """Reads a text that the whole pattern matches."""

    def value_of(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError
        return text

    return value_of


def _roles(text: str) -> dict[str, str]:
    roles: Any = json.loads(text or "{}")
    if not isinstance(roles, dict):
        raise ValueError
    for bucket, role in roles.items():
        if not (BUCKET.fullmatch(bucket) and isinstance(role, str) and ROLE.fullmatch(role)):
            raise ValueError
    return roles


def networks(text: str) -> tuple[Network, ...]:
    """Networks and addresses with commas between them."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    # Lists of bad addresses also have ports, and brackets around dots.
    plain = [word for word in words if word.count(":") != 1 and "[" not in word]
    found = tuple(each for word in plain if (each := network(word)))
    if len(found) < len(words):
        raise ValueError
    return found


A_BUCKET = ("an S3 bucket name", matching(BUCKET))
A_REGION = ("a region such as eu-west-1", matching(REGION))
AN_ENDPOINT = ("a URL, https://host or http://127.0.0.1:port", url)
_a_queue = ("the URL of an SQS queue", _queue)

VARIABLES: Variables = {
    "OPENSEARCH_ENDPOINT": AN_ENDPOINT,
    "SNAPSHOT_BUCKET": A_BUCKET,
    "GEO_BUCKET": A_BUCKET,
    "LOGS_QUEUE_URL": _a_queue,
    "SPLITTED_LOGS_QUEUE_URL": _a_queue,
    "DLQ_URL": _a_queue,
    "AWS_REGION": A_REGION,
    "EXTRA_LOG_BUCKETS": ('{"bucket": "ARN of the role to read it with"}', _roles),
    "TRUSTED_PROXIES": ("networks such as 192.0.2.0/24,2001:db8::/32, or nothing", networks),
}
