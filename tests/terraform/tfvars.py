"""Reads the values of a terraform.tfvars.example: texts, and lists of texts."""

import json
import re
from pathlib import Path
from typing import Any

LINE = re.compile(r"(\w+)\s*=\s*(.+)")


def read(file: Path) -> dict[str, Any]:
    """Return the values by variable; raises ValueError for a line of another form."""
    values = {}
    for line in file.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        found = LINE.fullmatch(line)
        if not found:
            raise ValueError(f"{file}: neither a comment nor NAME = VALUE: {line}")
        values[found[1]] = json.loads(found[2])
    return values
