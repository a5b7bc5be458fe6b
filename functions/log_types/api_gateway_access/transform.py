"""Reads the lines of access logs that are no JSON, and those of execution logs."""

import re
from typing import Any

from es_loader.named import LINE, members

Object = dict[str, Any]

CSV = (
    "sourceip",
    "caller",
    "user",
    "requesttime",
    "httpmethod",
    "resourcepath",
    "protocol",
    "status",
    "responselength",
    "requestid",
)
CLF = re.compile(
    r'([^\s"]+) ([^\s"]+) ([^\s"]+) \[([^\]"]*)\] ?"([^\s"]+) ([^\s"]+) ([^\s"]+)" ([^\s"]+)'
    r"(?: (\S+))?(?: (\S+))?(?: (\S+))?"
)
XML = re.compile(r"<(\w{1,64})>([^<]*)</")
XML_ID = re.compile(r'<request id="([^"]*)"')
TIME = re.compile(r"\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}")
EXECUTION = re.compile(r"\(([\w=+/-]{1,64})\) ?(.*)", re.DOTALL)
METHOD = re.compile(r"HTTP Method: (\S{1,32}), Resource Path: (\S{1,4096})")
STATUS = re.compile(r"(?:Method completed with status|Endpoint response status code): (\d{3})\b")


def transform(record: Object, document: Object) -> Object | None:
    """The values of a line that is no JSON; of one in no format that is known, the message."""
    line = record.get(LINE)
    if line is None:
        return None
    if found := CLF.fullmatch(line):
        return members(dict(zip((*CSV, "extendedrequestid"), found.groups(), strict=True)))
    if line.startswith("<"):
        values = dict(XML.findall(line))
        if found := XML_ID.match(line):
            values["requestid"] = found[1]
        if values:
            return members(values)
    if line.count(",") == len(CSV) - 1 and TIME.search(line):
        return members(dict(zip(CSV, line.split(","), strict=True)))
    return _execution(line, document)


def _execution(line: str, document: Object) -> Object | None:
    """The values of a line of an execution log: `(request id) message`."""
    found = EXECUTION.fullmatch(line)
    if not found:
        document["message"] = line
        return None
    values = {"requestid": found[1]}
    document["message"] = message = found[2]
    if parts := METHOD.match(message):
        values["httpmethod"], values["resourcepath"] = parts.groups()
    if status := STATUS.match(message):
        values["executionstatus"] = status[1]
    elif message.startswith("Execution failed"):
        values |= {"errormessage": message, "execution": "failed"}
    return values
