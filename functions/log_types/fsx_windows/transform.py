"""Tells what was done to a file, and names the rights that were used.

https://docs.aws.amazon.com/fsx/latest/WindowsGuide/faa-log-events.html
https://learn.microsoft.com/windows/win32/fileio/file-access-rights-constants
"""

from functools import lru_cache
from typing import Any

from common.members import object_in

# The numbers of messages that Windows has for rights: `%%4416`
RIGHTS = {
    "1537": "DELETE",
    "1538": "READ_CONTROL",
    "1539": "WRITE_DAC",
    "1540": "WRITE_OWNER",
    "1541": "SYNCHRONIZE",
    "1542": "ACCESS_SYS_SEC",
    "4416": "ReadData",
    "4417": "WriteData",
    "4418": "AppendData",
    "4419": "ReadEA",
    "4420": "WriteEA",
    "4421": "Execute",
    "4422": "DeleteChild",
    "4423": "ReadAttributes",
    "4424": "WriteAttributes",
}
# The strongest right that was used says what was done.
DEEDS = (
    (("WRITE_DAC", "WRITE_OWNER", "ACCESS_SYS_SEC"), "changed-permissions", "change"),
    (("DELETE", "DeleteChild"), "deleted-file", "deletion"),
    (("WriteData", "AppendData", "WriteEA", "WriteAttributes"), "wrote-file", "change"),
    (("Execute",), "executed-file", "access"),
    (("ReadData", "ReadEA", "ReadAttributes", "READ_CONTROL"), "read-file", "access"),
)
# Id of an event -> action, types; None: the rights tell.
EVENTS: dict[str, tuple[str | None, list[str]]] = {
    "4656": ("requested-handle", ["access"]),
    "4658": ("closed-handle", ["access"]),
    "4659": ("requested-deletion", ["deletion"]),
    "4660": ("deleted-object", ["deletion"]),
    "4663": (None, ["access"]),
    "4664": ("created-hard-link", ["creation"]),
    "4670": ("changed-permissions", ["change"]),
    "4907": ("changed-audit-settings-of-object", ["change"]),
    "5140": ("accessed-share", ["access"]),
    "5142": ("added-share", ["creation"]),
    "5143": ("changed-share", ["change"]),
    "5144": ("deleted-share", ["deletion"]),
    "5145": ("checked-share", ["access"]),
}
NOBODY = ("", "-", None)


READS = (
    "System.EventID",
    "EventData.AccessList",
    "EventData.ObjectName",
    "EventData.ProcessId",
    "EventData.RelativeTargetName",
    "EventData.ShareLocalPath",
    "EventData.SubjectUserName",
)


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set action, file, rights and people of an audit event."""
    code = object_in(record, "System").get("EventID")
    if type(code) is dict:
        code = code.get("#text")
    data = object_in(record, "EventData")
    codes: list[str] = []
    names: list[str] = []
    if type(listed := data.get("AccessList")) is str:
        codes, names = _rights(listed)
        document["aws.fsx_windows.access.codes"] = codes
        document["aws.fsx_windows.access.names"] = names
    document["event.category"] = ["file"]
    action, types = EVENTS.get(code, (None, ["info"])) if type(code) is str else (None, ["info"])
    if action is None and code == "4663":
        action, types = _deed(tuple(names))
    document["event.action"], document["event.type"] = action, types
    if (user := data.get("SubjectUserName")) not in NOBODY:
        document["related.user"] = user
    path = data.get("ObjectName")
    if path in NOBODY and type(share := data.get("ShareLocalPath")) is str:
        target = data.get("RelativeTargetName")
        path = share + (f"\\{target}" if type(target) is str and target not in NOBODY else "")
    if type(path) is str and path not in NOBODY:
        document["file.path"] = path
        document["file.directory"], _, document["file.name"] = path.rpartition("\\")
    if type(pid := data.get("ProcessId")) is str:
        document["process.pid"] = _number(pid)


@lru_cache(1024)
def _rights(text: str) -> tuple[list[str], list[str]]:
    codes = text.split()
    return codes, [RIGHTS[code[2:]] for code in codes if code[2:] in RIGHTS]


@lru_cache(256)
def _deed(names: tuple[str, ...]) -> tuple[str, list[str]]:
    for rights, action, kind in DEEDS:
        if any(name in rights for name in names):
            return action, [kind]
    return "accessed-object", ["access"]


def _number(text: str) -> int | None:
    try:
        return int(text[:20], 16 if text[:2] == "0x" else 10)
    except ValueError:
        return None
