"""Numbers the values that a program reads of a record, and tells where in the record they are."""

from collections.abc import Sequence

from es_loader.log_type import VIEWS, Path_, view_of
from es_loader.native.words import LIST, NONE, Place, Unfit


class Slots:
    """The values of a record.

    columns   names of the columns of a line; None: the record is a JSON object
    root      what is read of the object
    extra     what is read of the object that transform.py adds
    views     of each its number in VIEWS, the slot it is of, its own slot
    """

    def __init__(self, columns: Sequence[str] | None) -> None:
        self.columns = list(columns) if columns is not None else None
        self.root, self.extra = Place(), Place()
        self.views: list[int] = []
        self._numbers: dict[Path_, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def added(self, name: str) -> int:
        """Number of the value that transform.py gives a field."""
        number = self._numbers.setdefault(("", name), len(self))
        self.extra.keys[name] = Place(slot=number, element=Place(list=number))
        return number

    def sources(self, paths: Sequence[Path_], lists: bool = False) -> tuple[int, ...]:
        """Numbers of the values at these paths, without those that the record cannot have."""
        slots = [self.slot(path, lists) for path in paths]
        return tuple(slot for slot in slots if slot is not None)

    def slot(self, path: Path_, lists: bool = False) -> int | None:
        """Number of the value at a path; None where the record can have none there."""
        if shown := view_of(path):
            return self._shown(path, shown, lists)
        if self.columns is not None:
            if len(path) != 1 or path[0] not in self.columns:
                return None
            return self._numbers.setdefault(path, len(self))
        if "*" in path and not lists:
            raise Unfit
        place = self.root
        for key in path:
            if type(key) is int:
                if key != 0:
                    raise Unfit
                place.first = place = place.first or Place()
            elif key == "*":
                place.element = place = place.element or Place()
            else:
                place = place.keys.setdefault(str(key), Place())
        number = self._numbers.setdefault(path, len(self))
        if "*" in path:
            place.list = number
        else:
            place.slot = number
        place.element = element = place.element or Place()
        if element.list == NONE:
            element.list = number
        return LIST + number if "*" in path else number

    def _shown(self, path: Path_, shown: str, lists: bool) -> int | None:
        """Number of what a view shows of a value."""
        if "*" in path:
            raise Unfit
        slot = self.slot(path[:-1], lists)
        if slot is None:
            return None
        if path not in self._numbers:
            self._numbers[path] = len(self)
            self.views += [VIEWS.index(shown), slot, self._numbers[path]]
        return self._numbers[path]

    def of_columns(self) -> list[int]:
        """For each column the number of its value, or NONE."""
        if self.columns is None:
            return []
        last = {name: number for number, name in enumerate(self.columns)}
        return [
            self._numbers.get((name,), NONE) if last[name] == number else NONE
            for number, name in enumerate(self.columns)
        ]
