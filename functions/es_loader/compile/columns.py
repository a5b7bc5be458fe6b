"""What a transform.py gets of the columns of a line, and what becomes of what it returns."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
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
    if set(names) <= set(columns):
        at = [columns.index(name) for name in names]
        return itemgetter(*at) if len(at) > 1 else itemgetter(slice(at[0], at[0] + 1))
    found = [columns.index(name) if name in columns else None for name in names]
    return lambda record: tuple("" if n is None else record[n] for n in found)


def replaced(
    columns: Sequence[str], record: Sequence[str], changed: Mapping[str, str]
) -> list[str]:
    """The texts of columns with those in place that a transform.py has returned."""
    texts, places = [*record], _places(tuple(columns))
    for name, text in changed.items():
        if name in places:
            texts[places[name]] = text
    return texts


@lru_cache(64)
def _places(columns: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(columns)}
