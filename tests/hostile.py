"""Hostile texts for a regular expression, and whether it takes them in linear time.

Whoever sends a request chooses its User-Agent. A text begins with what leads to one of the
expression's repeats (an example made of the expression itself, or the beginning of a real text),
goes on with one piece without end, and ends with what matches nothing.
"""

import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any

LONG = 16  # a repeat of more is one that may go on without end
COMMON = ("a", "0", " ", '"', "\\", "/", "a ", "0.", ":a")
MOST_LITERALS = 5
MOST_CUTS = 20  # of a real text
POOL = "a0 x-/._:\",'=[]()<>{}|\\;&%#@+*?!~^$`\t\n\u00e9\0"
END = "\0"  # nothing ends with it
REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
EDGE = re.compile(r"\b|(?<=\W)(?=\W)")

SMALL, LARGE = 4 << 10, 64 << 10  # characters
SUSPECT = 0.006  # CPU seconds that a small text takes at most, if nothing is wrong
SURE = 0.05  # CPU seconds that can be told from noise
LIMIT = 0.3  # CPU seconds after which nobody waits
LINEAR = 3.0  # twice the text takes at most so many times as long: 2 if linear, 4 if quadratic

Call = Callable[[str], Any]


def slow(call: Call, texts: Iterable[tuple[str, str]], longest: int = LARGE) -> str:
    """The first text, as (before, piece), for which a call takes more than linear time, or ""."""
    for before, piece in texts:
        size = min(SMALL, longest)
        if seconds(call, text(before, piece, size)) < SUSPECT:
            continue
        taken = [SUSPECT]
        while size <= longest and taken[-1] < LIMIT:
            taken.append(min(seconds(call, text(before, piece, size)) for _ in range(2)))
            size *= 2
        if taken[-1] >= LIMIT or taken[-1] > max(SURE, LINEAR * taken[-2]):
            return f"{before[-60:]!r} + {piece!r} * n: {taken[1:]} s, each twice the text"
    return ""


def text(before: str, piece: str, size: int) -> str:
    """A hostile text of about `size` characters."""
    return before + piece * max((size - len(before)) // len(piece), 1) + END


def seconds(call: Call, argument: str) -> float:
    """CPU seconds of a call, at most LIMIT."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    begin = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
        call(argument)
    except TimeoutError:
        return LIMIT
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - begin


def texts(pattern: re.Pattern[Any], real: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """What hostile texts for an expression begin with, and the piece that they go on with.

    real   texts that the expression matches
    """
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    repeats: dict[tuple[str, str], None] = {}
    literals: dict[str, None] = {}
    _example(parsed, "", repeats, literals)
    befores = dict.fromkeys(["", *(before for before, _ in repeats)])
    for each in real:
        edges = [found.start() for found in EDGE.finditer(each)]
        step = len(edges) // MOST_CUTS + 1
        befores |= dict.fromkeys(each[:edge] for edge in edges[::step])
    general = [*list(literals)[:MOST_LITERALS], *COMMON]
    for before in befores:
        own = [piece for other, piece in repeats if other == before and piece]
        for piece in dict.fromkeys([*own, *general]):
            yield before, piece


def _example(
    items: Iterable[Any],
    before: str,
    repeats: dict[tuple[str, str], None],
    literals: dict[str, None],
) -> str:
    """A text that matches, as far as one can tell; collects what can be repeated after what."""
    made = ""

    def inner(part: Iterable[Any]) -> str:
        return _example(part, before + made, repeats, literals)

    for op, argument in items:
        if op is constants.LITERAL:
            literals[chr(argument)] = None
            made += chr(argument)
        elif op is constants.NOT_LITERAL:
            made += _fitting([(constants.NEGATE, None), (constants.LITERAL, argument)])
        elif op is constants.ANY:
            made += "a"
        elif op is constants.IN:
            made += _fitting(argument)
        elif op is constants.SUBPATTERN:
            made += inner(argument[-1])
        elif op is constants.ATOMIC_GROUP:
            made += inner(argument)
        elif op is constants.BRANCH:
            first, *_ = [inner(branch) for branch in argument[1]]
            made += first
        elif op in REPEATS:
            least, most, body = argument
            piece = inner(body)
            if most > LONG:
                repeats[before + made, piece] = None
            made += piece * max(least, 1)
        elif op in (constants.ASSERT, constants.ASSERT_NOT):
            inner(argument[1])
        elif op is constants.GROUPREF_EXISTS:
            inner(argument[2] or [])
            made += inner(argument[1])
    return made


def _fitting(members: list[Any]) -> str:
    """A character that is in a set."""
    negated = members[0][0] is constants.NEGATE
    for character in POOL:
        if _is_in(character, members) != negated:
            return character
    op, argument = members[-1]
    return chr(argument[0] if op is constants.RANGE else argument)


def _is_in(character: str, members: list[Any]) -> bool:
    return any(
        (op is constants.LITERAL and ord(character) == argument)
        or (op is constants.RANGE and argument[0] <= ord(character) <= argument[1])
        or (op is constants.CATEGORY and CATEGORIES[argument](character))
        for op, argument in members
    )


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


CATEGORIES: dict[Any, Callable[[str], bool]] = {
    constants.CATEGORY_DIGIT: str.isdigit,
    constants.CATEGORY_NOT_DIGIT: lambda character: not character.isdigit(),
    constants.CATEGORY_SPACE: str.isspace,
    constants.CATEGORY_NOT_SPACE: lambda character: not character.isspace(),
    constants.CATEGORY_WORD: _is_word,
    constants.CATEGORY_NOT_WORD: lambda character: not _is_word(character),
}
