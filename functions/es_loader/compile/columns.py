"""What a transform.py gets of the columns of a line, and what becomes of what it returns."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from types import ModuleType
from typing import Any

Pick = Callable[[Sequence[str]], Any]


def picker(module: ModuleType | None, columns: Sequence[str]) -> Pick:
    """What makes of the texts of columns what a transform.py reads: a tuple of those that it names
    in READS, "" for a column that there is not; without READS all of them by name."""
    names = getattr(module, "READS", None)
    if names is None:
        return lambda record: dict(zip(columns, record, strict=False))
    if len(names) > 1 and set(names) <= set(columns):
        return itemgetter(*map(columns.index, names))
    at = [columns.index(name) if name in columns else None for name in names]
    return lambda record: tuple("" if n is None else record[n] for n in at)


def replaced(
    columns: Sequence[str], record: Sequence[str], changed: Mapping[str, str]
) -> list[str]:
    """The texts of columns with those in place that a transform.py has returned."""
    names = zip(columns, record, strict=False)
    return [changed.get(name, text) for name, text in names] + [*record[len(columns) :]]
