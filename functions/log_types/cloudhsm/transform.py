"""Reads an audit event of an HSM: lines of `Key : value`, whose numbers are hexadecimal.

https://docs.aws.amazon.com/cloudhsm/latest/userguide/interpreting-audit-logs.html
"""

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

Object = dict[str, Any]

MICROSECONDS = re.compile(r"usecs: *(\d+)").search
KEY = re.compile(r"[A-Za-z][A-Za-z ()/]{0,40}").fullmatch
NAMED = re.compile(r"(\w+) *\((\w+)\)").match
RESPONSE = re.compile(r"(\w+): *(?:HSM Return: *)?(.*)").match
FIELDS = {
    "Command Type(hex)": "aws.cloudhsm.command_type",
    "Log type": "aws.cloudhsm.log_type",
    "Session Handle": "aws.cloudhsm.session_handle",
    "User Type": "user.roles",
}
NUMBERS = {"Reboot counter": "aws.cloudhsm.reboot_counter", "Sequence No": "event.sequence"}
# What a command is for, by a word of its name.
USERS = re.compile(r"USER|CHANGE_PSWD|SET_PSWD|CREATE_CO\b")
SESSIONS = {"CN_LOGIN": "start", "CN_LOGOUT": "end"}
KINDS = (
    ("CREATE", "creation"),
    ("GEN", "creation"),
    ("DELETE", "deletion"),
    ("DESTROY", "deletion"),
    ("ZEROIZE", "deletion"),
    ("CHANGE", "change"),
    ("SET", "change"),
    ("MODIFY", "change"),
    ("LIST", "access"),
    ("GET", "access"),
    ("FIND", "access"),
)


def transform(record: tuple[str], document: dict[str, Any]) -> None:
    """Set what the lines of the event say; others are kept as text."""
    handles: list[str] = []
    for line in record[0].split("\n"):
        key, colon, value = line.partition(":")
        key, value = key.strip(" \t"), value.strip()
        if field := FIELDS.get(key):
            document[field] = _named(value)[0]
        elif key in CACHED:
            document |= CACHED[key](value)
        elif key == "Time":
            document["@timestamp"] = _time(value)
        elif key in NUMBERS:
            document[NUMBERS[key]] = _number(value)
        elif key == "User Name":
            document["user.name"], document["related.user"] = value, [value]
        elif "Key Handle" in key and colon and KEY(key):
            handles.append(value)
    if handles:
        document["aws.cloudhsm.key.handle"] = handles


@lru_cache(1024)
def _named(value: str) -> tuple[str, str | None]:
    """Name and number of `NAME (0x1)`; any other value is its name."""
    found = NAMED(value)
    return (found[1], found[2]) if found else (value, None)


@lru_cache(1024)
def _opcode(value: str) -> Object:
    """What a command does, by its name and its number."""
    opcode, code = _named(value)
    fields: Object = {"aws.cloudhsm.opcode": opcode, "event.code": code}
    if not opcode:
        return fields
    fields["event.action"] = opcode.removeprefix("CN_").lower().replace("_", "-")
    if opcode in SESSIONS:
        fields["event.category"] = ["authentication", "session"]
        fields["event.type"] = [SESSIONS[opcode]]
        return fields
    kind = next((kind for word, kind in KINDS if word in opcode), "info")
    if USERS.search(opcode):
        fields["event.category"] = ["iam"]
        fields["event.type"] = ["user", "info" if kind == "access" else kind]
    else:
        fields["event.category"] = ["configuration"]
        fields["event.type"] = [kind]
    return fields


@lru_cache(1024)
def _response(value: str) -> Object:
    """`0:HSM Return: SUCCESS`, or the code and the name of an error."""
    found = RESPONSE(value)
    if not found:
        return {}
    good = found[1] == "0"
    fields = {
        "aws.cloudhsm.response_code": found[1],
        "event.outcome": "success" if good else "failure",
    }
    if not good:
        fields["error.message"] = found[2]
    return fields


# Key -> what gives the fields of its value. Few values are usual.
CACHED: dict[str, Callable[[str], Object]] = {"Opcode": _opcode, "Response": _response}
READS = ("text",)


def _time(value: str) -> Any:
    """Microseconds since 1970, which stand behind the date; else the date, as ISO 8601."""
    _, _, told = value.partition("usecs:")
    microseconds = told.lstrip(" ")
    if len(microseconds) == 16 and microseconds.isdecimal() and microseconds.isascii():
        second = int(microseconds[:10])
        return f"{_minute(second // 60)}:{second % 60:02}.{microseconds[10:]}Z"
    if found := MICROSECONDS(value):
        return int(found[1][:19])
    day = value[:8].split("/")
    if len(day) != 3:
        return None
    return f"20{day[2]}-{day[0]}-{day[1]}T{value[9:].partition(',')[0]}Z"


@lru_cache(256)
def _minute(number: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(number * 60))


def _number(value: str) -> int | None:
    try:
        return int(value[:20], 16)
    except ValueError:
        return None
