"""Makes documents of the records of one object with the native library: windows of records in, rows
of documents out."""

import ctypes
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate, chain
from typing import Any

import orjson

from es_loader import times
from es_loader.compile import Context
from es_loader.documents import CREATE, LEFT, Document, Documents, Items, Refused, action
from es_loader.log_type import LogType
from es_loader.native import learn, sections
from es_loader.native.engine import IDS, MOST_MISSES, MOST_RECORDS, OUT, Engine, window
from es_loader.native.library import Job, address
from es_loader.native.program import Program
from es_loader.native.words import CONTEXT
from es_loader.origin import AWS, CONTAINER, NOWHERE, Origin

MOST_ROUNDS = 4
FEW = 16  # one of so many records, or fewer

# Raw record, position -> what `normalize` makes of it.
Other = Callable[[Any, int], Document | Refused]


def bind(
    engine: Engine, log_type: LogType, columns: tuple[str, ...] | None, context: Context
) -> "Bound | None":
    """What makes documents of the records of one object; None: the log type has no program."""
    found = engine.program(log_type, columns)
    return Bound(engine, log_type, columns, found, context) if found else None


class Bound:
    """Makes documents of the records of one object, or of one envelope in it."""

    def __init__(
        self,
        engine: Engine,
        log_type: LogType,
        columns: tuple[str, ...] | None,
        own: Program,
        context: Context,
    ) -> None:
        self.engine, self.name, self.program = engine, log_type.name, own
        self._sections = sections.count(log_type)
        self._cut = sections.cutter(log_type, columns, engine.json_of)
        self.learner = learn.Learner(log_type, context, engine.locate, engine.lists)
        modified = times.iso_date(context.modified)
        assert modified
        self._texts = {
            "ingested": b'"ingested":%b,' % orjson.dumps(context.ingested),
            "file": b'"path":%b,' % orjson.dumps(f"s3://{context.bucket}/{context.key}"),
            "account": context.account.encode("utf-8", "replace"),
            "region": context.region.encode("utf-8", "replace"),
            "object_hash": context.object_hash.encode(),
            "modified": orjson.dumps(modified[0]),
        }
        self._heads: list[bytes] = []
        words, count = own.words.buffer_info()
        self.job = Job(
            words=words,
            word_count=count,
            texts=own.texts,
            text_count=len(own.texts),
            out=address(engine.out),
            out_room=OUT,
            ids=address(engine.ids),
            ids_room=IDS,
            ends=address(engine.ends),
            status=address(engine.status),
            misses=address(engine.misses),
            miss_room=3 * MOST_MISSES,
            generation=engine.next_generation(),
        )
        self._origin = NOWHERE
        self._tell_origin(NOWHERE)

    def documents(
        self,
        records: Sequence[Any],
        position: int,
        other: Other,
        origin: Origin = NOWHERE,
        origins: Sequence[Origin] = (),
        moments: Sequence[int] = (),
    ) -> Iterator[Iterable[Document | Refused]]:
        """What becomes of the records, all bytes or all texts, in rows; the first one has this
        position.

        other              makes it of a record that is left to it
        origins, moments   those of each record, as `Part` has them
        """
        if origin != self._origin:
            self._origin = origin
            self._tell_origin(origin)
        for at in range(0, len(records), MOST_RECORDS):
            row = slice(at, at + MOST_RECORDS)
            yield from self._rows(records[row], position + at, other, origins[row], moments[row])

    def _rows(
        self,
        records: Sequence[Any],
        position: int,
        other: Other,
        origins: Sequence[Origin],
        moments: Sequence[int],
    ) -> Iterator[Iterable[Document | Refused]]:
        width = self._sections
        pieces = self._cut(records) if width > 1 else records
        text, lengths = window(pieces)
        if not text:
            yield map(other, records, range(position, position + len(records)))
            return
        job, start, first, told = self.job, 0, 0, array("Q", moments)
        base = ctypes.cast(ctypes.c_char_p(text), ctypes.c_void_p).value or 0
        check_utf8 = type(records[0]) is bytes and not text.isascii()
        self._learn(self.learner.moments(moments, job.generation))
        numbers, texts, ends = _numbered(origins)
        while first < len(records):
            job.window, job.window_size = base + start, len(text) - start
            job.lengths = lengths.buffer_info()[0] + 4 * width * first
            job.origins = numbers.buffer_info()[0] + 4 * first if numbers else None
            job.origin_texts, job.origin_ends = texts, ends.buffer_info()[0]
            job.moments = told.buffer_info()[0] + 8 * first if told else None
            job.count, job.position = len(records) - first, position + first
            job.check_utf8 = check_utf8
            self._run(text[start:] if start else text)
            done = job.done
            # A record alone has been called for until all was known.
            held = job.miss_count and done > 1
            again = partial(self._again, other, position, origins, moments) if held else other
            yield self._row(records[first : first + done], position + first, again)
            start += sum(lengths[width * first : width * (first + done)]) + width * done
            first += done

    def _run(self, text: bytes) -> None:
        """One call, and calls again for what it did not know, unless that held up few records: they
        are taken again one by one."""
        engine, job = self.engine, self.job
        call, argument = engine.library.native_run, ctypes.byref(job)
        for _ in range(MOST_ROUNDS):
            self._tell_heads()
            call(engine.address, argument)
            if not job.miss_count:
                return
            told = array("I", engine.misses[: 12 * job.miss_count])
            texts = {(tag, text[a:b]) for tag, a, b in zip(*[iter(told)] * 3, strict=True)}
            for tag, value in texts:
                self._learn(self.learner.entries(tag, value))
            if engine.status[: job.done].count(LEFT) * FEW < job.done:
                return

    def _again(
        self,
        other: Other,
        first: int,
        origins: Sequence[Origin],
        moments: Sequence[int],
        raw: Any,
        position: int,
    ) -> Document | Refused:
        """What becomes of a record that was held up by a text that is known now. It is one of those
        from position `first` on, which have these origins and moments."""
        self.engine.left -= 1
        own = slice(position - first, position - first + 1)
        rows = self._rows([raw], position, other, origins[own], moments[own])
        (found,) = chain.from_iterable(rows)
        return found

    def _learn(self, entries: Iterable[tuple[learn.Entry, bytes]]) -> None:
        engine = self.engine
        for entry, text in entries:
            if not engine.put(entry, text):
                engine.clear()
                self.learner.forget()
                engine.put(entry, text)

    def _tell_heads(self) -> None:
        """Let the library know the action lines of all indices that were learnt."""
        names, job = self.learner.index_names, self.job
        if len(self._heads) < len(names):
            self._heads = [action(CREATE, name).encode() for name in names]
            job.heads, ends = b"".join(self._heads), [*accumulate(map(len, self._heads))]
            job.head_ends = (ctypes.c_uint32 * len(ends))(*ends)

    def _tell_origin(self, origin: Origin) -> None:
        """Let the library know what all records have in common until there is another origin."""
        aws, container = _members(origin)
        texts = self._texts | {"aws": aws, "container": container}
        pieces = [texts[name] for name in CONTEXT]
        job, ends = self.job, [0, *accumulate(map(len, pieces))]
        job.context, job.context_size = b"".join(pieces), ends[-1]
        job.context_at = type(job.context_at)(*ends)

    def _row(self, records: Sequence[Any], position: int, other: Other) -> Documents:
        """The documents of a call."""
        engine, job, count = self.engine, self.job, len(records)
        items = Items(
            position,
            records,
            self.name,
            self.learner.index_names,
            engine.status[:count],
            engine.ids[: job.ids_size],
            0,
            count,
        )
        engine.made += len(items)
        engine.left += count - len(items)
        return Documents(items, *engine.written(count), other)


def _numbered(origins: Sequence[Origin]) -> "tuple[array[int], bytes, array[int]]":
    """For each record the number of its origin; what the origins add to documents, and where each
    text of that ends."""
    known: dict[Origin, int] = {}
    numbers = array("I", [known.setdefault(origin, len(known)) for origin in origins])
    texts = [text for origin in known for text in _members(origin)]
    return numbers, b"".join(texts), array("I", accumulate(map(len, texts)))


def _members(origin: Origin) -> tuple[bytes, bytes]:
    """JSON of what an origin adds to the objects `aws` and `container` of a document: members, each
    with a comma after it."""
    aws: dict[str, Any] = {}
    for name, member in AWS.items():
        if (value := getattr(origin, member)) is not None:
            node = aws
            _, *parents, leaf = name.split(".")
            for parent in parents:
                node = node.setdefault(parent, {})
            node[leaf] = value
    container = {
        name.partition(".")[2]: value
        for name, member in CONTAINER.items()
        if (value := getattr(origin, member)) is not None
    }
    found = [orjson.dumps(each)[1:-1] if each else b"" for each in (aws, container)]
    return tuple(each and each + b"," for each in found)  # type: ignore[return-value]
