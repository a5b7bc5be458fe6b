"""Checks the tables of a TOML file while they are read: a mistake is told with its place."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from common.errors import LogTypeError, did_you_mean


class Checked:
    """The file at a path. `where`, in all methods, is the table as its errors name it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, where: str, what: str) -> LogTypeError:
        """The error for a mistake, to be raised."""
        return LogTypeError(f"{self.path}: {where}: {what}" if where else f"{self.path}: {what}")

    def known(self, where: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
        """Raise for a key that is not known, with the nearest right one."""
        for key in given:
            if key not in known:
                raise self.fail(where, f"unknown key '{key}'{did_you_mean(key, known)}")

    def text(self, where: str, table: Mapping[str, Any], key: str, default: str = "") -> str:
        """The text under a key."""
        value = table.get(key, default)
        if not isinstance(value, str):
            raise self.fail(where, f"{key} must be text, got: {value!r}")
        return value

    def choice(self, where: str, table: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
        """The text under a key that has to be one of those that are known."""
        value = self.text(where, table, key)
        if value not in known:
            hint = did_you_mean(value, known)
            raise self.fail(where, f"{key} must be one of {', '.join(known)}, got: {value!r}{hint}")
        return value

    def strings(self, where: str, table: Mapping[str, Any], key: str) -> list[str]:
        """The texts under a key: one, or a list."""
        value = table.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(where, f"{key} must be text or a list of texts, got: {value!r}")
        return value

    def pattern(
        self, where: str, table: Mapping[str, Any], key: str, flags: int = 0
    ) -> re.Pattern[str] | None:
        """The regular expression under a key, compiled; None where there is none."""
        if key not in table:
            return None
        try:
            return re.compile(self.text(where, table, key), flags)
        except re.error as error:
            raise self.fail(where, f"{key} is no regular expression: {error}") from None
