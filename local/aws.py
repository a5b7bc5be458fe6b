"""Emulates the AWS APIs with a moto server on 127.0.0.1."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from local import process
from local.process import HOST

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Aws:
    """A moto server that answers; `environment` points every AWS SDK to it."""

    url: str
    environment: dict[str, str]
    child: subprocess.Popen[bytes]
    scratch: Path

    def client(self, service: str) -> Any:
        """Return a boto3 client of the emulated service, whatever this process's environment."""
        session = boto3.Session(
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            region_name=self.environment["AWS_REGION"],
        )
        return session.client(service, endpoint_url=self.url)  # type: ignore[call-overload]


@contextmanager
def running(account: str, region: str) -> Iterator[Aws]:
    """Start a moto server that owns nothing yet, yield it, stop it. Errors: see `start`."""
    aws = start(account, region)
    try:
        yield aws
    finally:
        stop(aws)


def start(account: str, region: str) -> Aws:
    """Return a moto server that answers for the account, within 60 s; raises LocalStackError."""
    (port,) = process.free_ports(1)
    url = f"http://{HOST}:{port}"
    scratch = Path(tempfile.mkdtemp(prefix="aes-siem-aws-"))
    child = process.launch(
        "AWS emulation",
        [sys.executable, "-m", "moto.server", "--host", HOST, "--port", str(port)],
        scratch,
        lambda: process.answers(port, "/moto-api/data.json"),
        START_SECONDS,
        {**os.environ, "MOTO_ACCOUNT_ID": account},
    )
    environment = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
    return Aws(url, environment, child, scratch)


def stop(aws: Aws) -> None:
    """End the server and remove its log."""
    process.stop(aws.child, aws.scratch)
