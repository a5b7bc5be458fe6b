"""`siem log-types`: which log types there are, the fields of one, and the code made of it."""

import json
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from common.errors import SiemError
from es_loader import log_type_file
from es_loader.commands.find import by_name
from es_loader.compile import compile_log_type
from es_loader.log_type import GEO, THREAT, LogType, Path_, Source, view_of
from es_loader.parse import column_names

LISTS = "lists of bad addresses and domains"
WIDE = 1000  # columns of a pipe or file: nothing is folded there


def run(name: str | None, code: bool) -> int:
    """Print the list, the fields, or the code; return the exit status."""
    if name is None:
        if code:
            raise SiemError("--code needs the name of a log type: siem log-types NAME --code")
        _show(("name", "vendor", "index", "description"), _all())
    elif code:
        kind = by_name(name)
        print(compile_log_type(kind, column_names(kind.read)).source)
    else:
        kind = by_name(name)
        print(f"{kind.dataset}: {kind.description}")
        print(f"index: {kind.index_prefix}-<{kind.index} period>")
        print(f"to turn it on: {kind.turn_on}\n" if kind.turn_on else "")
        _show(("field", "type", "source"), fields(kind))
    return 0


def _all() -> Iterator[tuple[str, ...]]:
    for kind in log_type_file.load_all().values():
        yield kind.name, kind.vendor, f"{kind.index_prefix}-* ({kind.index})", kind.description


def fields(kind: LogType) -> Iterator[tuple[str, str, str]]:
    """Name, type and source of every field that a document can have."""
    for name, field_type in kind.targets.items():
        if name in kind.mapping:
            source = _source(kind.mapping[name])
        elif name in kind.lookups:
            source = f"table of {_source(kind.lookups[name].source)}"
        elif name in kind.constants:
            source = json.dumps(kind.constants[name], ensure_ascii=False)
        elif name == "@timestamp":
            source = ", ".join(map(_path, kind.time["paths"])) or "transform.py"
        elif entity := [each for each in kind.geoip if name.removeprefix(f"{each}.") in GEO]:
            source = f"GeoIP of {entity[0]}.ip"
        elif name in THREAT:
            source = LISTS
        else:
            source = ""
        yield name, field_type, source


def _source(source: Source) -> str:
    if not source.paths:
        return "transform.py"
    how = "all" if source.all else "sum" if source.sum else ""
    return (f"{how} of " if how else "") + ", ".join(map(_path, source.paths))


def _path(path: Path_) -> str:
    shown = view_of(path)
    keys = path[:-1] if shown else path
    return ".".join(str(key).replace(".", "\\.") for key in keys) + f"|{shown}" * bool(shown)


def _show(titles: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    table = Table(*titles, box=None, pad_edge=False, header_style="bold")
    for column in table.columns[:-1]:
        column.no_wrap = True
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else WIDE, markup=False).print(table)
