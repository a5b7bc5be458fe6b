"""The `siem` command, as a shell runs it."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from es_loader import cli
from local import geoip

EVENT = {
    "eventTime": "2026-11-24T19:55:01Z",
    "eventID": "0a1b2c3d-0000-4000-8000-000000000001",
    "eventName": "ListUsers",
    "recipientAccountId": "111122223333",
}
KEY = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/24/x.json"
FLOW = (
    "2 111122223333 eni-0a1b 192.0.2.1 10.0.1.2 49152 443 6 1 40 1795550340 1795550398 ACCEPT OK\n"
)
Run = tuple[int, list[Any], list[Any]]


@pytest.fixture
def siem(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command line: (exit status, stdout, stderr), both as lines of JSON if they are."""

    def run(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["siem", *arguments])
        status = cli.main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return status, lines(out), lines(err)

    return run


def lines(output: bytes) -> list[Any]:
    """Lines, as JSON where they are objects."""
    texts = output.decode().splitlines()
    return [json.loads(text) if text.startswith("{") else text for text in texts]


@pytest.fixture
def trail(tmp_path: Path) -> str:
    """A CloudTrail object of two events."""
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": [EVENT, EVENT | {"eventName": "ListRoles"}]}))
    return str(path)


def test_parse_prints_a_document_a_line_in_order(siem: Any, trail: str) -> None:
    status, out, err = siem("parse", "--log-type", "cloudtrail", trail)
    assert (status, err) == (0, [])
    assert [each["event"]["action"] for each in out] == ["ListUsers", "ListRoles"]
    assert out[1]["log"] == {"file": {"path": "s3://local/trail.json"}, "offset": 1}


def test_parse_reads_a_compressed_file(siem: Any, tmp_path: Path, trail: str) -> None:
    packed = tmp_path / "trail.json.gz"
    packed.write_bytes(gzip.compress(Path(trail).read_bytes()))
    assert len(siem("parse", "--log-type", "cloudtrail", str(packed))[1]) == 2


def test_parse_takes_the_log_type_account_and_region_from_the_key(siem: Any, trail: str) -> None:
    status, out, _ = siem("parse", "--key", KEY, trail)
    assert status == 0
    assert out[0]["log"]["file"]["path"] == f"s3://local/{KEY}"
    assert out[0]["cloud"] == {
        "provider": "aws",
        "account": {"id": "111122223333"},
        "region": "eu-west-1",
    }


def test_parse_takes_a_dash_for_an_underscore(siem: Any, tmp_path: Path) -> None:
    path = tmp_path / "flow.log"
    path.write_text(FLOW)
    _, out, _ = siem("parse", "--log-type", "vpc-flow", str(path))
    assert out[0]["event"]["dataset"] == "aws.vpc_flow"


def test_parse_modified_decides_where_a_record_has_no_time(siem: Any, tmp_path: Path) -> None:
    path = tmp_path / "trail.json"
    path.write_text('{"Records":[{"eventName":"x"}]}')
    arguments = ("parse", "--log-type", "cloudtrail", "--meta", str(path))
    _, out, _ = siem(*arguments, "--modified", "2025-01-02T03:04:05Z")
    assert out[0]["@timestamp"] == "2025-01-02T03:04:05.000Z"
    assert out[0]["_index"] == "log-aws-cloudtrail-2025-01"
    os.utime(path, (1_700_000_000, 1_700_000_000))
    _, out, _ = siem(*arguments)
    assert out[0]["@timestamp"] == "2023-11-14T22:13:20.000Z"


def test_parse_meta_adds_index_and_id(siem: Any, trail: str) -> None:
    plain = siem("parse", "--log-type", "cloudtrail", trail)[1]
    with_meta = siem("parse", "--log-type", "cloudtrail", "--meta", trail)[1]
    assert {each.pop("_index") for each in with_meta} == {"log-aws-cloudtrail-2026-11"}
    assert all(len(each.pop("_id")) == 22 for each in with_meta)
    assert [each.keys() for each in with_meta] == [each.keys() for each in plain]


def test_parse_tells_of_each_quarantined_record_and_exits_with_3(siem: Any, tmp_path: Path) -> None:
    path = tmp_path / "trail.json"
    path.write_text(f"{json.dumps(EVENT)}\nno json\n{json.dumps(EVENT)}\n")
    status, out, err = siem("parse", "--log-type", "cloudtrail", str(path))
    assert (status, len(out)) == (3, 2)
    assert err == [{"outcome": "quarantined", "position": 1, "reason": "malformed"}]


def test_parse_of_a_cut_object_prints_what_was_read_and_exits_with_3(
    siem: Any, tmp_path: Path
) -> None:
    path = tmp_path / "flow.log.gz"
    noise = "".join(FLOW.replace("49152", str(n)) for n in range(3_000))
    packed = gzip.compress(noise.encode())
    path.write_bytes(packed[: len(packed) * 2 // 3])
    status, out, err = siem("parse", "--log-type", "vpc_flow", str(path))
    assert status == 3
    assert err == [{"outcome": "quarantined", "position": len(out), "reason": "cut"}]


def test_parse_of_an_empty_object_is_skipped(siem: Any, tmp_path: Path) -> None:
    path = tmp_path / "empty.log"
    path.touch()
    status, out, err = siem("parse", "--log-type", "vpc_flow", str(path))
    assert (status, out) == (0, [])
    assert err == [{"outcome": "skipped", "position": 0, "reason": "empty"}]


def test_parse_of_a_key_of_no_log_type_is_skipped(siem: Any, trail: str) -> None:
    status, out, err = siem("parse", "--key", "notes/readme.txt", trail)
    assert (status, out) == (0, [])
    assert err == [{"outcome": "skipped", "position": 0, "reason": "unknown_key"}]


def test_parse_of_an_envelope_finds_the_log_type_of_each_record(siem: Any, tmp_path: Path) -> None:
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "aws-cloudtrail-logs",
        "logStream": "x",
        "logEvents": [{"id": "1", "timestamp": 1, "message": json.dumps(EVENT)}],
    }
    path = tmp_path / "envelope.json"
    path.write_text(json.dumps(envelope) + json.dumps(envelope | {"logGroup": "nobody-knows"}))
    status, out, err = siem("parse", "--key", "AWSLogs/CloudWatchLogs/x.gz", str(path))
    assert status == 3
    assert [each["event"]["dataset"] for each in out] == ["aws.cloudtrail"]
    assert err == [{"outcome": "quarantined", "position": 1, "reason": "no_log_type"}]


def test_parse_finds_the_log_type_by_content(siem: Any, trail: str) -> None:
    status, out, err = siem("parse", trail)
    assert (status, err) == (0, [])
    assert {each["event"]["dataset"] for each in out} == {"aws.cloudtrail"}


def test_parse_names_the_log_types_that_a_file_may_be_of(siem: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text('192.0.2.7 - - [24/Nov/2026:20:05:11 +0000] "GET / HTTP/1.1" 200 612 "-" "-"\n')
    told = "its content may be of several log types, give --log-type: apache_access, nginx_access"
    assert siem("parse", str(path)) == (2, [], [f"siem: {told}"])
    path.write_text('{"a": 1}')
    told = "its content is that of no log type: give --log-type or --key"
    assert siem("parse", str(path)) == (2, [], [f"siem: {told}"])


def test_parse_tells_what_rules_drop_and_count(siem: Any, tmp_path: Path, trail: str) -> None:
    rules = tmp_path / "exclude.toml"
    rules.write_text(
        '[[rule]]\nname = "all"\nlog_type = "cloudtrail"\naction = "count"\n'
        'where."event.action" = "List*"\n'
        '[[rule]]\nname = "roles"\nlog_type = "cloudtrail"\nwhere."event.action" = "ListRoles"\n'
    )
    status, out, err = siem("parse", "--exclude", str(rules), trail)
    assert (status, [each["event"]["action"] for each in out]) == (0, ["ListUsers"])
    assert err == [
        {"outcome": "excluded", "position": 1, "rule": "roles"},
        {"outcome": "counted", "rule": "all", "count": 2},
    ]
    assert siem("parse", "--exclude", "no-file", trail)[2] == ["siem: no-file: no such file"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["parse", "--log-type", "cloudtrial", "FILE"],
            "no log type has this name, did you mean 'cloudtrail'?: cloudtrial",
        ),
        (
            ["parse", "--log-type", "../../etc", "FILE"],
            "no log type has this name, `siem log-types` lists them: ../../etc",
        ),
        (["parse", "--log-type", "cloudtrail", "no-file"], "no such file: no-file"),
        (
            ["parse", "--log-type", "cloudtrail", "--modified", "noon", "FILE"],
            "--modified must be a time such as 2026-11-24T20:00:00Z, got: noon",
        ),
        (["parse", "--databases", "no-folder", "FILE"], "no such folder: no-folder"),
        (
            ["parse", "--trusted-proxies", "proxy.example", "FILE"],
            "--trusted-proxies must be networks such as 192.0.2.0/24,2001:db8::/32, got:"
            " proxy.example",
        ),
        (["parse", "--colour", "FILE"], "No such option: --colour"),
        (
            ["log-types", "--code"],
            "--code needs the name of a log type: siem log-types NAME --code",
        ),
        (["log-types", "waff"], "no log type has this name, did you mean 'waf'?: waff"),
    ],
)
def test_a_wrong_command_line_is_one_line_on_stderr_and_exit_status_2(
    siem: Any, trail: str, arguments: list[str], message: str
) -> None:
    status, out, err = siem(*(trail if each == "FILE" else each for each in arguments))
    assert (status, out, err) == (2, [], [f"siem: {message}"])


def test_parse_uses_the_databases_and_lists_of_a_folder(siem: Any, tmp_path: Path) -> None:
    (tmp_path / "GeoLite2-City.mmdb").write_bytes(geoip.city_database())
    (tmp_path / "AddressLists").mkdir()
    (tmp_path / "AddressLists" / "tor.txt").write_text("198.51.100.0/24\n")
    event = EVENT | {"sourceIPAddress": "198.51.100.7"}
    (tmp_path / "one.json").write_text(json.dumps({"Records": [event]}))
    arguments = ("parse", "--log-type", "cloudtrail", str(tmp_path / "one.json"))
    _, (document,), _ = siem(*arguments, "--databases", str(tmp_path))
    assert document["source"]["geo"]["city_name"] == "Oslo"
    assert document["threat"]["enrichments"]["indicator"]["provider"] == ["tor"]
    _, (document,), _ = siem(*arguments)
    assert "geo" not in document["source"] and "threat" not in document


def test_parse_believes_trusted_proxies(siem: Any, tmp_path: Path) -> None:
    line = (
        '203.0.113.9 - - [24/Nov/2026:19:02:49 +0000] "GET / HTTP/1.1" 200 6 "-" "-" "198.51.100.7"'
    )
    (tmp_path / "access.log").write_text(line)
    arguments = ("parse", "--log-type", "nginx-access", str(tmp_path / "access.log"))
    _, (document,), _ = siem(*arguments, "--trusted-proxies", "203.0.113.0/24")
    assert document["source"]["ip"] == "198.51.100.7"
    _, (document,), _ = siem(*arguments)
    assert document["source"]["ip"] == "203.0.113.9"


def test_parse_reads_stdin() -> None:
    command = [sys.executable, "-m", "es_loader.cli", "parse", "--log-type", "vpc_flow", "-"]
    done = subprocess.run(command, input=FLOW.encode(), capture_output=True, check=True)
    assert json.loads(done.stdout)["log"]["file"]["path"] == "s3://local/-"


def test_parse_finds_the_log_type_of_stdin_by_content() -> None:
    command = [sys.executable, "-m", "es_loader.cli", "parse", "-"]
    packed = gzip.compress(FLOW.encode() * 3)
    done = subprocess.run(command, input=packed, capture_output=True, check=True)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["log"]["offset"] for each in documents] == [0, 1, 2]
    assert documents[0]["event"]["dataset"] == "aws.vpc_flow"


def test_parse_ends_quietly_when_its_reader_does(tmp_path: Path) -> None:
    path = tmp_path / "flow.log"
    path.write_text(FLOW * 20_000)
    command = f"{sys.executable} -m es_loader.cli parse --log-type vpc_flow {path} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1


def test_log_types_are_listed(siem: Any) -> None:
    status, out, _ = siem("log-types")
    assert status == 0
    assert out[0].split() == ["name", "vendor", "index", "description"]
    assert any(line.startswith("cloudtrail ") for line in out)


def test_the_fields_of_a_log_type_are_listed(siem: Any) -> None:
    _, out, _ = siem("log-types", "vpc-flow")
    fields = [line.split() for line in out]
    assert ["source.ip", "ip", "srcaddr"] in fields
    assert ["network.transport", "keyword", "table", "of", "protocol"] in fields


def test_the_code_of_a_log_type_is_printed(siem: Any) -> None:
    _, out, _ = siem("log-types", "cloudtrail", "--code")
    source = "\n".join(out)
    compile(source, "<cloudtrail>", "exec")
    assert "def bind(context):" in source


def test_every_command_has_help_with_an_example(siem: Any) -> None:
    commands = ("parse", "log-types", "audit", "load", "replay quarantine", "replay dlq")
    for command in commands:
        status, out, _ = siem(*command.split(), "--help")
        assert status == 0
        assert f"Example: siem {command} " in "\n".join(map(str, out))


def test_parse_and_log_types_start_without_boto3() -> None:
    code = (
        "import sys; sys.argv = ['siem', 'parse', '--log-type', 'vpc_flow', '-'];"
        "from es_loader import cli; cli.main(); assert 'boto3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], input=b"", check=True, capture_output=True)
