"""Finds a log type by the name that the user gave."""

import difflib

from common.errors import LogTypeError
from es_loader import log_type
from es_loader.log_type import HERE, LogType


def by_name(name: str) -> LogType:
    """The log type of that name, in which `-` stands for `_`; LogTypeError names the nearest."""
    known = {folder.name: folder for folder in log_type.folders(HERE)}
    wanted = name.replace("-", "_")
    if wanted in known:
        return log_type.load(known[wanted])
    near = difflib.get_close_matches(wanted, known, 1)
    hint = f"did you mean '{near[0]}'?" if near else "`siem log-types` lists them"
    raise LogTypeError(f"no log type has this name, {hint}: {name}")
