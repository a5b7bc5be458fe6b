r"""Tells what a line of a function's log is, and reads it.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

import re
from functools import lru_cache
from typing import Any

import orjson

from common.members import object_in

Document = dict[str, Any]

IDENT = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
PLATFORM = re.compile(
    r"(START|END|REPORT|[A-Z]+_START|[A-Z]+_REPORT|EXTENSION|LOGS|TELEMETRY|XRAY)[ \t]"
).match
# How the lines of an invocation's end and beginning look.
REPORT = re.compile(
    r"REPORT RequestId: (\S+)\tDuration: (\d+(?:\.\d+)?) ms\tBilled Duration: (\d+(?:\.\d+)?) ms\t"
    r"Memory Size: (\d+) MB\tMax Memory Used: (\d+) MB(?![^\t\n])",
    re.ASCII,
).match
START = re.compile(r"START RequestId: (\S+) Version: (\S+)").fullmatch
# Node.js writes time, request, level and text; Python [level], time, request and text; others time,
# request and text.
NODE = re.compile(rf"({TIME})\t(?:undefined|([0-9a-f-]{{36}}))?\t([A-Z]+)\t").match
PYTHON = re.compile(rf"\[([A-Z]+)\]\t({TIME})\t({IDENT})?\t").match
PLAIN = re.compile(rf"({TIME})[\t ]({IDENT})[\t ]").match
LEVEL = re.compile(r"\[([A-Z]+)\] ").match
RAISED = re.compile(r"([A-Za-z_][\w.]{0,120}(?:Error|Exception|Exit|Interrupt)): ([^\n]*)").match
NUMBERS = {
    "Billed Duration": "aws.lambda.billed_duration",
    "Duration": "aws.lambda.duration",
    "Init Duration": "aws.lambda.init_duration",
    "Max Memory Used": "aws.lambda.max_memory_used",
    "Memory Size": "aws.lambda.memory_size",
    "Restore Duration": "aws.lambda.restore_duration",
}
TEXTS = {
    "Error Type": "error.type",
    "Name": "aws.lambda.extension",
    "Phase": "aws.lambda.phase",
    "RequestId": "faas.execution",
    "Runtime Version": "aws.lambda.runtime_version",
    "Runtime Version ARN": "aws.lambda.runtime_version_arn",
    "Status": "aws.lambda.status",
    "Version": "faas.version",
    "XRAY TraceId": "trace.id",
}
METRICS = {
    "billedDurationMs": "aws.lambda.billed_duration",
    "durationMs": "aws.lambda.duration",
    "initDurationMs": "aws.lambda.init_duration",
    "maxMemoryUsedMB": "aws.lambda.max_memory_used",
    "memorySizeMB": "aws.lambda.memory_size",
    "restoreDurationMs": "aws.lambda.restore_duration",
}
EVENTS = {
    "errorType": "error.type",
    "functionArn": "faas.id",
    "functionName": "faas.name",
    "name": "aws.lambda.extension",
    "phase": "aws.lambda.phase",
    "requestId": "faas.execution",
    "runtimeVersion": "aws.lambda.runtime_version",
    "runtimeVersionArn": "aws.lambda.runtime_version_arn",
    "status": "aws.lambda.status",
    "version": "faas.version",
}
# Of the functions themselves: Lambda's JSON format, and Powertools.
MEMBERS = (
    ("AWSRequestId", "faas.execution"),
    ("cold_start", "faas.coldstart"),
    ("errorMessage", "error.message"),
    ("errorType", "error.type"),
    ("exception_name", "error.type"),
    ("function_arn", "faas.id"),
    ("function_name", "faas.name"),
    ("function_request_id", "faas.execution"),
    ("level", "log.level"),
    ("location", "log.logger"),
    ("logger", "log.logger"),
    ("message", "message"),
    ("requestId", "faas.execution"),
    ("service", "service.name"),
    ("timestamp", "@timestamp"),
    ("xray_trace_id", "trace.id"),
)
BAD = frozenset(("error", "failure", "timeout"))


def transform(record: dict[str, str], document: Document) -> None:
    """Set what the line says; a line of an unknown form stays text."""
    line = record["line"]
    if "\\" in line and (line.endswith("\\n") or (line.startswith("REPORT ") and "\\t" in line)):
        line = line.replace("\\t", "\t").replace("\\n", "\n")
    text = line.rstrip()
    first = text[:1]
    if first.isupper() and (platform := PLATFORM(text)):
        document["message"] = text
        _platform(platform[1], text, document)
    elif first != "{" or not _json(text, document):
        _written(text, document)


def _platform(name: str, text: str, document: Document) -> None:
    told = text[len(name) + 1 :]
    if report := REPORT(text):
        request, duration, billed, size, used = report.groups()
        document["faas.execution"], document["aws.lambda.duration"] = request, duration
        document["aws.lambda.billed_duration"] = billed
        document["aws.lambda.memory_size"] = size
        document["aws.lambda.max_memory_used"] = used
        told = text[report.end() + 1 :]
    elif start := START(text):
        document["faas.execution"], document["faas.version"] = start.groups()
        told = ""
    elif name == "START":
        told = told.replace(" Version: ", "\tVersion: ", 1)
    if told:
        _parts(told, document)
    document |= _phase(name)
    if name == "REPORT":
        _reported(document)


def _parts(told: str, document: Document) -> None:
    """What is told as `key: value`, between tabs or in lines of its own."""
    for part in told.replace("\n", "\t").split("\t"):
        key, _, value = part.partition(": ")
        if field := TEXTS.get(key):
            document.setdefault(field, value.split(" ", 1)[0] if key == "Name" else value.strip())
        elif field := NUMBERS.get(key):
            number, _, unit = value.partition(" ")
            if unit.startswith(("ms", "MB")) and number.replace(".", "").isdecimal():
                document[field] = number


@lru_cache(256)
def _phase(name: str) -> dict[str, Any]:
    """What a line of the platform tells by its first word."""
    kind = "end" if name in ("END", "REPORT") else "start" if "START" in name else "info"
    return {"event.action": name.lower().replace("_", "-"), "event.type": [kind]}


def _reported(document: Document) -> None:
    """What the end of an invocation tells."""
    document["faas.coldstart"] = "aws.lambda.init_duration" in document
    bad = document.get("error.type") or document.get("aws.lambda.status") in BAD
    document["event.outcome"] = "failure" if bad else "success"
    document["event.duration"] = _nanoseconds(document.get("aws.lambda.duration"))


def _nanoseconds(milliseconds: Any) -> int | None:
    try:
        return round(float(milliseconds) * 1e6)
    except (OverflowError, TypeError, ValueError):
        return None


def _written(text: str, document: Document) -> None:
    """A line that the function has written."""
    if found := NODE(text):
        document["@timestamp"], request, document["log.level"] = found.groups()
        if request:
            document["faas.execution"] = request
    elif found := PYTHON(text):
        document["log.level"], document["@timestamp"], request = found.groups()
        if request:
            document["faas.execution"] = request
    elif found := PLAIN(text):
        document["@timestamp"], document["faas.execution"] = found.groups()
    elif found := LEVEL(text):
        document["log.level"] = found[1]
    document["message"] = message = text[found.end() :] if found else text
    document["event.type"] = ["info"]
    if message.startswith("Task timed out after "):
        document["event.action"], document["event.outcome"] = "timeout", "failure"
        document["event.type"] = ["end", "error"]
    elif raised := RAISED(message):
        document["error.type"], document["error.message"] = raised.groups()
        document["error.stack_trace"] = message if "\n" in message or "\r" in message else None
        document["event.type"] = ["error"]


def _json(text: str, document: Document) -> bool:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    if type(found) is not dict:
        return False
    kind = found.get("type")
    if type(kind) is str and kind.startswith("platform."):
        _event(kind.removeprefix("platform."), found, document)
        return True
    for name, field in MEMBERS:
        if (value := found.get(name)) not in (None, ""):
            document.setdefault(field, value)
    if type(document.get("message")) not in (str, int, float, bool):
        document["message"] = text
    trace = found.get("stackTrace")
    if type(trace) is list:
        document["error.stack_trace"] = "\n".join(map(str, trace))
    document["event.type"] = ["error" if "error.type" in document else "info"]
    return True


def _event(kind: str, found: dict[str, Any], document: Document) -> None:
    """An event of the platform, in Lambda's JSON format."""
    document["@timestamp"] = found.get("time")
    document["event.action"] = name = kind.lower()
    record = found.get("record")
    if type(record) is str:  # platform.fault
        document["message"] = record
        document["event.type"], document["event.outcome"] = ["error"], "failure"
        return
    record = object_in(found, "record")
    for key, field in EVENTS.items():
        if type(value := record.get(key)) is str:
            document[field] = value
    metrics = object_in(record, "metrics")
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
        _reported(document)
