"""Every regular expression that ships takes linear time, whatever a line is."""

import ast
import re
import runpy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from es_loader.log_type import LogType
from tests import hostile
from tests.log_types.documents import normalizer, outcomes
from tests.log_types.test_golden import SAMPLES

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
LOG_TYPES = normalizer().log_types.by_name
METHODS = ("compile", "findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")
NAMES_LONGEST = 1024  # bytes of an S3 key; names of log groups and containers have fewer
MOST_REAL = 1  # text of samples for an expression
FILES = sorted(FUNCTIONS.rglob("*.py"))
# Modules whose expressions never see a line: they read dashboards of ours, and command lines.
OTHERS = ("configure_domain", "es_loader/commands")


def id_of(value: Any) -> str:
    return value.name if isinstance(value, LogType) else value.relative_to(FUNCTIONS).as_posix()


@dataclass(frozen=True)
class Use:
    """An expression, and how it is applied to a text. `data`: to bytes."""

    pattern: re.Pattern[Any]
    method: str

    def __call__(self, text: str) -> None:
        argument = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        if self.method in ("match", "fullmatch", "search"):
            getattr(self.pattern, self.method)(argument)
        else:
            for _ in self.pattern.finditer(argument):
                pass


@pytest.mark.parametrize("kind", LOG_TYPES.values(), ids=id_of)
def test_the_patterns_of_a_log_type_take_linear_time(kind: LogType) -> None:
    for pattern in (kind.read.pattern, kind.read.skip, kind.read.start):
        if pattern:
            real = like(pattern.match, records(kind.name))
            assert not hostile.slow(Use(pattern, "match"), hostile.texts(pattern, real)), pattern
    match = kind.match
    for pattern in (match.key, match.log_group, match.container):
        if pattern:
            texts = hostile.texts(pattern, match.examples[:1] if pattern is match.key else ())
            assert not hostile.slow(Use(pattern, "search"), texts, NAMES_LONGEST), pattern


@pytest.mark.parametrize(
    "file", [file for file in FILES if not id_of(file).startswith(OTHERS)], ids=id_of
)
def test_the_expressions_of_a_module_take_linear_time(file: Path) -> None:
    values = records(file.parent.name) if file.parent.name in LOG_TYPES else ()
    found = {use: slow(use, values) for use in dict.fromkeys(uses(file))}
    assert not {use: told for use, told in found.items() if told}


def slow(use: Use, values: list[str] | tuple[()]) -> str:
    """A text for which a use takes more than linear time, or ""."""
    pattern, real = use.pattern, list[str]()
    if isinstance(pattern.pattern, bytes):
        pattern = re.compile(pattern.pattern.decode("latin-1"), pattern.flags | re.ASCII)
    else:
        real = like(pattern.search, values)
    return hostile.slow(use, hostile.texts(pattern, real))


@pytest.mark.parametrize(
    "expression", [r"(a+)+b", r"a*a*b", r'"[^"]*,?[^"]*,?[^"]*"', r"x\d*[^ ]*!", r"(?:a|a)*c"]
)
def test_an_expression_of_more_than_linear_time_is_found(expression: str) -> None:
    pattern = re.compile(expression)
    assert hostile.slow(Use(pattern, "match"), hostile.texts(pattern))


@pytest.mark.parametrize("expression", [r"a*+b", r'"[^"]*+"', r"x\d*+[^ ]*+!", r"[a-z]+ \d+$"])
def test_an_expression_of_linear_time_passes(expression: str) -> None:
    pattern = re.compile(expression)
    assert not hostile.slow(Use(pattern, "match"), hostile.texts(pattern))


@cache
def records(name: str) -> list[str]:
    """The records of the samples of a log type that are text, and the texts in the other ones."""
    found: dict[str, None] = {}
    for sample in SAMPLES:
        if sample.parts[-3] != name:
            continue
        for each in outcomes(name, sample.read_bytes()):
            raw = each[1] if isinstance(each, tuple) else each.raw
            try:
                found |= dict.fromkeys(leaves(orjson.loads(raw)))
            except ValueError:
                found[raw if isinstance(raw, str) else str(raw, "utf-8", "replace")] = None
    return list(found)


def methods_of(name: str, file: Path) -> set[str]:
    """What is done with an expression of a module, there and where it is imported."""
    found: set[str] = set()
    for other, source in sources().items():
        if other == file or re.search(rf"import .*\b{name}\b|\b{file.stem}\.{name}\b", source):
            found |= set(re.findall(rf"\b{name}\.(\w+)", source))
    return found & {*METHODS[1:]}


def any_methods(source: str) -> set[str]:
    """What is done with any expression in a module: of one that is in a table."""
    found = set(re.findall(r"\b(?!re\.)\w+\.(\w+)", source)) & {*METHODS[1:]}
    return found - {"split"}  # which is that of texts


@cache
def sources() -> dict[Path, str]:
    """The source of every module that ships."""
    return {file: file.read_text(encoding="utf-8") for file in FILES}


def leaves(node: Any) -> Iterator[str]:
    """The texts in a JSON value."""
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from leaves(value)
    elif isinstance(node, str):
        yield node


def like(matches: Callable[[str], Any], texts: list[str] | tuple[()]) -> list[str]:
    """A few of the texts that match, not two of one form."""
    forms: dict[str, str] = {}
    for text in texts:
        if len(forms) < MOST_REAL and matches(text):
            forms.setdefault(re.sub(r"\w+", "a", text)[:200], text[:2000])
    return list(forms.values())


def uses(file: Path) -> Iterator[Use]:
    """The expressions that a module makes when it is imported, and those in its functions."""
    source = file.read_text(encoding="utf-8")
    made: dict[int, re.Pattern[Any]] = {}
    compile_ = re.compile

    def note(pattern: Any, flags: Any = 0) -> re.Pattern[Any]:
        found = compile_(pattern, flags)
        if sys._getframe(1).f_code.co_filename == str(file):  # and not a package that it imports
            made[id(found)] = found
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(re, "compile", note)
        names = runpy.run_path(str(file), run_name="imported")
    own = {id(value): name for name, value in names.items() if isinstance(value, re.Pattern)}
    for pattern in made.values():
        methods = methods_of(own[id(pattern)], file) if id(pattern) in own else set()
        bound = [each for each in names.values() if getattr(each, "__self__", None) is pattern]
        methods |= {each.__name__ for each in bound}
        methods = methods or any_methods(source)
        yield from (Use(pattern, method) for method in sorted(methods or {"search"}))
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in METHODS[1:]
            and isinstance(node.args[0], ast.Constant)
        ):
            yield Use(compile_(node.args[0].value), node.func.attr)
