"""Reads the lists of bad addresses and domains in a folder.

A list that cannot be used costs one line in the log, and never a document.
"""

from pathlib import Path
from urllib.parse import unquote

from common import list_files
from common.indicators import Network, is_usable, of_line
from common.telemetry import logger
from es_loader.enrich.threat_lists import ThreatLists

LISTS = "AddressLists"  # in that of the databases, as in the GeoIP bucket
BESIDE = (".etag", ".part")  # files that are no lists, see geoip_files.py
MOST = 200_000  # entries of all lists together
TOO_WIDE = "not public, or wider than /8 (IPv6: /19)"


def read(folder: Path) -> ThreatLists | None:
    """The lists in the folder of the databases; None where none of them has an entry.

    folder   has the lists in a folder LISTS; the name of a list is that of its file
    """
    lists = ThreatLists()
    within = folder / LISTS
    files = sorted(within.iterdir()) if within.is_dir() else []
    for file in files:
        if file.suffix not in BESIDE and file.is_file():
            try:
                _read(lists, file)
            except OSError as error:
                _tell(file, f"cannot be read: {error}")
    return lists if lists.entries else None


def _read(lists: ThreatLists, file: Path) -> None:
    """Add what is in a file."""
    name, before, refused, unread = name_of(file), lists.entries, [], True
    for line in list_files.lines(file):
        for entry in of_line(line):
            unread = False
            if isinstance(entry, Network) and not is_usable(entry):
                refused.append(str(entry))
            elif lists.entries < MOST or lists.has(entry):
                lists.add(entry, name)
            else:
                kept = f"{lists.entries - before} entries are used"
                _tell(file, f"{kept}, the rest is not: all lists together have {MOST} at most")
                return
    if refused:
        _tell(file, f"{len(refused)} entries are not used, {TOO_WIDE}: {', '.join(refused[:3])}")
    elif unread and file.stat().st_size:
        _tell(file, "names no address and no domain")


def name_of(file: Path) -> str:
    """The name that documents get of a list."""
    return list_files.name_of(unquote(file.name))


def _tell(file: Path, what: str) -> None:
    logger.warning(f"list of bad addresses {name_of(file)}: {what}")
