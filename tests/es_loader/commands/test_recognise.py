"""`siem parse FILE` finds the log type by the content of the file, or says which ones it may be."""

import gzip
import io
import json
from functools import cache
from pathlib import Path

import pytest

from common.errors import ObjectSkipped, SiemError
from es_loader.commands.recognise import recognise
from es_loader.log_type_file import HERE
from es_loader.normalize import Normalizer
from tests.log_types.documents import normalizer
from tests.log_types.test_golden import SAMPLES

MODIFIED = 1_795_550_400_000
SEVERAL = "its content may be of several log types, give --log-type: "
NONE = "its content is that of no log type: give --log-type or --key"
ENVELOPE = "told by the envelope"

WEB = "apache_access, nginx_access"  # both write the combined format
# Security events of Windows, as Windows writes them.
WINDOWS = "directory_service, windows_event"
FILES = "directory_service, fsx_windows, windows_event"
CONFIG = "config_history, config_snapshot"  # the same items
OCSF = "security_lake, securityhub_ocsf"  # a finding is the same in both
# Samples whose content is truly that of several log types.
AMBIGUOUS = {
    "apache_access/virtual-host.log": WEB,
    "config_history/history.json": CONFIG,
    "config_snapshot/snapshot.json": CONFIG,
    "directory_service/file-double-quotes.xml": WINDOWS,
    "directory_service/logons-and-accounts.xml": WINDOWS,
    "fsx_windows/firehose.xml": FILES,
    "linux_messages/iso-and-agent.log": "linux_messages, linux_secure",  # lines of PAM
    "nginx_access/combined.log": WEB,
    "security_lake/findings.jsonl": OCSF,
    "windows_event/objects-tickets-and-policies.xml": FILES,
    "windows_event/security.xml": WINDOWS,
    "windows_event/system-double-quotes.xml": "fsx_windows, windows_event",
}


@cache
def found(sample: Path) -> str:
    """What is said of a file."""
    with sample.open("rb") as file:
        try:
            kind = recognise(file, normalizer(), sample.name, MODIFIED)
        except SiemError as error:
            return str(error)
        assert file.tell() == 0  # it is read from its beginning next
    return kind.name if kind else ENVELOPE


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_sample_is_recognised_or_its_log_type_is_among_those_that_are_named(sample: Path) -> None:
    name = sample.parts[-3]
    several = AMBIGUOUS.get(f"{name}/{sample.name}")
    if several:
        assert name in several.split(", ")
        assert found(sample) == SEVERAL + several
    else:
        assert found(sample) in (name, ENVELOPE)


def test_only_what_an_envelope_tells_is_left_to_it() -> None:
    left = {sample.parts[-3] + "/" + sample.name for sample in SAMPLES if found(sample) == ENVELOPE}
    assert "vpc_flow/cloudwatch-logs.json" in left
    assert "cloudtrail/events.json" not in left


def test_every_sample_that_is_listed_is_there() -> None:
    assert {f"{sample.parts[-3]}/{sample.name}" for sample in SAMPLES} > AMBIGUOUS.keys()


def look(data: bytes, key: str = "file") -> str:
    """Name of the log type that bytes are recognised as."""
    kind = recognise(io.BytesIO(data), normalizer(), key, MODIFIED)
    return kind.name if kind else ENVELOPE


def test_the_name_of_a_file_decides_between_those_that_its_content_leaves() -> None:
    log = (HERE / "nginx_access/samples/combined.log").read_bytes()
    assert look(log, "nginx-access.log") == "nginx_access"
    assert look(log, "httpd-access_log") == "apache_access"
    with pytest.raises(SiemError, match=SEVERAL):
        look(log, "access.log")


def test_a_name_does_not_make_a_file_what_its_content_is_not() -> None:
    trail = (HERE / "cloudtrail/samples/events.json").read_bytes()
    assert look(trail, "nginx-access.log") == "cloudtrail"


def test_a_large_file_is_recognised_by_its_beginning() -> None:
    event = json.loads((HERE / "cloudtrail/samples/events.json").read_bytes())["Records"][0]
    padded = event | {"requestParameters": {"x": "y" * 200_000}}
    many = json.dumps({"Records": [padded] * 20}).encode()
    assert len(many) > 3 << 20
    assert look(many) == look(gzip.compress(many)) == "cloudtrail"


def test_what_no_log_type_fits_is_said_so() -> None:
    for data in (b'{"a": 1}', b"hello\nworld\n", b"<a><b>1</b></a>", b"\0\1\2\3", b"[1, 2]"):
        with pytest.raises(SiemError, match=NONE):
            look(data)


def test_an_empty_file_is_skipped() -> None:
    with pytest.raises(ObjectSkipped, match="empty"):
        look(b"")


def test_records_of_an_envelope_that_names_no_log_type_are_recognised() -> None:
    line = (
        "2 111122223333 eni-0a1b 192.0.2.1 10.0.1.2 443 99 6 1 40 1795550340 1795550398 ACCEPT OK"
    )
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "nobody-knows",
        "logStream": "x",
        "logEvents": [{"id": str(n), "timestamp": 1, "message": line} for n in range(3)],
    }
    assert look(json.dumps(envelope).encode()) == "vpc_flow"


def test_few_log_types_are_recognised_among_too() -> None:
    own = Normalizer(type(normalizer().log_types)({"waf": normalizer().log_types.by_name["waf"]}))
    with (HERE / "waf/samples/delivered.json").open("rb") as file:
        assert recognise(file, own, "x", MODIFIED) is own.log_types.by_name["waf"]
