"""Joins lines to records: a record begins with a line that matches `[read] start`.

Lines before the first such line are records of their own, so that an object of another form is told
line by line. Where an object is cut, the record before the cut is given as far as it goes. Whether
a line begins a record depends on it and on the line before it, and on nothing else: the records are
the same whatever pieces an object comes in.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, groupby, pairwise

from es_loader import record
from es_loader.log_type import Read
from es_loader.record import Batch, Broken, Repaired, too_long

Line = bytes | str | Broken | record.Header


class Joiner:
    """The record that is being read, while lines are fed."""

    def __init__(self, read: Read) -> None:
        assert read.start
        self._match, self._block = read.start.match, read.block
        self._lines: list[str] | None = None  # None: no record has begun
        self._size = 0
        self._heading = False  # whether the last line was one that matches

    def feed(self, lines: Sequence[Line]) -> Batch:
        """The records that ended with these lines."""
        if set(map(type, lines)) == {str}:
            return self._texts(lines)  # type: ignore[arg-type]
        done: Batch = []
        for kind, same in groupby(lines, type):
            if issubclass(kind, str):
                done += self._texts([*same])  # type: ignore[list-item]
            else:
                done += [*self.rest(), *same]
        return done

    def rest(self) -> Batch:
        """The record that has begun, if one has, which ends here."""
        lines, self._lines, self._heading = self._lines, None, False
        return [] if lines is None else [_record(lines)]

    def _texts(self, lines: Sequence[str]) -> Batch:
        """The records that ended with these lines, all of one type."""
        matches = [*compress(range(len(lines)), map(self._match, lines))]
        heads = matches
        if self._block:
            before = -1 if self._heading else -2
            heads = [n for last, n in pairwise((before, *matches)) if n - last > 1]
        first = heads[0] if heads else len(lines)
        done: Batch = []
        if self._lines is None:
            done += [line for line in lines[:first] if line and not line.isspace()]
        elif first:
            self._continue(lines[:first])
        if heads:
            done += self.rest()
            if type(lines[0]) is str:  # most records are one line
                done += [
                    lines[start].rstrip() if end - start == 1 else _text(lines[start:end])
                    for start, end in pairwise(heads)
                ]
            else:
                done += [_record(lines[start:end]) for start, end in pairwise(heads)]
            self._lines, self._size = [], 0
            self._continue(lines[heads[-1] :])
        self._heading = bool(matches) and matches[-1] == len(lines) - 1
        return done

    def _continue(self, lines: Sequence[str]) -> None:
        assert self._lines is not None
        if self._size <= record.LONGEST:
            self._lines += lines
            self._size += sum(map(len, lines)) + len(lines)


def _record(lines: Sequence[str]) -> str | Broken:
    """The record that lines are, some of which may be repaired."""
    text = _text(lines)
    repaired = type(text) is str and any(isinstance(line, Repaired) for line in lines)
    return Repaired(text) if repaired else text


def _text(lines: Sequence[str]) -> str | Broken:
    """The record that lines are, of which none is repaired."""
    text = "\n".join(lines)
    return (
        text.rstrip() if len(text) <= record.LONGEST else too_long(text[: record.LONGEST].encode())
    )


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
    skip = read.skip.match if read.skip else None
    lines: list[Line] = []
    for message in messages:
        if isinstance(message, str):
            kind = type(message)
            split = [kind(line) for line in message.split("\n")] if "\n" in message else [message]
            lines += [line for line in split if not (skip and skip(line))]
        else:
            lines.append(message)
    joiner = Joiner(read)
    return joiner.feed(lines) + joiner.rest()
