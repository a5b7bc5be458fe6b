"""Takes records out of other envelopes that carry them.

FireLens          {"container_name", "source": "stdout", "log": "the line", "ecs_task_arn"}
                  https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
SNS               {"Type": "Notification", "MessageId", "TopicArn", "Message": "text"}
                  https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
an agent          {"message": "the line"} or {"log": "the line"}, for log types that are text
an array          [{"Records": []}, {"Records": []}], for log types whose records are in such lists
"""

import json
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from common.errors import RecordError
from es_loader.eventbridge import event_in, inside, timed
from es_loader.fetch import Stream
from es_loader.log_type import LogType
from es_loader.parse import tolerant_json
from es_loader.part import VALUES, Part, as_bytes, text_of, told
from es_loader.read import frame
from es_loader.record import Batch, Broken, Header


def firelens(
    stream: Stream, by_key: LogType | None, of_container: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """The lines of containers, each a record: those of several containers are mixed."""
    for batch in frame(stream, VALUES):
        for origin, lines in groupby(
            (_container(raw, by_key, of_container) for raw in batch), key=itemgetter(0)
        ):
            yield Part(origin[0], [line for _, line in lines], *origin[1:])


def notifications(
    stream: Stream, by_key: LogType | None, of_event: Callable[[str, str], LogType | None]
) -> Iterator[Part]:
    """What SNS delivers: the details of EventBridge events, and lines for log types that are text.
    Any other notice is a record as it is, since what is beside the message may tell of it."""
    for batch in frame(stream, VALUES):
        for raw in batch:
            message = None if isinstance(raw, Broken) else _notice(raw)
            event = event_in(message) if message is not None else None
            log_type = of_event(event.source, event.detail_type) if event else by_key
            if event and log_type:
                records = inside(timed(event, log_type), log_type.read.records)
                yield Part(log_type, records, event.account, event.region)
            elif message is not None and by_key and by_key.read.format != "json":
                yield Part(by_key, [told(str(message, "utf-8", "replace"), by_key)])
            else:
                yield Part(by_key, [raw])


def array(stream: Stream, log_type: LogType) -> Iterator[Part]:
    """The records in the lists of an array's elements."""
    for batch in frame(stream, VALUES):
        records: Batch = []
        for raw in batch:
            found = isinstance(raw, bytes) and inside(raw, log_type.read.records)
            records += found or [raw]
        yield Part(log_type, records)


def line_in_object(raw: Any) -> Any:
    """The line that an agent has wrapped in an object; a broken piece where there is none."""
    if isinstance(raw, Broken):
        return raw
    try:
        record, repaired = tolerant_json(raw)
    except RecordError as error:
        return Broken(as_bytes(raw), error.reason, str(error))
    line = record.get("message", record.get("log")) if isinstance(record, dict) else None
    if isinstance(line, str):
        line = line.rstrip("\r\n")
        return told(line, None) if repaired else line
    return Broken(as_bytes(raw), "malformed", "an object without a line under message or log")


def _container(
    raw: Any, by_key: LogType | None, of_container: Callable[[str, str], LogType | None]
) -> tuple[tuple[LogType | None, str, str], Any]:
    """(log type of a line, account and region of its task), and the line."""
    nothing = (by_key, "", "")
    if isinstance(raw, Broken):
        return nothing, raw
    try:
        record, repaired = tolerant_json(raw)
    except RecordError as error:
        return nothing, Broken(as_bytes(raw), error.reason, str(error))
    line = record.get("log") if isinstance(record, dict) else None
    if not isinstance(line, str):
        return nothing, Broken(as_bytes(raw), "malformed", "a container's record without log")
    name, output = text_of(record.get("container_name")), text_of(record.get("source"))
    log_type = of_container(name, output)
    task = text_of(record.get("ecs_task_arn")).split(":")
    account, region = (task[4], task[3]) if len(task) > 5 else ("", "")
    line = line.rstrip("\r\n")
    return (log_type, account, region), told(line, log_type) if repaired else line


def _notice(raw: bytes | str | Header) -> bytes | None:
    """The message in what SNS delivers, None where there is none."""
    try:
        notice, repaired = tolerant_json(raw)  # type: ignore[arg-type]
    except RecordError:
        return None
    message = notice.get("Message") if isinstance(notice, dict) else None
    if isinstance(message, dict):  # as documentation prints it
        message = json.dumps(message, ensure_ascii=False)
    if not isinstance(message, str):
        return None
    if repaired:
        message = message.replace("\ufffd", "\udcff")
    return message.encode("utf-8", "surrogateescape")
