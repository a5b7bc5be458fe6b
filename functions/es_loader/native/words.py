"""The program of a log type as numbers, and the texts they point to: the layout of program.zig."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

NONE = 0xFFFF_FFFF
LIST = 1 << 16
MOST_SLOTS = 512
SEPARATOR = "\x1f"  # of the columns that a pattern has found
DEEPEST = 20  # objects in one another, of a document
MOST_KEYS = 128  # of one object
HEAD = 17  # numbers of the head
# Order as in run.zig.
TYPES = (
    *("text", "long", "integer", "boolean", "double", "never", "date", "ip", "lowercase", "time"),
    *("raw", "agent", "minutes", "listed", "hex", "s", "ms", "us"),
)
WRITTEN = {
    "hex": "hex",
    "word": "lowercase",
    "s": "s",
    "ms": "ms",
    "us": "us",
}  # views that decide the type of a member
CODES = (
    "literal",
    "context",
    "open",
    "close",
    "value",
    "array",
    "lookup",
    "time",
    "timeless",
    "account",
    "region",
    "place",
    "agent",
    "flow",
    "original",
    "position",
    "listed",
    "sum",
    "array_of_first",
)
CONTEXT = ("ingested", "file", "account", "region", "object_hash", "modified", "aws", "container")


class Unfit(Exception):
    """The log type needs what the library cannot do."""


@dataclass(slots=True)
class Place:
    """What is read of a JSON value: itself, as an item of a list, its members, its elements, the
    first of these."""

    slot: int = NONE
    list: int = NONE
    keys: dict[str, "Place"] = field(default_factory=dict)
    element: "Place | None" = None
    first: "Place | None" = None


@dataclass(frozen=True, slots=True)
class Op:
    """One operation; `sources` are slots, `default` and `other` JSON texts or None."""

    code: str
    text: bytes = b""
    kind: int = 0
    sources: tuple[int, ...] = ()
    default: bytes | None = None
    other: bytes | None = None


class Words:
    """Numbers and texts; what is added stays where it is. The first numbers are the head."""

    def __init__(self) -> None:
        self.numbers = array("I", [0] * HEAD)
        self.texts = bytearray()

    def add(self, words: Sequence[int]) -> int:
        """Adds numbers; where they are."""
        at = len(self.numbers)
        self.numbers.extend(words)
        return at

    def text(self, text: bytes) -> tuple[int, int]:
        """Adds a text; where it is, and its length."""
        at = self.texts.find(text)
        if at < 0:
            at = len(self.texts)
            self.texts += text
        return at, len(text)

    def op(self, op: Op) -> list[int]:
        """An operation as numbers; what it points to is added."""
        literals = [
            NONE if text is None else self.add(self.text(text)) for text in (op.default, op.other)
        ]
        sources = self.add(op.sources)
        code = CODES.index(op.code)
        return [code, *self.text(op.text), op.kind, *literals, sources, len(op.sources)]

    def place(self, place: Place) -> int:
        """Adds a place with all below it; where it is."""
        node = self._keys(place.keys) if place.keys else NONE
        element = self.place(place.element) if place.element else NONE
        first = self.place(place.first) if place.first else NONE
        return self.add([place.slot, place.list, node, element, first])

    def _keys(self, keys: Mapping[str, Place]) -> int:
        """The hash table of an object's keys, as `Program.key` in program.zig looks it up."""
        if len(keys) > MOST_KEYS or "" in keys:
            raise Unfit
        size = 1 << (2 * len(keys)).bit_length()
        table = [[NONE] * 4 for _ in range(size)]
        for number, (name, place) in enumerate(keys.items()):
            text = name.encode()
            slot = (len(text) * 5 + text[0] * 7 + text[-1] * 31) % size
            while table[slot][1] != NONE:
                slot = (slot + 1) % size
            table[slot] = [*self.text(text), self.place(place), number]
        return self.add([size - 1, *(word for entry in table for word in entry)])
