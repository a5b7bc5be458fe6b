"""The user's rules: what they drop and count, what is told of a wrong one, and what they cost."""

import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from common.errors import ExcludeError
from es_loader import exclude, log_type_file, pipeline
from es_loader import handler as es_loader
from es_loader.commands import parse
from es_loader.decode import LogTypes
from es_loader.exclude import Rules
from es_loader.ledger import Run
from es_loader.normalize import Normalizer, Refused
from es_loader.receive import LogObject
from tests.es_loader.loading import Loader, own_key

LOG_TYPES = log_type_file.load_all()
FOLDER = log_type_file.HERE.parent.parent / "docs" / "guides"
GUIDE = (FOLDER / "exclude.md").read_text(encoding="utf-8")
MODIFIED = 1_795_550_400_000
LINE = "2 111122223333 eni-0a1b {} {} 49152 443 6 1 {} 1795550340 1795550398 {} OK\n"
FLOW = "".join(
    LINE.format(*columns)
    for columns in (
        ("10.0.1.2", "192.0.2.1", 40, "ACCEPT"),
        ("10.0.9.9", "192.0.2.1", 52, "ACCEPT"),
        ("203.0.113.5", "10.0.1.2", 40, "REJECT"),
        ("2001:db8::1", "2001:db8:1::2", 60, "REJECT"),
    )
)


@pytest.fixture
def rules(tmp_path: Path) -> Any:
    """Reads a file with this text."""

    def load(text: str) -> dict[str, Rules]:
        path = tmp_path / "exclude.toml"
        path.write_text(text, encoding="utf-8")
        return exclude.load(path, LOG_TYPES)

    return load


def rule(where: str, name: str = "own", kind: str = "vpc_flow", action: str = "drop") -> str:
    """The text of a rule."""
    head = f'[[rule]]\nname = "{name}"\nlog_type = "{kind}"\naction = "{action}"\n'
    return f"{head}[rule.where]\n{where}\n"


def dropped(
    rules: dict[str, Rules], body: str = FLOW
) -> tuple[list[tuple[int, str]], Counter[str]]:
    """Position and rule of each record of flow logs that is dropped, and what is counted."""
    counted: Counter[str] = Counter()
    normalizer = Normalizer(LogTypes(LOG_TYPES), rules=rules)
    file, kind = io.BytesIO(body.encode()), LOG_TYPES["vpc_flow"]
    made = list(parse.records(normalizer, file, "x", MODIFIED, kind, counted=counted))
    assert [r[0] if isinstance(r, tuple) else r.position for r in made] == list(range(len(made)))
    found = [r for r in made if isinstance(r, Refused)]
    assert {r.outcome for r in found} <= {"excluded"}
    return [(r.position, r.reason) for r in found], counted


@pytest.mark.parametrize(
    ("where", "positions"),
    [
        ('"source.ip" = "10.0.1.2"', [0]),
        ('"source.ip" = "10.0.0.0/8"', [0, 1]),
        ('"source.ip" = ["10.0.1.0/24", "2001:db8::/32"]', [0, 3]),
        ('"related.ip" = "10.0.1.2"', [0, 2]),  # one of several values
        ('"event.action" = "REJECT"', [2, 3]),
        ('"event.action" = ["REJECT", "ACCEPT"]', [0, 1, 2, 3]),
        ('"event.action" = "reject"', []),
        ('"event.outcome" = "succ*"', [0, 1]),
        ('"event.outcome" = "*ure"', [2, 3]),
        ('"event.outcome" = "f*i*e"', [2, 3]),
        ('"event.outcome" = "*"', [0, 1, 2, 3]),
        ('"source.bytes" = 40', [0, 2]),
        ('"source.bytes" = [52, 60]', [1, 3]),
        ('"source.ip" = "10.0.0.0/8"\n"source.bytes" = 52', [1]),
        ('source.ip = "10.0.1.2"', [0]),
        ('"source.geo.city_name" = "*"', []),  # a field that the documents lack
        ('"log.file.path" = "s3://local/x"', [0, 1, 2, 3]),
    ],
)
def test_a_rule_drops_the_documents_for_which_all_its_conditions_hold(
    rules: Any, where: str, positions: list[int]
) -> None:
    found, counted = dropped(rules(rule(where)))
    assert found == [(position, "own") for position in positions]
    assert not counted


def test_the_first_rule_that_drops_ends_it_and_rules_before_it_count(rules: Any) -> None:
    found, counted = dropped(
        rules(
            rule('"event.action" = "REJECT"', "refused", action="count")
            + rule('"source.ip" = "203.0.113.0/24"', "scanners")
            + rule('"event.action" = "REJECT"', "late")
            + rule('"event.action" = "*"', "rest", action="count")
        )
    )
    assert found == [(2, "scanners"), (3, "late")]
    assert counted == {"refused": 2, "rest": 2}


def test_without_an_action_a_rule_drops(rules: Any) -> None:
    text = rule('"event.action" = "REJECT"').replace('action = "drop"\n', "")
    assert dropped(rules(text))[0] == [(2, "own"), (3, "own")]


def test_a_boolean_is_compared_as_one(rules: Any) -> None:
    made = rules(rule('"aws.cloudtrail.read_only" = true', kind="cloudtrail"))["cloudtrail"]
    for value, name in ((True, "own"), (False, "")):
        document = json.dumps({"aws": {"cloudtrail": {"read_only": value}}}).encode()
        assert made.dropped_by(document, Counter()) == name


def test_a_rule_may_be_of_several_log_types(rules: Any) -> None:
    text = rule('"source.ip" = "192.0.2.0/24"').replace('"vpc_flow"', '["vpc_flow", "alb"]')
    assert rules(text).keys() == {"vpc_flow", "alb"}


def test_log_types_without_a_rule_are_not_looked_at(
    rules: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rules(rule('"source.ip" = "10.0.0.0/8"', kind="alb"))

    def look(*_: Any) -> str:
        raise AssertionError("a document of another log type was looked at")

    monkeypatch.setattr(Rules, "dropped_by", look)
    assert dropped(made) == ([], Counter())


def test_a_glob_takes_linear_time(rules: Any) -> None:
    made = rules(rule('"user_agent.original" = "*a*a*a*a*a*a*a*b"', kind="alb"))["alb"]
    document = json.dumps({"user_agent": {"original": "a" * 1_000_000}}).encode()
    assert made.dropped_by(document, Counter()) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rule]", "Expected ']]' at the end of an array declaration (at line 1, column 7)"),
        ("[[rules]]", "unknown key 'rules', did you mean 'rule'?"),
        ("[rule]", "a rule begins with: [[rule]]"),
        ("[[rule]]", "rule 1: missing key: name"),
        ('[[rule]]\nname = "a"', "rule a: missing key: log_type"),
        ('[[rule]]\nname = "a"\nwhen = 1', "rule a: unknown key 'when', did you mean 'where'?"),
        (
            rule('"source.ip" = "10.0.0.1"', name="No Way"),
            "rule No Way: name must be snake_case, at most 64 characters: 'No Way'",
        ),
        (
            rule('"source.ip" = "10.0.0.1"', action="skip"),
            "rule own: action must be drop or count, got: 'skip'",
        ),
        (rule(""), "rule own: where needs at least one field"),
        (
            rule('"source.ip" = "10.0.0.1"', kind="vpcflow"),
            "rule own: no log type has this name, did you mean 'vpc_flow'?: vpcflow",
        ),
        (
            rule('"source.ipp" = "10.0.0.1"'),
            "rule own: vpc_flow has no such field, did you mean 'source.ip'?: source.ipp",
        ),
        (
            rule('"source.ip" = "10.0.0.1/8"'),
            "rule own: source.ip: no address and no network: 10.0.0.1/8 has host bits set",
        ),
        (
            rule('"source.ip" = 10'),
            "rule own: source.ip: no address and no network: must be text, got: 10",
        ),
        (
            rule('"source.bytes" = "40"'),
            "rule own: source.bytes: must be of type long, got: '40'",
        ),
        (rule('"event.action" = true'), "rule own: event.action: must be text, got: True"),
        (rule('"event.action" = []'), "rule own: event.action: needs at least one value"),
        (
            rule('"source.bytes" = 1') + rule('"source.bytes" = 2'),
            "rule own: another rule has this name",
        ),
    ],
)
def test_a_mistake_is_told_with_file_rule_and_key(rules: Any, text: str, message: str) -> None:
    with pytest.raises(ExcludeError) as error:
        rules(text)
    assert str(error.value).partition("exclude.toml: ")[2] == message


LOOKUPS = """
description = "Names that hosts have looked up"
vendor = "example"
index = "monthly"
match.key = "^names/"
match.examples = ["names/1.json"]
read.format = "json"
time.field = "at"
ecs.dns.answers = "answers"
"""


def test_a_field_inside_a_list_of_objects_is_refused(tmp_path: Path) -> None:
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "log_type.toml").write_text(LOOKUPS)
    kind = log_type_file.load(tmp_path / "names")
    assert kind.targets["dns.answers"] in exclude.LISTS
    file = tmp_path / "exclude.toml"
    file.write_text(rule('"dns.answers.data" = "192.0.2.1"', kind="names"))
    with pytest.raises(ExcludeError, match=r"names has no such field.*: dns\.answers\.data$"):
        exclude.load(file, {"names": kind})


def test_the_rules_of_the_guide_are_right_and_its_mistake_is_told_like_that(rules: Any) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    made = rules(text)
    assert made.keys() == {"alb", "clb", "vpc_flow", "cloudtrail"}
    found, _ = dropped(made, FLOW.replace("203.0.113.5", "192.0.2.5"))
    assert found == [(2, "own_scanner"), (3, "own_scanner")]
    with pytest.raises(ExcludeError) as error:
        rules(text.replace('"source.ip"', '"source.ipp"'))
    (told,) = re.findall(r"`(rule own_scanner: .*?: source\.ipp)`", " ".join(GUIDE.split()))
    assert str(error.value).endswith(told)
    for link in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert (FOLDER / link).exists()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExcludeError, match=r"none\.toml: no such file$"):
        exclude.load(tmp_path / "none.toml", LOG_TYPES)


def test_the_loader_takes_the_rules_that_it_was_built_with(
    rules: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exclude.shipped(LOG_TYPES) == {}
    rules(rule('"source.bytes" = 40'))
    monkeypatch.setattr(exclude, "FILE", tmp_path / "exclude.toml")
    assert exclude.shipped(LOG_TYPES).keys() == {"vpc_flow"}


def test_what_rules_drop_and_count_is_in_the_ledger(loader: Loader, rules: Any) -> None:
    made = rules(
        rule('"event.action" = "REJECT"', "refused", action="count")
        + rule('"source.ip" = "203.0.113.0/24"', "scanners")
    )
    parts = es_loader._built()[1]
    before, key = parts.normalizer, own_key("vpc_flow")
    loader.put(key, FLOW.encode())
    parts.normalizer = Normalizer(before.log_types, rules=made)
    try:
        entry = pipeline.load(parts, LogObject(loader.bucket, key), Run(lambda: 600.0))
    finally:
        parts.normalizer = before
    loaded = loader.loaded(key)
    assert loaded.offsets == [0, 1, 3]
    (entry_,) = loaded.entries
    assert (entry_["read"], entry_["indexed"], entry_["excluded"]) == (4, 3, 1)
    assert entry_["excluded_by_rule"] == [{"name": "scanners", "count": 1}]
    assert entry_["counted_by_rule"] == [{"name": "refused", "count": 2}]
    assert entry.counts.of("vpc_flow").excluded == 1
