"""Tells who acted and on whom, which depends on the id of the event, and splits lists of words.

https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from es_loader.views import view

# Events of an account that logs in or out: the target is the user.
LOGONS = frozenset(
    map(str, (4624, 4625, 4634, 4647, 4649, *range(4768, 4774), 4776, 4777, 4800, 4801))
)
# Terminal sessions: the account, as these events call it, is the user.
SESSIONS = frozenset(("4778", "4779"))
# Events in which the subject acts as the target.
AS_ANOTHER = frozenset(("4648", "4688"))
# Events about a group: the target is the group, and the member the account.
GROUPS = frozenset(map(str, (*range(4727, 4738), *range(4744, 4765), 4799)))
ROLES = ("user", "user.effective", "user.target", "group")
PEOPLE = {role: (f"{role}.name", f"{role}.id", f"{role}.domain") for role in ROLES}
NOBODY = frozenset(("", "-", "S-1-0-0"))
OBJECTS = {"File": "file.path", "Key": "registry.path"}
LISTS = (
    ("PrivilegeList", "microsoft.windows_event.privileges"),
    ("AccessList", "microsoft.windows_event.access.list"),
)

Text = Callable[[str], str | None]
Lists = tuple[tuple[str, str], ...]
number = view("hex")


NAMES = (
    *("AccessList", "AccountDomain", "AccountName", "CallerProcessId", "MemberName", "MemberSid"),
    *("NewProcessId", "NewTargetUserName", "ObjectName", "ObjectType", "ObjectValueName"),
    *("OldTargetUserName", "PrivilegeList", "ProcessID", "ProcessId", "SubjectDomainName"),
    *("SubjectUserName", "SubjectUserSid", "TargetDomainName", "TargetSid", "TargetUserName"),
    "TargetUserSid",
)
READS = ("System.EventID", *(f"EventData.{name}" for name in NAMES), "UserData")


def transform(record: dict[str, Any], document: dict[str, Any], lists: Lists = LISTS) -> None:
    """Set users, group, the process that made one, and what else the table cannot say.

    lists   names of data that are lists of words, and the fields that they go to
    """
    # What has a value
    data = {
        name: value
        for name, value in _data(record).items()
        if value.__class__ is str and value not in NOBODY
    }
    text = data.get
    _people(_code(record), text, document)
    if "NewProcessId" in data:
        parent = text("ProcessId") or text("ProcessID") or text("CallerProcessId")
        document["process.parent.pid"] = parent and number(parent)
    kind = data.get("ObjectType", "Key" if "ObjectValueName" in data else "")
    if place := OBJECTS.get(kind):
        document[place] = text("ObjectName")
    for name, field in lists:
        if name in data:
            document[field] = _words(data[name])


def _data(record: dict[str, Any]) -> dict[str, Any]:
    """The data of the event: EventData, or what the provider has put into UserData."""
    data = record.get("EventData")
    if type(data) is dict:
        return data
    inner = record.get("UserData") if data is None else None
    data = next(iter(inner.values()), None) if type(inner) is dict else None
    return data if type(data) is dict else {}


def _code(record: dict[str, Any]) -> str:
    """The id of the event, "" where there is none."""
    system = record.get("System")
    found = system.get("EventID") if type(system) is dict else None
    if type(found) is dict:
        found = found.get("#text")
    return found if type(found) is str else ""


def _people(code: str, text: Text, document: dict[str, Any]) -> None:
    if code in SESSIONS:
        subject, domain = text("AccountName"), text("AccountDomain")
    else:
        subject, domain = text("SubjectUserName"), text("SubjectDomainName")
    renamed = text("NewTargetUserName")
    other = target = text("OldTargetUserName") if renamed else text("TargetUserName")
    target_id, target_domain = text("TargetUserSid") or text("TargetSid"), text("TargetDomainName")
    if code in LOGONS or subject is None:
        _person(document, "user", target, target_id, target_domain)
    else:
        _person(document, "user", subject, text("SubjectUserSid"), domain)
        if code in GROUPS:
            _person(document, "group", target, target_id, target_domain)
            other = text("MemberName")
            _person(document, "user.target", other, text("MemberSid"), None)
        else:
            role = "user.effective" if code in AS_ANOTHER else "user.target"
            _person(document, role, target, target_id, target_domain)
    if subject and other and subject != other:
        document["related.user"] = [subject, other]
    elif subject or other:
        document["related.user"] = [subject or other]
    if renamed:
        document["related.user"] = [*document.get("related.user", ()), renamed]


def _person(
    document: dict[str, Any], role: str, name: str | None, ident: str | None, domain: str | None
) -> None:
    if name or ident or domain:
        names = PEOPLE[role]
        document[names[0]], document[names[1]], document[names[2]] = name, ident, domain


@lru_cache(256)
def _words(text: str) -> list[str]:
    return text.split()
