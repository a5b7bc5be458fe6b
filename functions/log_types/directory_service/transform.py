"""Says of a domain controller's event what windows_event says of it.

https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_log_forwarding.html
"""

from typing import Any

from common.members import object_in
from es_loader.log_type_file import HERE, load
from log_types.windows_event import transform as windows

# What an id means stands in the log type of Windows events, once for all that have them.
_LOOKUPS = load(HERE / "windows_event").lookups
TOLD = ("event.action", "event.category", "event.type")
BY_CODE = {
    code: {name: _LOOKUPS[name].table.get(code) for name in TOLD}
    for code in sorted({code for name in TOLD for code in _LOOKUPS[name].table})
}
REASONS = _LOOKUPS["event.reason"].table
ADDRESSES = ("IpAddress", "SourceAddress", "ClientAddress")
MAPPED = "::ffff:"  # before an IPv4 address that is written as an IPv6 one
LISTS = (
    ("Properties", "directory.properties"),
    ("ServicePrincipalNames", "account.spn"),
)
OURS = (("access.list", "access.list"), ("privileges", "privileges"))


NAMES = ("SubStatus", "Status", *ADDRESSES, *(name for name, _ in LISTS))
READS = (*windows.READS, *(f"EventData.{name}" for name in NAMES))


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set what the event's id tells, the people in it, and lists of words."""
    windows.transform(record, document)
    document |= BY_CODE.get(windows.code(record), {})
    data = object_in(record, "EventData")
    for name in ("SubStatus", "Status"):
        if name in data and type(status := data[name]) is str and (reason := REASONS.get(status)):
            document["event.reason"] = reason
            break
    for name in ADDRESSES:
        if name in data and type(address := data[name]) is str and address not in ("", "-"):
            address = address.removeprefix(MAPPED) if "." in address else address
            document["source.address"] = document["source.ip"] = address
            document["related.ip"] = [address]
            break
    for theirs, own in OURS:
        if words := document.pop(f"microsoft.windows_event.{theirs}", None):
            document[f"aws.directory_service.{own}"] = words
    for name, field in LISTS:
        if type(words := data.get(name)) is str and words != "-":
            document[f"aws.directory_service.{field}"] = words.split()
