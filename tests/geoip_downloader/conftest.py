"""Fixtures of the geoip_downloader: MaxMind's servers, the GeoIP bucket, the secret."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from geoip_downloader import handler as geoip_downloader
from local import deployment
from local.aws import Aws
from tests.deployed_loader import client_of
from tests.geoip_downloader import maxmind as servers
from tests.geoip_downloader.maxmind import ACCOUNT, KEY, MaxMind


@dataclass
class Bench:
    """The function in its environment."""

    maxmind: MaxMind
    s3: Any
    aws: Aws
    bucket: str
    secret: str
    slept: list[float] = field(default_factory=list)

    def run(self) -> dict[str, str]:
        """Invoke the handler as the schedule does; return what became of each."""
        return geoip_downloader.handler({"source": "aws.events"}, None)

    def content(self, key: str) -> bytes:
        """What is in the bucket under the key, b"" where nothing is."""
        try:
            content: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError:
            return b""
        return content

    def keep(self, value: str) -> None:
        """Put a text into the secret."""
        client_of(self.aws, "secretsmanager").put_secret_value(
            SecretId=self.secret, SecretString=value
        )


@pytest.fixture
def maxmind() -> Iterator[MaxMind]:
    """MaxMind's servers with all three databases."""
    with servers.running() as running:
        yield running


@pytest.fixture
def bench(maxmind: MaxMind, fresh_clients: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The deployed function: an empty bucket, a secret with the right account id and key."""
    aws, described = fresh_clients, deployment.read()
    s3, secrets = client_of(aws, "s3"), client_of(aws, "secretsmanager")
    bucket = f"{described.buckets['geo']}-downloads"
    s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": described.region}
    )
    secret = secrets.create_secret(Name="aes-siem-maxmind")["ARN"]
    made = Bench(maxmind, s3, aws, bucket, secret)
    made.keep(json.dumps({"account_id": ACCOUNT, "license_key": KEY}))
    monkeypatch.setenv("GEO_BUCKET", bucket)
    monkeypatch.setenv("MAXMIND_CREDENTIALS", secret)
    monkeypatch.setenv("MAXMIND_URL", maxmind.url)
    monkeypatch.setattr("time.sleep", made.slept.append)
    yield made
    for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    s3.delete_bucket(Bucket=bucket)
    secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
