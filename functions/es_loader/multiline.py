"""Joins lines to records: a record begins with a line that matches `[read] start`.

Lines before the first such line are records of their own, so that an object of another form is told
line by line. Where an object is cut, the record before the cut is given as far as it goes. Whether
a line begins a record depends on it and on the line before it, and on nothing else: the records are
the same whatever pieces an object comes in.
"""

from collections.abc import Iterable, Iterator

from es_loader import record
from es_loader.log_type import Read
from es_loader.record import Batch, Broken, Repaired, too_long


class Joiner:
    """The record that is being read, while lines are fed."""

    def __init__(self, read: Read) -> None:
        assert read.start
        self._match, self._block = read.start.match, read.block
        self._lines: list[str] | None = None  # None: no record has begun
        self._size = 0
        self._heading = False  # whether the last line was one that matches

    def feed(self, lines: Iterable[bytes | str | Broken | record.Header]) -> Batch:
        """The records that ended with these lines."""
        done: Batch = []
        for line in lines:
            if not isinstance(line, str):
                done += [*self.rest(), line]
                continue
            matches = self._match(line) is not None
            if matches and not (self._block and self._heading):
                done += self.rest()
                self._lines, self._size = [line], len(line)
            elif self._lines is not None:
                self._continue(line)
            elif line and not line.isspace():
                done.append(line)
            self._heading = matches
        return done

    def rest(self) -> Batch:
        """The record that has begun, if one has, which ends here."""
        lines, self._lines, self._heading = self._lines, None, False
        if lines is None:
            return []
        text = "\n".join(lines).rstrip()
        if self._size > record.LONGEST:
            return [too_long(text.encode())]
        return [Repaired(text) if any(isinstance(line, Repaired) for line in lines) else text]

    def _continue(self, line: str) -> None:
        assert self._lines is not None
        self._size += len(line) + 1
        if self._size <= record.LONGEST:
            self._lines.append(line)


def joined(batches: Iterable[Batch], read: Read) -> Iterator[Batch]:
    """The records of an object whose lines come in batches."""
    joiner = Joiner(read)
    for batch in batches:
        if done := joiner.feed(batch):
            yield done
    if rest := joiner.rest():
        yield rest


def joined_messages(messages: Batch, read: Read) -> Batch:
    """The records of one envelope; a message may be a line, some of a record's, or several."""
    joiner = Joiner(read)
    skip = read.skip.match if read.skip else None
    done: Batch = []
    for message in messages:
        if isinstance(message, str):
            lines: list[str] = message.split("\n")
            if isinstance(message, Repaired):
                lines = [Repaired(line) for line in lines]
            done += joiner.feed(line for line in lines if not (skip and skip(line)))
        else:
            done += joiner.feed([message])
    return done + joiner.rest()
