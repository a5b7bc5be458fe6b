"""The user's own rules: documents that are dropped, or counted, by conditions on their fields.

    [[rule]]
    name = "health_checks"
    log_type = ["alb", "clb"]
    action = "drop"                      # or "count"
    where."user_agent.original" = "ELB-HealthChecker/*"
    where."source.ip" = ["10.0.0.0/8", "192.0.2.7"]

All conditions of a rule have to hold. A condition holds where one of the field's values is one of
those that are listed: for type ip an address or a network, for a text `*` stands for any text. The
vocabulary is closed, as that of log_type.toml is.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from common.errors import ExcludeError, did_you_mean
from es_loader import guard
from es_loader.log_type import LogType
from es_loader.parse import reading

FILE = Path(__file__).with_name("exclude.toml")  # where build.py puts it in the zip
TOP = ("rule",)
RULE = ("name", "log_type", "action", "where")
ACTIONS = ("drop", "count")
NUMBERS = ("byte", "double", "float", "integer", "long", "scaled_float", "short", "unsigned_long")
LISTS = ("nested", "object")  # whose members may be those of several objects

Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, for one log type. `where`: keys of the field in the document, and its test."""

    name: str
    drop: bool
    where: tuple[tuple[tuple[str, ...], Test], ...]

    def holds(self, document: Mapping[str, Any]) -> bool:
        """Whether all conditions hold for a document."""
        for path, test in self.where:
            value: Any = document
            for key in path:
                if not isinstance(value, dict) or key not in value:
                    return False
                value = value[key]
            if not (any(map(test, value)) if isinstance(value, list) else test(value)):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one log type, in the order of the file; `read`: what they ask of a document."""

    rules: tuple[Rule, ...]
    read: Callable[[bytes], Any]

    def dropped_by(self, document: bytes, counted: Counter[str]) -> str:
        """Name of the first rule that drops a document, or ""; the rules before it count it."""
        values = self.read(document)
        for rule in self.rules:
            if rule.holds(values):
                if rule.drop:
                    return rule.name
                counted[rule.name] += 1
        return ""


def load(file: Path, log_types: Mapping[str, LogType]) -> dict[str, Rules]:
    """The rules of a file by log type; ExcludeError says what is wrong and what would be right."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExcludeError(f"{file}: no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExcludeError(f"{file}: {error}") from None
    _known(str(file), raw, TOP)
    given = raw.get("rule", [])
    if not isinstance(given, list) or not all(isinstance(rule, dict) for rule in given):
        raise ExcludeError(f"{file}: a rule begins with: [[rule]]")
    by_log_type: dict[str, list[Rule]] = {}
    names = set()
    for number, rule in enumerate(given, 1):
        name = rule.get("name")
        where = f"{file}: rule {name if isinstance(name, str) else number}"
        for log_type, made in _rules(where, rule, log_types):
            by_log_type.setdefault(log_type, []).append(made)
        if name in names:
            raise ExcludeError(f"{where}: another rule has this name")
        names.add(name)
    return {
        name: Rules(tuple(rules), reading({path for rule in rules for path, _ in rule.where}))
        for name, rules in by_log_type.items()
    }


def shipped(log_types: Mapping[str, LogType]) -> dict[str, Rules]:
    """The rules that this code was built with."""
    return load(FILE, log_types) if FILE.exists() else {}


def _rules(
    where: str, rule: Mapping[str, Any], log_types: Mapping[str, LogType]
) -> Iterator[tuple[str, Rule]]:
    """The rule for each log type that it names."""
    _known(where, rule, RULE)
    for key in ("name", "log_type", "where"):
        if key not in rule:
            raise ExcludeError(f"{where}: missing key: {key}")
    name = rule["name"]
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise ExcludeError(f"{where}: name must be snake_case, at most 64 characters: {name!r}")
    action = rule.get("action", "drop")
    if action not in ACTIONS:
        raise ExcludeError(f"{where}: action must be drop or count, got: {action!r}")
    conditions = rule["where"]
    if not isinstance(conditions, dict) or not conditions:
        raise ExcludeError(f"{where}: where needs at least one field")
    for log_type in dict.fromkeys(map(str, _list(rule["log_type"]))):
        if log_type not in log_types:
            raise ExcludeError(f"{where}: no log type has this name{_told(log_type, log_types)}")
        targets = log_types[log_type].targets
        tests = tuple(
            (tuple(field.split(".")), _test(f"{where}: {field}", targets[field], _list(values)))
            for field, values in _flat(conditions)
            if _is_field(where, field, log_types[log_type])
        )
        yield log_type, Rule(name, action == "drop", tests)


def _is_field(where: str, field: str, log_type: LogType) -> bool:
    """True; ExcludeError where the documents of the log type have no such field."""
    parents = [field[: at.start()] for at in re.finditer(r"\.", field)]
    listed = [name for name in (*parents, field) if log_type.targets.get(name) in LISTS]
    known = [name for name, kind in log_type.targets.items() if kind in guard.GUARDS]
    if listed or field not in known:
        raise ExcludeError(f"{where}: {log_type.name} has no such field{_told(field, known)}")
    return True


def _test(where: str, field_type: str, values: list[Any]) -> Test:
    """The test of a field of this type against these values."""
    if not values:
        raise ExcludeError(f"{where}: needs at least one value")
    if field_type == "ip":
        return _ip_test(where, values)
    if field_type == "boolean" or field_type in NUMBERS:
        kinds = (bool,) if field_type == "boolean" else (int, float)
        for value in values:
            if type(value) not in kinds:
                raise ExcludeError(f"{where}: must be of type {field_type}, got: {value!r}")
        return frozenset(values).__contains__
    for value in values:
        if not isinstance(value, str):
            raise ExcludeError(f"{where}: must be text, got: {value!r}")
    exact = frozenset(value for value in values if "*" not in value)
    globs = [_glob(value) for value in values if "*" in value]
    if not globs:
        return exact.__contains__
    return lambda text: text in exact or any(glob(text) for glob in globs)


def _ip_test(where: str, values: list[Any]) -> Test:
    networks = []
    for value in values:
        try:
            if not isinstance(value, str):
                raise ValueError(f"must be text, got: {value!r}")
            networks.append(ip_network(value))
        except ValueError as error:
            raise ExcludeError(f"{where}: no address and no network: {error}") from None

    @lru_cache(65536)
    def test(text: str) -> bool:
        address = ip_address(text)
        return any(address in network for network in networks)

    return test


def _glob(pattern: str) -> Callable[[str], bool]:
    """Whether a text is like a pattern in which `*` stands for any text; in linear time."""
    first, *middle, last = pattern.split("*")

    def test(text: str) -> bool:
        if not text.startswith(first):
            return False
        position = len(first)
        for part in middle:
            position = text.find(part, position)
            if position < 0:
                return False
            position += len(part)
        return text.endswith(last) and len(text) - len(last) >= position

    return test


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names, which TOML reads as tables where they are not quoted, and their values."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _known(where: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in given:
        if key not in known:
            raise ExcludeError(f"{where}: unknown key '{key}'{did_you_mean(key, known)}")


def _told(name: str, known: Iterable[str]) -> str:
    """The nearest right name, and the one that was given, as an error ends."""
    return f"{did_you_mean(name, known)}: {name}"
