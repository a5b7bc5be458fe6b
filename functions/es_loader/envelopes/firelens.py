"""Takes lines out of the objects that FireLens and agents wrap them in.

FireLens   {"date", "container_name", "source": "stdout", "log": "the line", "ecs_task_arn"}
           https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
an agent   {"@timestamp", "message": "the line"} or {"log": "the line"}, for log types that
           are text
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from common.errors import RecordError
from es_loader.envelopes.part import VALUES, Part, bytes_of, known, sent, text_of, told
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.origin import NOWHERE, Origin
from es_loader.parse import tolerant_json
from es_loader.read import frame
from es_loader.record import Broken

TIMES = ("date", "timestamp", "time")
# What FireLens adds to a line, as `Origin` has it.
CONTAINER = (
    *("ecs_cluster", "ecs_task_arn", "ecs_task_definition"),
    *("container_id", "container_name"),
)


def firelens(
    stream: Stream, by_key: LogType | None, of_container: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """The lines of containers, each a record: those of several containers are mixed."""
    for batch in frame(stream, VALUES):
        lines = (_container(raw, by_key, of_container) for raw in batch)
        for (log_type, account, region), same in groupby(lines, key=itemgetter(0)):
            _, records, origins, moments = zip(*same, strict=True)
            yield Part(log_type, [*records], account, region, NOWHERE, origins, moments)


def agent(stream: Stream, log_type: LogType) -> Iterator[Part]:
    """The lines that an agent has wrapped in objects."""
    for batch in frame(stream, VALUES):
        records, moments = zip(*map(_line_in_object, batch), strict=True)
        yield Part(log_type, [*records], moments=moments)


def _line_in_object(raw: Any) -> tuple[Any, int]:
    """The line in an object, and its moment; a broken piece where there is none."""
    if isinstance(raw, Broken):
        return raw, 0
    try:
        record, repaired = tolerant_json(raw)
    except RecordError as error:
        return Broken(bytes_of(raw), error.reason, str(error)), 0
    line = record.get("message", record.get("log")) if isinstance(record, dict) else None
    if isinstance(line, str):
        line = line.rstrip("\r\n")
        return told(line, None) if repaired else line, sent(record, "@timestamp", *TIMES)
    return Broken(bytes_of(raw), "malformed", "an object without a line in message or log"), 0


def _container(
    raw: Any, by_key: LogType | None, of_container: Callable[[str, str], LogType | None]
) -> tuple[tuple[LogType | None, str, str], Any, Origin, int]:
    """(log type of a line, account and region of its task), the line, its container and moment."""
    nothing = (by_key, "", "")
    if isinstance(raw, Broken):
        return nothing, raw, NOWHERE, 0
    try:
        record, repaired = tolerant_json(raw)
    except RecordError as error:
        return nothing, Broken(bytes_of(raw), error.reason, str(error)), NOWHERE, 0
    line = record.get("log") if isinstance(record, dict) else None
    if not isinstance(line, str):
        broken = Broken(bytes_of(raw), "malformed", "a container's record without log")
        return nothing, broken, NOWHERE, 0
    name, output = text_of(record.get("container_name")), text_of(record.get("source"))
    log_type = of_container(name, output)
    task = text_of(record.get("ecs_task_arn")).split(":")
    account, region = (task[4], task[3]) if len(task) > 5 else ("", "")
    origin = Origin(0, None, None, *(known(record.get(member)) for member in CONTAINER))
    line = line.rstrip("\r\n")
    line = told(line, log_type) if repaired else line
    return (log_type, account, region), line, origin, sent(record, *TIMES)
