"""What a statement does, by its first words."""

import pytest

from common.sql import LONGEST, statement


@pytest.mark.parametrize(
    ("text", "verb", "types"),
    [
        ("select 1", "SELECT", ["access"]),
        ("/* ApplicationName=psql */ -- a\n# b\n ( SELECT 1)", "SELECT", ["access"]),
        ("INSERT INTO t VALUES (1)", "INSERT", ["change"]),
        ("create table t (a int)", "CREATE", ["creation"]),
        ("DROP TABLE t", "DROP", ["deletion"]),
        ("SET names utf8", "SET", ["info"]),
        ("", "", ["info"]),
        ("/* not closed", "", ["info"]),
    ],
)
def test_a_statement_is_known_by_its_first_word(text: str, verb: str, types: list[str]) -> None:
    found = statement(text)
    assert (found.verb, found.category, found.type) == (verb, ["database"], types)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("CREATE USER 'a'@'%'", ["creation", "user"]),
        ("grant all on *.* to a", ["change", "user"]),
        ("DROP ROLE r", ["deletion", "group"]),
        ("SET PASSWORD FOR a = 'x'", ["change", "user"]),
        (f"ALTER{' ' * 15}USER a", ["change", "user"]),
        ("-- a comment of many words\nDROP USER a", ["deletion", "user"]),
    ],
)
def test_what_changes_users_and_roles_is_of_the_category_iam_too(
    text: str, types: list[str]
) -> None:
    assert statement(text)[1:] == (["database", "iam"], types)


@pytest.mark.parametrize(
    "text", [" " * 65536, "/*" * 32768, "--" * 32768, "/**/" * 16384, "a " * 32768]
)
def test_a_hostile_statement_takes_no_more_steps_than_it_has_characters(text: str) -> None:
    assert len(statement(text).verb) <= LONGEST
