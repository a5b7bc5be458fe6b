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
    ({"WRITE_DAC", "WRITE_OWNER", "ACCESS_SYS_SEC"}, "changed-permissions", "change"),
    ({"DELETE", "DeleteChild"}, "deleted-file", "deletion"),
    ({"WriteData", "AppendData", "WriteEA", "WriteAttributes"}, "wrote-file", "change"),
    ({"Execute"}, "executed-file", "access"),
    ({"ReadData", "ReadEA", "ReadAttributes", "READ_CONTROL"}, "read-file", "access"),
)
Deed = tuple[str | None, list[str]]  # action, types
UNKNOWN: Deed = "accessed-object", ["access"]
OTHER: Deed = None, ["info"]
# Id of an event -> what it tells; None: the rights tell.
EVENTS: dict[str, Deed | None] = {
    "4656": ("requested-handle", ["access"]),
    "4658": ("closed-handle", ["access"]),
    "4659": ("requested-deletion", ["deletion"]),
    "4660": ("deleted-object", ["deletion"]),
    "4663": None,
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
    "EventData.RelativeTargetName",
    "EventData.ShareLocalPath",
)


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set action, file and rights of an audit event."""
    code = object_in(record, "System").get("EventID")
    if type(code) is dict:
        code = code.get("#text")
    data = object_in(record, "EventData")
    deed = UNKNOWN
    if type(listed := data.get("AccessList")) is str:
        codes, names, deed = _rights(listed)
        document["aws.fsx_windows.access.codes"] = codes
        document["aws.fsx_windows.access.names"] = names
    told = EVENTS.get(code, OTHER) if type(code) is str else OTHER
    document["event.action"], document["event.type"] = told or deed
    path = data.get("ObjectName")
    if path in NOBODY and type(share := data.get("ShareLocalPath")) is str:
        target = data.get("RelativeTargetName")
        path = share + (f"\\{target}" if type(target) is str and target not in NOBODY else "")
    if type(path) is str and path not in NOBODY:
        document["file.path"] = path
        document["file.directory"], _, document["file.name"] = path.rpartition("\\")


@lru_cache(1024)
def _rights(text: str) -> tuple[list[str], list[str], Deed]:
    """Numbers and names of rights, and what was done with them."""
    codes = text.split()
    names = [RIGHTS[code[2:]] for code in codes if code[2:] in RIGHTS]
    found = ((action, [kind]) for rights, action, kind in DEEDS if not rights.isdisjoint(names))
    return codes, names, next(found, UNKNOWN)
