"""Finds a log type by the name that the user gave."""

from common.errors import LogTypeError, did_you_mean
from es_loader import log_type_file
from es_loader.log_type import LogType
from es_loader.log_type_file import HERE


def by_name(name: str) -> LogType:
    """The log type of that name, in which `-` stands for `_`; LogTypeError names the nearest."""
    known = {folder.name: folder for folder in log_type_file.folders(HERE)}
    wanted = name.replace("-", "_")
    if wanted in known:
        return log_type_file.load(known[wanted])
    hint = did_you_mean(wanted, known) or ", `siem log-types` lists them"
    raise LogTypeError(f"no log type has this name{hint}: {name}")
