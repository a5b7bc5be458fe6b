"""The loader's copies of the GeoIP databases and lists, from an emulated S3."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from es_loader.geoip_files import KEYS, GeoIpFiles
from local import deployment
from local.aws import Aws
from tests.deployed_loader import client_of, refuse
from tests.logs import Logs

CITY, ASN = KEYS


@dataclass
class Bench:
    """A bucket, a folder, a clock, and what S3 was asked."""

    s3: Any
    bucket: str
    folder: Path
    now: float = 0.0
    answers: list[int] = field(default_factory=list)

    def files(self) -> GeoIpFiles:
        """As a new process makes it."""
        return GeoIpFiles(self.s3, self.bucket, self.folder, clock=lambda: self.now)

    def put(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)

    def lists(self) -> dict[str, bytes]:
        """The lists in the folder."""
        files = sorted((self.folder / "AddressLists").iterdir())
        return {path.name: path.read_bytes() for path in files if path.suffix != ".etag"}

    def has(self) -> dict[str, bytes]:
        """The databases in the folder."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.glob("*.mmdb"))}


@pytest.fixture
def bench(fresh_clients: Aws, tmp_path: Path) -> Iterator[Bench]:
    """An empty bucket and an empty folder."""
    from common import aws

    s3, described = aws.client("s3"), deployment.read()
    bucket = f"{described.buckets['geo']}-files"
    s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": described.region}
    )
    made = Bench(s3, bucket, tmp_path / "geoip")
    s3.meta.events.register(
        "response-received.s3.GetObject",
        lambda response_dict, **_: made.answers.append(response_dict["status_code"]),
    )
    yield made
    own = client_of(fresh_clients, "s3")
    for item in own.list_objects_v2(Bucket=bucket).get("Contents", []):
        own.delete_object(Bucket=bucket, Key=item["Key"])
    own.delete_bucket(Bucket=bucket)


def test_databases_are_fetched_once_an_environment(bench: Bench) -> None:
    bench.put(CITY, b"city")
    bench.put(ASN, b"asn")
    files = bench.files()
    assert files.refresh()
    assert bench.has() == {"GeoLite2-ASN.mmdb": b"asn", "GeoLite2-City.mmdb": b"city"}
    assert not files.refresh()
    assert bench.answers == [200, 200]


def test_an_hour_later_the_bucket_is_looked_at_and_what_has_changed_is_fetched(
    bench: Bench,
) -> None:
    bench.put(CITY, b"city")
    bench.put(ASN, b"asn")
    files = bench.files()
    files.refresh()
    bench.now = 3599
    bench.put(CITY, b"newer")
    assert not files.refresh()
    bench.now = 3600
    assert files.refresh()
    assert bench.has()["GeoLite2-City.mmdb"] == b"newer"
    assert bench.answers == [200, 200, 200, 304]


def test_a_new_process_in_the_same_environment_fetches_nothing_again(bench: Bench) -> None:
    bench.put(CITY, b"city")
    bench.files().refresh()
    assert not bench.files().refresh()
    assert bench.answers == [200, 404, 304, 404]


def test_a_file_of_another_size_than_was_fetched_is_not_trusted(bench: Bench) -> None:
    bench.put(CITY, b"city")
    bench.files().refresh()
    (bench.folder / "GeoLite2-City.mmdb").write_bytes(b"ci")
    assert bench.files().refresh()
    assert bench.has() == {"GeoLite2-City.mmdb": b"city"}


def test_a_file_without_its_record_is_not_trusted(bench: Bench) -> None:
    bench.folder.mkdir()
    (bench.folder / "GeoLite2-City.mmdb").write_bytes(b"from an ended process")
    bench.put(CITY, b"city")
    assert bench.files().refresh()
    assert bench.has() == {"GeoLite2-City.mmdb": b"city"}


def test_a_body_that_breaks_off_leaves_the_old_file(bench: Bench, logs: Logs) -> None:
    bench.put(CITY, b"city")
    files = bench.files()
    files.refresh()
    bench.put(CITY, b"newer")

    def cut(parsed: dict[str, Any], **_: object) -> None:
        if "Body" in parsed:
            parsed["Body"] = io.BytesIO(parsed["Body"].read()[:2])

    bench.s3.meta.events.register("after-call.s3.GetObject", cut)
    bench.now = 3600
    assert not files.refresh()
    assert bench.has() == {"GeoLite2-City.mmdb": b"city"}
    assert logs.messages == [
        "not fetched from the GeoIP bucket, what is at hand stays: 2 bytes came, of 5:"
        f" s3://{bench.bucket}/{CITY}"
    ]
    bench.s3.meta.events.unregister("after-call.s3.GetObject", cut)
    bench.now = 7200
    assert files.refresh()
    assert bench.has() == {"GeoLite2-City.mmdb": b"newer"}


def test_a_reader_of_the_old_file_may_go_on_reading(bench: Bench) -> None:
    bench.put(CITY, b"city")
    files = bench.files()
    files.refresh()
    with (bench.folder / "GeoLite2-City.mmdb").open("rb") as reader:
        bench.put(CITY, b"newer")
        bench.now = 3600
        files.refresh()
        assert reader.read() == b"city"


def test_without_databases_there_is_nothing_to_tell(bench: Bench, logs: Logs) -> None:
    assert not bench.files().refresh()
    assert bench.has() == {}
    assert logs.messages == []


def test_a_missing_permission_is_a_warning_and_no_error(
    bench: Bench, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse(bench.s3, "GetObject", "AccessDenied", "Access Denied", 403)
    assert not bench.files().refresh()
    assert logs.messages == [
        "not fetched from the GeoIP bucket, what is at hand stays: An error occurred"
        f" (AccessDenied) when calling the GetObject operation: Access Denied: s3://{bench.bucket}/{key}"
        for key in KEYS
    ]
    assert capsys.readouterr().out.count('"DownloadErrorCount":[1.0]') == 2


def test_lists_are_fetched_whoever_put_them_there(bench: Bench) -> None:
    bench.put("AddressLists/tor_exit_nodes.txt", b"198.51.100.7\n")
    bench.put("AddressLists/our own/b\u00e4d \u2026.csv", b"bad.example,1\n")
    bench.put("AddressLists/", b"")
    files = bench.files()
    assert files.refresh()
    assert bench.lists() == {
        "our%20own%2Fb%C3%A4d%20%E2%80%A6.csv": b"bad.example,1\n",
        "tor_exit_nodes.txt": b"198.51.100.7\n",
    }
    bench.now = 3600
    assert not files.refresh()
    assert bench.answers == [404, 404, 200, 200, 404, 404, 304, 304]


def test_a_list_that_has_changed_is_fetched_and_one_that_is_gone_is_dropped(bench: Bench) -> None:
    bench.put("AddressLists/one.txt", b"198.51.100.7\n")
    bench.put("AddressLists/two.txt", b"198.51.100.8\n")
    files = bench.files()
    files.refresh()
    bench.put("AddressLists/one.txt", b"198.51.100.9\n")
    bench.now = 3600
    assert files.refresh()
    bench.s3.delete_object(Bucket=bench.bucket, Key="AddressLists/two.txt")
    bench.now = 7200
    assert files.refresh()
    assert bench.lists() == {"one.txt": b"198.51.100.9\n"}


def test_a_list_that_is_too_large_is_a_line_in_the_log_and_hinders_no_other(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("es_loader.geoip_files.MOST_LIST_BYTES", 20)
    bench.put("AddressLists/large.txt", b"198.51.100.7\n" * 2)
    bench.put("AddressLists/small.txt", b"198.51.100.8\n")
    assert bench.files().refresh()
    assert bench.lists() == {"small.txt": b"198.51.100.8\n"}
    assert logs.messages == [
        "not fetched from the GeoIP bucket, what is at hand stays: larger than 20 bytes:"
        f" s3://{bench.bucket}/AddressLists/large.txt"
    ]


@pytest.mark.parametrize("name", ["..", "x" * 300])
def test_a_list_whose_name_is_no_name_of_a_file_hinders_no_other(
    bench: Bench, logs: Logs, name: str
) -> None:
    bench.put(f"AddressLists/{name}", b"198.51.100.7\n")
    bench.put("AddressLists/small.txt", b"198.51.100.8\n")
    assert bench.files().refresh()
    assert bench.lists()["small.txt"] == b"198.51.100.8\n"
    assert len(logs.messages) == 1


def test_lists_that_may_not_be_listed_stay(bench: Bench, logs: Logs) -> None:
    bench.put("AddressLists/one.txt", b"198.51.100.7\n")
    files = bench.files()
    files.refresh()
    refuse(bench.s3, "ListObjectsV2", "AccessDenied", "Access Denied", 403)
    bench.now = 3600
    assert not files.refresh()
    assert bench.lists() == {"one.txt": b"198.51.100.7\n"}
    assert len(logs.messages) == 1
