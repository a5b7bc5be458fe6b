import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from common.errors import Retry
from es_loader import quarantine
from es_loader.quarantine import Origin, Quarantine

BUCKET = "aes-siem-111122223333-snapshot"
ORIGIN = Origin("logs", "AWSLogs/a b.gz", "v1", "0123", 1_794_873_600_000, "HASH")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An emulated S3 with the bucket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def files(s3: Any) -> dict[str, list[dict[str, Any]]]:
    """Key -> lines of every quarantine file."""
    found = {}
    for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        body = s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()
        assert body.endswith(b"\n")
        found[each["Key"]] = [json.loads(line) for line in body.splitlines()]
    return found


def test_a_record_is_kept_with_where_it_is_from(s3: Any) -> None:
    kept = Quarantine(s3, BUCKET, ORIGIN)
    kept.add("waf", "malformed", "no JSON", 41, '{"a": "é\u2028"')
    kept.flush()
    assert files(s3) == {
        "quarantine/waf/malformed/2026-11-17/HASH-41.ndjson": [
            {
                "reason": "malformed",
                "error": "no JSON",
                "log_type": "waf",
                "position": 41,
                "object": {
                    "bucket": "logs",
                    "key": "AWSLogs/a b.gz",
                    "version": "v1",
                    "etag": "0123",
                    "modified": "2026-11-17T00:00:00.000Z",
                },
                "record": '{"a": "é\u2028"',
            }
        ]
    }


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        (b"text", {"record": "text"}),
        ("text", {"record": "text"}),
        (b"\xff\x00", {"record_base64": base64.b64encode(b"\xff\x00").decode()}),
        ("\ud800", {"record_base64": base64.b64encode(b"\xed\xa0\x80").decode()}),
        (b"", {"record": ""}),
        (None, {}),
    ],
)
def test_a_record_is_kept_byte_for_byte(
    s3: Any, record: bytes | str | None, kept: dict[str, str]
) -> None:
    quarantined = Quarantine(s3, BUCKET, ORIGIN)
    quarantined.add("waf", "malformed", "error", 0, record)
    quarantined.flush()
    ((line,),) = files(s3).values()
    assert {name: line[name] for name in line if name.startswith("record")} == kept


def test_each_log_type_and_reason_has_its_file(s3: Any) -> None:
    kept = Quarantine(s3, BUCKET, ORIGIN)
    for position, (log_type, reason) in enumerate(
        [("waf", "malformed"), ("waf", "cut"), ("unknown", "no_log_type"), ("waf", "malformed")]
    ):
        kept.add(log_type, reason, "error", position, "record")
    kept.flush()
    assert {key: [line["position"] for line in lines] for key, lines in files(s3).items()} == {
        "quarantine/waf/malformed/2026-11-17/HASH-0.ndjson": [0, 3],
        "quarantine/waf/cut/2026-11-17/HASH-1.ndjson": [1],
        "quarantine/unknown/no_log_type/2026-11-17/HASH-2.ndjson": [2],
    }


def test_a_full_file_is_uploaded_at_once_and_another_is_begun(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "FULL", 1000)
    kept = Quarantine(s3, BUCKET, ORIGIN)
    for position in range(4):
        kept.add("waf", "malformed", "error", position, "x" * 500)
    assert len(files(s3)) == 2
    kept.flush()
    kept.flush()
    assert [len(lines) for lines in files(s3).values()] == [2, 2]


def test_nothing_kept_uploads_nothing(s3: Any) -> None:
    Quarantine(s3, BUCKET, ORIGIN).flush()
    assert files(s3) == {}


def test_a_bucket_that_takes_nothing_is_a_retry_and_forgets_nothing(s3: Any) -> None:
    kept = Quarantine(s3, "no-such-bucket", ORIGIN)
    kept.add("waf", "malformed", "error", 0, "record")
    for _ in range(2):
        with pytest.raises(Retry) as raised:
            kept.flush()
        assert raised.value.cause == "s3_quarantine"
        assert isinstance(raised.value.__cause__, ClientError)
