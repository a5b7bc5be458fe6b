"""What CloudWatch Logs exports to S3: a line for each message, with its time before it.

`2026-11-24T20:00:00.123Z the message`; the other lines of a message have no time.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
"""

import re
from collections.abc import Iterator

from es_loader.envelopes.part import Part, moment
from es_loader.fetch import Stream
from es_loader.log_type import LogType, Read
from es_loader.multiline import Line, joined
from es_loader.read import frame
from es_loader.record import Batch, Repaired

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ")
LENGTH = len("2026-11-24T20:00:00.123Z ")
LINES = Read(format="lines", start=TIME)


def is_export(head: bytes, log_type: LogType) -> bool:
    """Whether the lines that an object begins with have a time that the log type does not know.

    Those of the log type itself may begin with a time too: what its expression finds decides.
    """
    text = str(head, "utf-8", "replace")
    read = log_type.read
    if read.format not in ("json", "delimited", "lines") or not TIME.match(text):
        return False
    lines = [line for line in text.split("\n") if TIME.match(line)]
    if read.format != "lines":
        return True
    return _fit([line[LENGTH:] for line in lines], read) > _fit(lines, read)


def exported(stream: Stream, log_type: LogType) -> Iterator[Part]:
    """The records of an exported object."""
    read = log_type.read
    if read.start is None:
        for batch in frame(stream, LINES):
            found = [*_messages(batch, read.format == "json")]
            yield Part(log_type, [raw for raw, _ in found], moments=[at for _, at in found])
        return
    batches = (_messages(batch, is_json=False) for batch in frame(stream, LINES))
    lines = ([line for raw, _ in batch for line in _lines(raw)] for batch in batches)
    for batch in joined(lines, read):  # which have times of their own
        yield Part(log_type, batch)


def _fit(lines: list[str], read: Read) -> int:
    """How much is found in lines: first lines of records, or groups of the expression."""
    if read.start:
        return sum(read.start.match(line) is not None for line in lines)
    found = [read.pattern.match(line) for line in lines] if read.pattern else []
    return sum(group is not None for match in found if match for group in match.groups())


def _messages(batch: Batch, is_json: bool) -> Iterator[tuple[Line, int]]:
    """Messages, each with its moment; lines without a time as they are."""
    for raw in batch:
        if not isinstance(raw, str) or not TIME.match(raw):
            yield raw, 0
        elif message := raw[LENGTH:]:
            told = _repaired(message, is_json) if isinstance(raw, Repaired) else message
            yield told, moment(raw[: LENGTH - 1])


def _repaired(message: str, is_json: bool) -> bytes | str:
    """A message in which bytes that are no UTF-8 have been replaced, so that this is seen."""
    if is_json:
        return message.replace("\ufffd", "\udcff").encode("utf-8", "surrogateescape")
    return Repaired(message)


def _lines(message: Line) -> Batch:
    if not isinstance(message, str):
        return [message]
    kind = type(message)
    return [kind(line) for line in message.split("\n")]
