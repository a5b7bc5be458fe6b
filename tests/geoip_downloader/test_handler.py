"""The function end to end: MaxMind's servers on one side, an emulated S3 on the other."""

import gzip
import json
import logging
import time
from typing import Any

import geoip2.database
import pytest

from common import aws
from common.errors import SettingsError
from tests.deployed_loader import client_of, refuse
from tests.geoip_downloader.conftest import Bench
from tests.geoip_downloader.maxmind import (
    ACCOUNT,
    EDITIONS,
    KEY,
    SIGNATURE,
    Answer,
    database,
)
from tests.logs import Logs

CITY = "GeoLite2/GeoLite2-City.mmdb"
ALL_UPDATED = dict.fromkeys(EDITIONS, "updated")
ALL_UNCHANGED = dict.fromkeys(EDITIONS, "unchanged")
STAYS = "not updated, the old one stays: "


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metrics that were written since the last call."""
    lines = capsys.readouterr().out.splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_all_three_databases_get_into_the_bucket(bench: Bench, tmp_path: Any) -> None:
    assert bench.run() == ALL_UPDATED
    for edition in EDITIONS:
        path = tmp_path / edition
        path.write_bytes(bench.content(f"GeoLite2/{edition}.mmdb"))
        with geoip2.database.Reader(path) as reader:
            assert reader.metadata().database_type == edition


def test_nothing_is_transferred_when_nothing_has_changed(bench: Bench) -> None:
    bench.run()
    bench.maxmind.sent = 0
    assert bench.run() == ALL_UNCHANGED
    assert bench.maxmind.sent == 0
    assert bench.maxmind.statuses("GeoLite2-City.tar.gz") == [200, 304]
    assert bench.maxmind.statuses("GeoLite2-City.tar.gz.sha256") == [200]


def test_a_server_that_heeds_no_conditions_is_recognised_by_its_etag(bench: Bench) -> None:
    bench.run()
    bench.maxmind.heeds_conditions = False
    assert bench.run() == ALL_UNCHANGED
    assert bench.maxmind.statuses("GeoLite2-City.tar.gz") == [200, 200]
    assert bench.maxmind.statuses("GeoLite2-City.tar.gz.sha256") == [200]


def test_a_database_that_is_lost_from_the_bucket_is_fetched_again(bench: Bench) -> None:
    bench.run()
    bench.s3.delete_object(Bucket=bench.bucket, Key=CITY)
    assert bench.run() == ALL_UNCHANGED | {"GeoLite2-City": "updated"}


def test_a_database_that_another_hand_put_there_is_replaced(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key=CITY, Body=b"by hand")
    assert bench.run() == ALL_UPDATED
    assert bench.content(CITY) != b"by hand"


def test_a_newer_database_replaces_the_old_one(bench: Bench) -> None:
    bench.run()
    newer = database("GeoLite2-City", int(time.time()) - 60)
    bench.maxmind.publish("GeoLite2-City", newer)
    assert bench.run() == ALL_UNCHANGED | {"GeoLite2-City": "updated"}
    assert bench.content(CITY) == newer


def test_the_credentials_go_to_maxmind_alone(bench: Bench) -> None:
    bench.run()
    assert bench.maxmind.leaked == []


def test_the_older_form_with_the_key_alone(bench: Bench) -> None:
    bench.keep(KEY)
    assert bench.run() == ALL_UPDATED


def test_credentials_in_an_ssm_parameter(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ssm = client_of(bench.aws, "ssm")
    ssm.put_parameter(
        Name="/aes-siem/maxmind", Value=f"{ACCOUNT}:{KEY}", Type="SecureString", Overwrite=True
    )
    arn = ssm.get_parameter(Name="/aes-siem/maxmind")["Parameter"]["ARN"]
    monkeypatch.setenv("MAXMIND_CREDENTIALS", arn)
    assert bench.run() == ALL_UPDATED


def test_a_wrong_key_is_one_error_and_one_metric_and_the_old_databases_stay(
    bench: Bench, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.run()
    old = {edition: bench.content(f"GeoLite2/{edition}.mmdb") for edition in EDITIONS}
    bench.keep(json.dumps({"account_id": ACCOUNT, "license_key": "Wrong_licence_key"}))
    metrics(capsys)
    assert bench.run() == dict.fromkeys(EDITIONS, "failed: wrong_key")
    errors = [line["message"] for line in logs.lines if line["level"] == "ERROR"]
    assert errors == [
        "not updated, the old one stays: MaxMind refuses the account id or the licence key"
        f" (HTTP 401): put the right ones into: {bench.secret}"
    ]
    failed, *ages = metrics(capsys)
    assert (failed["DownloadErrorCount"], failed["cause"]) == ([1], "wrong_key")
    assert {each["database"] for each in ages} == set(EDITIONS)
    assert bench.slept == []
    for edition in EDITIONS:
        assert bench.content(f"GeoLite2/{edition}.mmdb") == old[edition]


def test_the_age_of_each_database_is_a_metric(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    for outcome in (ALL_UPDATED, ALL_UNCHANGED):
        assert bench.run() == outcome
        ages = {each["database"]: each["DatabaseAge"][0] for each in metrics(capsys)}
        assert ages.keys() == set(EDITIONS)
        assert all(3600 <= age < 86400 for age in ages.values())


@pytest.mark.parametrize(
    ("fault", "times", "slept"),
    [
        (Answer(500), 1, [2.0]),
        (Answer(503), 3, [2.0, 4.0, 8.0]),
        (Answer(429, {"Retry-After": "30"}), 2, [30.0, 30.0]),
        (Answer(cut=True), 2, [2.0, 4.0]),
    ],
    ids=["500", "503", "429", "cut"],
)
def test_what_may_pass_is_tried_again_with_growing_pauses(
    bench: Bench, fault: Answer, times: int, slept: list[float]
) -> None:
    bench.maxmind.faults["GeoLite2-City.tar.gz"] = [fault] * times
    assert bench.run() == ALL_UPDATED
    assert bench.slept == slept


@pytest.mark.parametrize(
    ("fault", "cause", "message"),
    [
        (Answer(500), "http", "GeoLite2-City.tar.gz: HTTP 500"),
        (
            Answer(429, {"Retry-After": "86400"}),
            "http",
            "GeoLite2-City.tar.gz: HTTP 429, to be tried again after 86400 s",
        ),
        (Answer(404), "http", "GeoLite2-City.tar.gz: HTTP 404"),
        (Answer(403), "forbidden", "GeoLite2-City.tar.gz: access is refused (HTTP 403)"),
    ],
    ids=["500", "429", "404", "403"],
)
def test_an_http_error_is_one_line_and_hinders_no_other_database(
    bench: Bench, logs: Logs, fault: Answer, cause: str, message: str
) -> None:
    bench.maxmind.faults["GeoLite2-City.tar.gz"] = [fault] * 10
    assert bench.run() == ALL_UPDATED | {"GeoLite2-City": f"failed: {cause}"}
    assert f"not updated, the old one stays: {message}" in logs.messages
    assert bench.content(CITY) == b""


def test_a_body_that_always_breaks_off_is_one_error(bench: Bench, logs: Logs) -> None:
    bench.maxmind.faults["GeoLite2-ASN.tar.gz"] = [Answer(cut=True)] * 10
    assert bench.run()["GeoLite2-ASN"] == "failed: network"
    (line,) = [each for each in logs.messages if each.startswith(STAYS)]
    assert line.startswith(f"{STAYS}GeoLite2-ASN.tar.gz: ('Connection broken: IncompleteRead(")
    assert len(bench.slept) == 3


def test_no_network_is_an_error_that_says_so(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAXMIND_URL", "http://127.0.0.1:9")
    assert bench.run() == dict.fromkeys(EDITIONS, "failed: network")
    assert "Connection refused" in logs.messages[0]
    assert "GeoLite2-City.tar.gz: " in logs.messages[0]


def test_a_wrong_checksum_is_an_error_and_the_old_database_stays(bench: Bench, logs: Logs) -> None:
    bench.run()
    old = bench.content(CITY)
    bench.maxmind.publish("GeoLite2-City", database("GeoLite2-City", int(time.time())))
    bench.maxmind.put("GeoLite2-City.tar.gz.sha256", b"0" * 64 + b"  GeoLite2-City.tar.gz")
    assert bench.run()["GeoLite2-City"] == "failed: checksum"
    assert any(
        message.startswith(f"{STAYS}GeoLite2-City.tar.gz: its SHA-256 is to be 000000")
        for message in logs.messages
    )
    assert bench.content(CITY) == old


def test_a_checksum_file_without_a_checksum_is_an_error(bench: Bench, logs: Logs) -> None:
    bench.maxmind.put("GeoLite2-City.tar.gz.sha256", b"<html>")
    assert bench.run()["GeoLite2-City"] == "failed: checksum"
    assert "its SHA-256 is to be no checksum, but is: " in logs.text


def test_a_half_written_database_does_not_replace_the_old_one(bench: Bench, logs: Logs) -> None:
    bench.run()
    old, newer = bench.content(CITY), database("GeoLite2-City", int(time.time()))
    bench.maxmind.publish("GeoLite2-City", newer[: len(newer) // 2])
    assert bench.run()["GeoLite2-City"] == "failed: database"
    assert (
        f"{STAYS}GeoLite2-City.mmdb: the database cannot be read (InvalidDatabaseError)"
        in logs.messages
    )
    assert bench.content(CITY) == old


def test_an_older_database_does_not_replace_a_newer_one(bench: Bench, logs: Logs) -> None:
    bench.run()
    bench.maxmind.publish("GeoLite2-City", database("GeoLite2-City", 1_700_000_000))
    assert bench.run()["GeoLite2-City"] == "failed: database"
    assert "is older than the one in the bucket: 1700000000 < " in logs.text


def test_an_upload_that_is_refused_is_one_line(bench: Bench, logs: Logs) -> None:
    refuse(aws.client("s3"), "PutObject", "AccessDenied", "x", 403)
    assert bench.run() == dict.fromkeys(EDITIONS, "failed: bucket")
    assert logs.messages[0].endswith(f" PutObject operation: x: s3://{bench.bucket}/{CITY}")


def test_credentials_that_are_not_there_yet_are_one_error_that_says_what_to_put(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:other-AbCdEf"
    monkeypatch.setenv("MAXMIND_CREDENTIALS", arn)
    assert bench.run() == dict.fromkeys(EDITIONS, "failed: credentials")
    assert logs.messages[0] == (
        f"{STAYS}MaxMind's credentials are not there yet: put"
        ' {"account_id": "...", "license_key": "..."}, or a licence key alone into: ' + arn
    )


def test_a_missing_permission_to_read_them_is_one_line(bench: Bench, logs: Logs) -> None:
    denied = "User: x is not authorized to perform: secretsmanager:GetSecretValue"
    refuse(aws.client("secretsmanager"), "GetSecretValue", "AccessDeniedException", denied)
    assert bench.run() == dict.fromkeys(EDITIONS, "failed: credentials")
    assert logs.messages[0] == (
        f"{STAYS}MaxMind's credentials cannot be read, An error occurred (AccessDeniedException)"
        f" when calling the GetSecretValue operation: {denied}: {bench.secret}"
    )


def test_without_credentials_no_database_is_fetched(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAXMIND_CREDENTIALS", "")
    assert bench.run() == {}
    assert logs.messages[0] == "no databases are fetched: MAXMIND_CREDENTIALS is not set"


@pytest.mark.parametrize("secret", [KEY, f"{ACCOUNT}:{KEY}"], ids=["key alone", "account and key"])
def test_no_secret_is_logged_whatever_happens(
    bench: Bench,
    logs: Logs,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    secret: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    bench.keep(secret)
    faults = bench.maxmind.faults
    faults["GeoLite2-City.tar.gz"] = [Answer(500)] * 10
    faults["GeoLite2-Country.tar.gz"] = [Answer(302, {"Location": f"http://h/?s={SIGNATURE}"})]
    faults["GeoLite2-ASN.tar.gz"] = [
        Answer(302, {"Location": f"https://[broken/?s={SIGNATURE}"})
    ] * 10
    assert all(outcome.startswith("failed") for outcome in bench.run().values())
    bench.keep(secret.replace("Secret", "Wrong"))
    bench.run()
    bench.keep("{" + secret)
    bench.run()
    captured = capfd.readouterr()
    for text in (logs.text, caplog.text, captured.out, captured.err):
        assert "licence_key_0123456789" not in text
        assert SIGNATURE not in text


def test_lists_of_bad_addresses_are_off_by_default(bench: Bench) -> None:
    assert bench.run().keys() == set(EDITIONS)


def test_lists_are_fetched_when_they_have_changed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{bench.maxmind.url}/lists/exits"
    monkeypatch.setenv("ADDRESS_LISTS", json.dumps({"tor_exit_nodes": url}))
    monkeypatch.setenv("MAXMIND_CREDENTIALS", "")
    bench.maxmind.put("exits", b"5.6.7.8\n1.2.3.4\n5.6.7.8\n")
    assert bench.run() == {"tor_exit_nodes": "updated"}
    assert bench.content("AddressLists/tor_exit_nodes.txt") == b"1.2.3.4\n5.6.7.8\n"
    assert bench.run() == {"tor_exit_nodes": "unchanged"}
    assert bench.maxmind.statuses("exits") == [200, 304]


def test_a_list_may_be_packed(bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{bench.maxmind.url}/lists/exits"
    monkeypatch.setenv("ADDRESS_LISTS", json.dumps({"tor_exit_nodes": url}))
    monkeypatch.setenv("MAXMIND_CREDENTIALS", "")
    packed = gzip.compress(b"5.6.7.8\n1.2.3.4\n")
    bench.maxmind.put("exits", packed)
    assert bench.run() == {"tor_exit_nodes": "updated"}
    bench.maxmind.put("exits", packed[:-9])
    assert bench.run() == {"tor_exit_nodes": "failed: list"}
    assert f"{STAYS}tor_exit_nodes: Compressed file ended before" in " ".join(logs.messages)
    assert bench.content("AddressLists/tor_exit_nodes.txt") == b"1.2.3.4\n5.6.7.8\n"


def test_a_list_that_cannot_be_had_hinders_nothing_and_the_old_one_stays(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{bench.maxmind.url}/lists/"
    lists = {"tor_exit_nodes": f"{url}exits", "own": f"{url}own", "none": f"{url}none"}
    monkeypatch.setenv("ADDRESS_LISTS", json.dumps(lists))
    bench.maxmind.put("exits", b"1.2.3.4\n")
    bench.maxmind.put("own", b"5.6.7.8\n")
    assert bench.run() == ALL_UPDATED | {
        "tor_exit_nodes": "updated",
        "own": "updated",
        "none": "failed: http",
    }
    bench.maxmind.put("exits", b"<html>\n<p>Maintenance</p>\n</html>\n")
    bench.maxmind.faults["own"] = [Answer(401)]
    assert bench.run() == ALL_UNCHANGED | {
        "tor_exit_nodes": "failed: list",
        "own": "failed: wrong_key",
        "none": "failed: http",
    }
    assert f"{STAYS}tor_exit_nodes: no address in any of its 3 lines" in logs.messages
    assert f"{STAYS}none: HTTP 404" in logs.messages
    assert bench.content("AddressLists/tor_exit_nodes.txt") == b"1.2.3.4\n"


def test_wrong_settings_are_one_error_that_names_them(
    bench: Bench, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAXMIND_CREDENTIALS", KEY)
    monkeypatch.setenv("ADDRESS_LISTS", '{"own": "http://example.com/list"}')
    with pytest.raises(SettingsError) as raised:
        bench.run()
    assert logs.messages == [str(raised.value)]
    assert str(raised.value) == (
        "environment variables: MAXMIND_CREDENTIALS is malformed (expected: the ARN of a secret or"
        " of an SSM parameter, or nothing); ADDRESS_LISTS is malformed (expected:"
        ' {"name": "https URL"}; true stands for the URL of tor_exit_nodes and feodo_tracker)'
    )
