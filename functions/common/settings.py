"""Reads the es_loader's settings from environment variables."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from common.errors import SettingsError

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")
ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment tells its es_loader.

    opensearch_endpoint   URL; may hold user and password, and so is never shown
    extra_log_buckets     bucket -> ARN of the role to read it with
    """

    opensearch_endpoint: str = field(repr=False)
    snapshot_bucket: str
    geo_bucket: str
    logs_queue_url: str
    splitted_logs_queue_url: str
    dlq_url: str
    region: str
    extra_log_buckets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in these variables; SettingsError names all that are wrong."""
        wrong: list[str] = []
        values = {}
        for name, (expected, read) in VARIABLES.items():
            text = environ.get(name, "").strip()
            try:
                values[name] = read(text)
            except ValueError:
                state = "is malformed" if text else "is not set"
                wrong.append(f"{name} {state} (expected: {expected})")
        if wrong:
            raise SettingsError("environment variables: " + "; ".join(wrong))
        return cls(
            opensearch_endpoint=values["OPENSEARCH_ENDPOINT"],
            snapshot_bucket=values["SNAPSHOT_BUCKET"],
            geo_bucket=values["GEO_BUCKET"],
            logs_queue_url=values["LOGS_QUEUE_URL"],
            splitted_logs_queue_url=values["SPLITTED_LOGS_QUEUE_URL"],
            dlq_url=values["DLQ_URL"],
            region=values["AWS_REGION"],
            extra_log_buckets=values["EXTRA_LOG_BUCKETS"],
        )


def _url(text: str) -> str:
    parts = urlsplit(text)
    _ = parts.port  # ValueError where it is no number
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    return text.rstrip("/")


def _queue(text: str) -> str:
    if len(urlsplit(_url(text)).path) < 2:
        raise ValueError
    return text


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError
        return text

    return read


def _roles(text: str) -> dict[str, str]:
    roles: Any = json.loads(text or "{}")
    if not isinstance(roles, dict):
        raise ValueError
    for bucket, role in roles.items():
        if not (BUCKET.fullmatch(bucket) and isinstance(role, str) and ROLE.fullmatch(role)):
            raise ValueError
    return roles


_a_bucket = ("an S3 bucket name", _matching(BUCKET))
_a_queue = ("the URL of an SQS queue", _queue)

# name -> what is expected, and how it is read (ValueError where it is not that)
VARIABLES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "OPENSEARCH_ENDPOINT": ("a URL, https://host or http://127.0.0.1:port", _url),
    "SNAPSHOT_BUCKET": _a_bucket,
    "GEO_BUCKET": _a_bucket,
    "LOGS_QUEUE_URL": _a_queue,
    "SPLITTED_LOGS_QUEUE_URL": _a_queue,
    "DLQ_URL": _a_queue,
    "AWS_REGION": ("a region such as eu-west-1", _matching(REGION)),
    "EXTRA_LOG_BUCKETS": ('{"bucket": "ARN of the role to read it with"}', _roles),
}
