"""Reads an audit event of an HSM: lines of `Key : value`, whose numbers are hexadecimal.

https://docs.aws.amazon.com/cloudhsm/latest/userguide/interpreting-audit-logs.html
"""

import re
from typing import Any

LINE = re.compile(r"^[ \t]*([A-Za-z][A-Za-z ()/]{0,40}?) {0,9}: *(.*)$", re.MULTILINE).findall
MICROSECONDS = re.compile(r"usecs: *(\d+)").search
NAMED = re.compile(r"(\w+) *\((\w+)\)").match
RESPONSE = re.compile(r"(\w+): *(?:HSM Return: *)?(.*)").match
FIELDS = {
    "Command Type(hex)": "aws.cloudhsm.command_type",
    "Log type": "aws.cloudhsm.log_type",
    "Opcode": "aws.cloudhsm.opcode",
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


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Set what the lines of the event say; others are kept as text."""
    for key, value in LINE(record["text"]):
        value = value.strip()
        if key == "Time":
            document["@timestamp"] = _time(value)
        elif key == "User Name":
            document["user.name"], document["related.user"] = value, [value]
        elif key == "Response":
            _response(value, document)
        elif key in NUMBERS:
            document[NUMBERS[key]] = _number(value)
        elif "Key Handle" in key:
            document.setdefault("aws.cloudhsm.key.handle", []).append(value)
        elif field := FIELDS.get(key):
            named = NAMED(value)
            document[field] = named[1] if named else value
            if key == "Opcode":
                document["event.code"] = named[2] if named else None
    opcode = document.get("aws.cloudhsm.opcode")
    if opcode:
        _opcode(opcode, document)


def _opcode(opcode: str, document: dict[str, Any]) -> None:
    document["event.action"] = opcode.removeprefix("CN_").lower().replace("_", "-")
    if opcode in SESSIONS:
        document["event.category"] = ["authentication", "session"]
        document["event.type"] = [SESSIONS[opcode]]
        return
    kind = next((kind for word, kind in KINDS if word in opcode), "info")
    if USERS.search(opcode):
        document["event.category"] = ["iam"]
        document["event.type"] = ["user", "info" if kind == "access" else kind]
    else:
        document["event.category"] = ["configuration"]
        document["event.type"] = [kind]


def _response(value: str, document: dict[str, Any]) -> None:
    """`0:HSM Return: SUCCESS`, or the code and the name of an error."""
    found = RESPONSE(value)
    if not found:
        return
    document["aws.cloudhsm.response_code"] = found[1]
    good = found[1] == "0"
    document["event.outcome"] = "success" if good else "failure"
    if not good:
        document["error.message"] = found[2]


def _time(value: str) -> Any:
    """Microseconds since 1970, which stand behind the date; else the date, as ISO 8601."""
    if found := MICROSECONDS(value):
        return int(found[1][:19])
    day = value[:8].split("/")
    if len(day) != 3:
        return None
    return f"20{day[2]}-{day[0]}-{day[1]}T{value[9:].partition(',')[0]}Z"


def _number(value: str) -> int | None:
    try:
        return int(value[:20], 16)
    except ValueError:
        return None
