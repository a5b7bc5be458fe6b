"""Reads a YAML file without YAML's traps: no key twice, and `NO` is Norway, not false."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from common.errors import DashboardError

RESOLVED = (
    ("bool", re.compile(r"true|false"), "tf"),
    ("int", re.compile(r"-?\d+"), "-0123456789"),
    ("float", re.compile(r"-?\d+\.\d+"), "-0123456789"),
)


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping whose keys are all different."""
        seen: set[object] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                line = key.start_mark.line + 1
                raise DashboardError(f"line {line}: this key is there twice: {name}")
            seen.add(name)
        return super().construct_mapping(node, deep)


for _name, _pattern, _first in RESOLVED:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"(?:{_pattern.pattern})$"), list(_first)
    )


def load(path: Path) -> Any:
    """What a file holds. Raises DashboardError, which names the line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise DashboardError(f"{line}no YAML: {error.problem}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DashboardError(f"no YAML: {error}") from None
