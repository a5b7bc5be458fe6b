r"""Tells what a line of a function's log is, and reads it.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

import re
from functools import lru_cache
from typing import Any

import orjson

from common.members import object_in

Document = dict[str, Any]

RAISED = re.compile(r"([A-Za-z_][\w.]{0,120}(?:Error|Exception|Exit|Interrupt)): ([^\n]*)").match
# What lines and JSON of the platform tell: that which the pattern finds in usual lines, and other
# fields.
PART_COLUMNS = {
    "Billed Duration": "billed",
    "Duration": "duration",
    "Max Memory Used": "used",
    "Memory Size": "size",
    "RequestId": "request",
    "Version": "version",
}
PARTS = {
    "Error Type": "error.type",
    "Init Duration": "aws.lambda.init_duration",
    "Name": "aws.lambda.extension",
    "Phase": "aws.lambda.phase",
    "Restore Duration": "aws.lambda.restore_duration",
    "Runtime Version": "aws.lambda.runtime_version",
    "Runtime Version ARN": "aws.lambda.runtime_version_arn",
    "Status": "aws.lambda.status",
    "XRAY TraceId": "trace.id",
}
NUMBERS = ("Duration", "Memory Size", "Memory Used")  # ends of keys
METRIC_COLUMNS = {
    "billedDurationMs": "billed",
    "durationMs": "duration",
    "maxMemoryUsedMB": "used",
    "memorySizeMB": "size",
}
METRICS = {
    "initDurationMs": "aws.lambda.init_duration",
    "restoreDurationMs": "aws.lambda.restore_duration",
}
EVENT_COLUMNS = {"requestId": "request", "version": "version"}
EVENTS = {
    "errorType": "error.type",
    "functionArn": "faas.id",
    "functionName": "faas.name",
    "name": "aws.lambda.extension",
    "phase": "aws.lambda.phase",
    "runtimeVersion": "aws.lambda.runtime_version",
    "runtimeVersionArn": "aws.lambda.runtime_version_arn",
    "status": "aws.lambda.status",
}
# Of the functions themselves: Lambda's JSON format, and Powertools. The last that there is counts.
MEMBER_COLUMNS = {
    "requestId": "request",
    "function_request_id": "request",
    "AWSRequestId": "request",
    "level": "level",
    "message": "message",
    "timestamp": "time",
}
MEMBERS = {
    "cold_start": "faas.coldstart",
    "errorMessage": "error.message",
    "exception_name": "error.type",
    "errorType": "error.type",
    "function_arn": "faas.id",
    "function_name": "faas.name",
    "logger": "log.logger",
    "location": "log.logger",
    "service": "service.name",
    "xray_trace_id": "trace.id",
}
SIMPLE = frozenset((bool, float, int, str))
BAD = frozenset(("error", "failure", "timeout"))
TIMEOUT = "Task timed out after "
# Of the platform, of a function that ended before it had answered; what it was may be on a line of
# its own.
EXITED = re.compile(
    r"RequestId: ([0-9a-f-]{36}) (?:Error: )?((?:Process|Runtime) exited [^\n]*)(?:\n(\S+))?"
).match
# What is thrown, of Node.js, Python and Java, by names of the runtimes and of Powertools.
TYPES = ("errorType", "name", "type")
MESSAGES = ("errorMessage", "message")
STACKS = ("stackTrace", "stack", "trace", "stack_trace")
# What the end of an invocation means of which nothing special is told.
FINISHED = {"event.outcome": "success", "faas.coldstart": False}
READS = ("platform", "invocation", "duration", "more", "time", "level_", "message")


def transform(record: tuple[str, ...], document: Document) -> dict[str, str] | None:
    """Set what the line says, of columns too; a line of an unknown form stays text."""
    platform, invocation, duration, more, time, level, message = record
    if platform:
        document |= _phase(platform)
        if invocation:
            return None
        if duration and (not more or more.isspace()):
            document |= FINISHED
            document["event.duration"] = _nanoseconds(duration)
            return None
        return _platform(platform, duration, more, message, document)
    if message[:1] == "{" and not (time or level) and (columns := _json(message, document)):
        return columns
    document["event.type"] = ["info"]
    if message[-2:] == "\\n":
        message = _unescaped(message)
        return {"message": message} | (_written(message, document) or {})
    if ": " in message or message[-1:] == "}" or message.startswith((TIMEOUT, "RequestId: ")):
        return _written(message, document)
    return None


def _unescaped(text: str) -> str:
    return text.replace("\\t", "\t").replace("\\n", "\n").rstrip()


def _platform(name: str, duration: str, more: str, text: str, document: Document) -> dict[str, str]:
    """A line of the platform of another than the usual forms."""
    if "\\" in text and (text.endswith("\\n") or (name == "REPORT" and "\\t" in text)):
        text = _unescaped(text)
    columns = {"message": text}
    if duration:
        columns["duration"], told = duration, more
    else:
        told = text[len(name) + 1 :]
    if name == "START":
        told = told.replace(" Version: ", "\tVersion: ", 1)
    _parts(told, columns, document)
    if name == "REPORT":
        _reported(columns, document)
    return columns


def _parts(told: str, columns: dict[str, str], document: Document) -> None:
    """What is told as `key: value`, between tabs or in lines of its own."""
    for part in told.replace("\n", "\t").split("\t"):
        key, _, value = part.partition(": ")
        if key.endswith(NUMBERS):
            value, _, unit = value.partition(" ")
            if not (unit.startswith(("ms", "MB")) and value.replace(".", "").isdecimal()):
                continue
        if name := PART_COLUMNS.get(key):
            columns.setdefault(name, value.strip())
        elif field := PARTS.get(key):
            document.setdefault(field, value.split(" ", 1)[0] if key == "Name" else value.strip())


@lru_cache(256)
def _phase(name: str) -> dict[str, Any]:
    """What a line of the platform tells by its first word."""
    kind = "end" if name in ("END", "REPORT") else "start" if "START" in name else "info"
    return {"event.action": name.lower().replace("_", "-"), "event.type": [kind]}


def _reported(columns: dict[str, str], document: Document) -> None:
    """What the end of an invocation tells."""
    document["faas.coldstart"] = "aws.lambda.init_duration" in document
    bad = document.get("error.type") or document.get("aws.lambda.status") in BAD
    document["event.outcome"] = "failure" if bad else "success"
    document["event.duration"] = _nanoseconds(columns.get("duration"))


def _nanoseconds(milliseconds: Any) -> int | None:
    try:
        return round(float(milliseconds) * 1e6)
    except (OverflowError, TypeError, ValueError):
        return None


def _written(message: str, document: Document) -> dict[str, str] | None:
    """What a function has written of an error, or the platform of its end."""
    if message.startswith(TIMEOUT):
        document["event.action"], document["event.outcome"] = "timeout", "failure"
        document["event.type"] = ["end", "error"]
    elif exited := EXITED(message):
        request, document["error.message"], document["error.type"] = exited.groups()
        document["event.action"], document["event.outcome"] = "exit", "failure"
        document["event.type"] = ["end", "error"]
        return {"request": request}
    elif message[-1:] == "}":
        _node(message, document)
    elif raised := RAISED(message):
        document["error.type"], document["error.message"] = raised.groups()
        document["error.stack_trace"] = message if "\n" in message or "\r" in message else None
        document["event.type"] = ["error"]
    return None


def _node(message: str, document: Document) -> None:
    """`Invoke Error<tab>{"errorType": ..}`, which Node.js writes of what it did not catch."""
    _, _, told = message.rpartition("\t")
    if '"error' not in told[:40]:
        return
    try:
        found = orjson.loads(told)
    except orjson.JSONDecodeError:
        return
    if type(found) is dict:
        _thrown(object_in(found, "reason") or found, document)


def _thrown(found: Document, document: Document) -> None:
    """Set what an object tells of an error."""
    for names, field in ((TYPES, "error.type"), (MESSAGES, "error.message")):
        for name in names:
            if type(value := found.get(name)) is str and value:
                document[field] = value
                break
    for name in STACKS:
        if stack := found.get(name):
            document["error.stack_trace"] = _stack(stack)
            break
    document["event.type"] = ["error"]


def _stack(stack: Any) -> str | None:
    if type(stack) is list:
        return "\n".join(map(str, stack))
    return stack if type(stack) is str else None


def _json(text: str, document: Document) -> dict[str, str] | None:
    """The columns that a line has in JSON, if it is that."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if type(found) is not dict:
        return None
    kind = found.get("type")
    if type(kind) is str and kind.startswith("platform."):
        return _event(kind.removeprefix("platform.").lower(), found, document)
    columns = _simple(found, MEMBER_COLUMNS)
    for name, field in MEMBERS.items():
        if name in found and (value := found[name]) not in (None, ""):
            document[field] = value
    document["event.type"] = ["info"]
    if "error.type" in document:
        document["error.stack_trace"] = _stack(found.get("stackTrace") or found.get("exception"))
        document["event.type"] = ["error"]
    elif type(error := found.get("error")) is dict or (
        type(error := found.get("message")) is dict and "errorType" in error
    ):
        _thrown(error, document)
    return columns


def _simple(found: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    """Those members of an object that are texts or numbers, as columns."""
    columns = {}
    for name, column in names.items():
        if name in found and (value := found[name]) != "":
            if type(value) is str:
                columns[column] = value
            elif type(value) in SIMPLE:
                columns[column] = str(orjson.dumps(value), "utf-8")
    return columns


def _event(name: str, found: dict[str, Any], document: Document) -> dict[str, str]:
    """An event of the platform, in Lambda's JSON format."""
    columns = {"message": ""} | _simple(found, {"time": "time"})
    document["event.action"] = name
    record = found.get("record")
    if type(record) is str:  # platform.fault
        document["event.type"], document["event.outcome"] = ["error"], "failure"
        return columns | {"message": record}
    record = object_in(found, "record")
    columns |= _simple(record, EVENT_COLUMNS)
    for key, field in EVENTS.items():
        if type(value := record.get(key)) is str:
            document[field] = value
    metrics = object_in(record, "metrics")
    columns |= _simple(metrics, METRIC_COLUMNS)
    for key, field in METRICS.items():
        if (value := metrics.get(key)) is not None:
            document[field] = value
    tracing = object_in(record, "tracing").get("value")
    if type(tracing) is str:
        document["trace.id"] = tracing.partition("Root=")[2].partition(";")[0] or None
    document["event.type"] = [
        "start"
        if name.endswith("start")
        else "end"
        if name.endswith(("report", "done"))
        else "info"
    ]
    if name == "report":
        _reported(columns, document)
    return columns
