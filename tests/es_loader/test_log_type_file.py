"""A log_type.toml becomes a LogType, or an error that says what is wrong and what is right."""

from pathlib import Path

import pytest

from common.errors import LogTypeError
from es_loader.log_type import LogType, Source
from es_loader.log_type_file import load, load_all

GOOD = """
description = "Door locks"
vendor = "acme"
index = "monthly"

[match]
key = '/doors/'
examples = ["site/doors/2026.json"]

[read]
format = "json"

[time]
field = "at"

[ecs]
source.ip = ["ip", "peer.0.addr"]
related.ip = { all = ["ip", "peers.*.ip"] }
user.name = []

[fields]
acme.doors.number = { long = "door" }
acme.doors.opened_by = { keyword = { all = ["who", "badge\\\\.id"] } }

[set]
event.kind = "event"

[lookup]
event.outcome = { from = "ok", table = { yes = "success", no = "failure" }, default = "unknown" }

[enrich]
geoip = ["source"]
"""


def written(folder: Path, text: str, name: str = "doors") -> Path:
    """The folder of a log type with this log_type.toml."""
    place = folder / name
    place.mkdir()
    (place / "log_type.toml").write_text(text)
    return place


def error_of(folder: Path, text: str, name: str = "doors") -> str:
    """What the error says, after the path of the file."""
    place = written(folder, text, name)
    with pytest.raises(LogTypeError) as error:
        load(place)
    prefix = f"{place / 'log_type.toml'}: "
    assert str(error.value).startswith(prefix)
    return str(error.value).removeprefix(prefix)


@pytest.fixture
def doors(tmp_path: Path) -> LogType:
    """The log type that GOOD describes."""
    return load(written(tmp_path, GOOD))


def test_a_log_type_is_named_after_its_folder_and_vendor(doors: LogType) -> None:
    assert (doors.name, doors.dataset) == ("doors", "acme.doors")
    assert doors.index_prefix == "log-acme-doors"


def test_source_paths_know_positions_every_element_and_dots_in_keys(doors: LogType) -> None:
    assert doors.mapping["source.ip"] == Source((("ip",), ("peer", 0, "addr")))
    assert doors.mapping["related.ip"] == Source((("ip",), ("peers", "*", "ip")), all=True)
    assert doors.mapping["acme.doors.opened_by"] == Source((("who",), ("badge.id",)), all=True)
    assert doors.mapping["user.name"] == Source(())


def test_targets_have_the_types_of_ecs_of_fields_and_of_enrichment(doors: LogType) -> None:
    expected = {
        "source.ip": "ip",
        "acme.doors.number": "long",
        "event.outcome": "keyword",
        "source.geo.location": "geo_point",
        "source.as.number": "long",
        "@timestamp": "date",
        "log.offset": "long",
    }
    assert expected.items() <= dict(doors.targets).items()


def test_only_aws_log_types_say_that_the_cloud_is_aws(doors: LogType, tmp_path: Path) -> None:
    assert "cloud.provider" not in doors.constants
    aws = load(written(tmp_path, GOOD.replace("acme", "aws"), "gates"))
    assert aws.constants["cloud.provider"] == "aws"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[read]", "[reed]", "unknown key 'reed', did you mean 'read'?"),
        ("vendor = ", "vendr = ", "unknown key 'vendr', did you mean 'vendor'?"),
        ("description = ", "zzz = ", "unknown key 'zzz'"),
        ('vendor = "acme"', "", "missing key: vendor"),
        ('vendor = "acme"', "vendor = 7", "vendor must be text, got: 7"),
        (
            '"monthly"',
            '"montly"',
            "index must be one of daily, weekly, monthly, yearly, got: 'montly',"
            " did you mean 'monthly'?",
        ),
        ("[enrich]\ngeoip", "[[enrich]]\ngeoip", "must be a table: [enrich]"),
        ("examples = ", "example = ", "[match]: unknown key 'example', did you mean 'examples'?"),
        ("'/doors/'", "'/doors/('", "[match]: key is no regular expression: "),
        ("'/doors/'", "'/gates/'", "[match]: key does not match its example: site/doors/2026.json"),
        (
            'examples = ["site/doors/2026.json"]',
            "",
            "[match]: key needs examples: object keys as AWS writes them",
        ),
        ("key = '/doors/'", "", "[match]: needs key, log_group, source or container"),
        (
            '"json"',
            '"jsn"',
            "[read]: format must be one of json, named, lines, delimited, xml, cef, got: 'jsn'",
        ),
        (
            "user.name = []",
            "network.bytes = { sum = ['in'] }",
            "[ecs]: network.bytes must be the sum of 2 to 8 source paths",
        ),
        (
            "user.name = []",
            "network.bytes = { sum = ['in', 'peers.*.out'] }",
            "[ecs]: network.bytes: what is in a list has no sum",
        ),
        (
            "user.name = []",
            "user.name = { sum = ['in', 'out'] }",
            "user.name: a sum is of type long, not: keyword",
        ),
        ('"json"', '"lines"', "[read]: format lines needs a pattern with named groups"),
        ('"json"', '"delimited"', "[read]: format delimited needs columns, header or both"),
        ('"json"', '"xml"', "[read]: format xml needs event: the element that is one record"),
        (
            '"json"',
            '"json"\nforms = [{ pattern = "a", columns = "b" }]',
            "[read]: forms are for format delimited, instead of columns",
        ),
        (
            '"json"',
            '"delimited"\nforms = [{ pattern = "a", columms = "b" }]',
            "[[read.forms]]: unknown key 'columms', did you mean 'columns'?",
        ),
        (
            '"json"',
            '"delimited"\nforms = [{ pattern = "a" }]',
            "[[read.forms]]: needs pattern and columns",
        ),
        ('"json"', '"json"\njson = true', "[read]: json needs forms: those of the lines"),
        (
            '"json"',
            '"delimited"\nheader = true\norders = [{ pattern = "a", columns = "b" }]',
            "[read]: orders are for format delimited, beside columns",
        ),
        ('"json"', '"json"\nstart = "a"', "[read]: start is for format lines, not for: json"),
        (
            '"json"',
            '"json"\nblock = true',
            "[read]: block needs start: the lines that a record begins with",
        ),
        ("field = ", "feild = ", "[time]: unknown key 'feild', did you mean 'field'?"),
        ('"at"', "3", "[time]: field must be text or a list of texts, got: 3"),
        (
            "source.ip = ",
            "source.ipp = ",
            "[ecs]: no ECS field and not in [fields]: 'source.ipp', did you mean 'source.ip'?",
        ),
        (
            "source.ip = ",
            "Source.IP = ",
            "[ecs]: no ECS field and not in [fields]: 'Source.IP', did you mean 'source.ip'?",
        ),
        ("user.name = []", "user.name = 5", "[ecs]: user.name must be a source path or a list"),
        ("user.name = []", 'user.name = [""]', "[ecs]: user.name must be a source path or a list"),
        ("acme.doors.number", "other.number", "[fields]: must start with 'acme.': other.number"),
        ("long = ", "lnog = ", "[fields]: "),
        (
            '{ long = "door" }',
            '"door"',
            "[fields]: acme.doors.number must be { type = \"source\" }, got: 'door'",
        ),
        ("event.kind = ", "event.knd = ", "[set]: no ECS field and not in [fields]: 'event.knd'"),
        ('kind = "event"', 'kind = "evnt"', "[set]: event.kind must be one of "),
        ('"failure" }', '"failed" }', "[lookup]: event.outcome must be one of "),
        ('"unknown" }', '"none" }', "[lookup]: event.outcome must be one of "),
        (
            "[lookup]",
            "[lookup]\nevent.type = { of = 'nowhere' }",
            "[lookup] event.type: of must be a log type, got: 'nowhere'",
        ),
        (
            "[lookup]",
            "[lookup]\nuser.email = { of = 'windows_event' }",
            "[lookup] user.email: windows_event has no look-up of user.email",
        ),
        (
            'geoip = ["source"]',
            'geoip = ["client"]',
            "[enrich]: geoip needs a mapped field: client.ip",
        ),
    ],
)
def test_a_mistake_is_told_by_table_key_and_the_nearest_right_key(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in GOOD
    assert error_of(tmp_path, GOOD.replace(old, new, 1)).startswith(message)


def test_text_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in error_of(tmp_path, "vendor = 'acme'\nindex = = 1\n")


def test_a_folder_name_must_be_snake_case(tmp_path: Path) -> None:
    assert error_of(tmp_path, GOOD, "Doors-2") == "folder name must be snake_case: Doors-2"


def test_a_folder_without_a_log_type_is_told(tmp_path: Path) -> None:
    with pytest.raises(LogTypeError, match=r"log_type\.toml: no such file$"):
        load(tmp_path)


def test_two_folders_cannot_have_a_log_type_of_one_name(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        written(folder, GOOD)
    with pytest.raises(LogTypeError, match="a log type of this name exists: doors"):
        load_all([first, second])


def test_a_look_up_may_be_that_of_another_log_type() -> None:
    theirs, ours = (load_all()[name].lookups for name in ("windows_event", "directory_service"))
    assert ours["event.type"] == theirs["event.type"]
