"""Says who acted on whom in a domain controller's event as windows_event says it.

https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_log_forwarding.html
"""

from typing import Any

from log_types.windows_event import transform as windows

LISTS = (
    ("PrivilegeList", "aws.directory_service.privileges"),
    ("AccessList", "aws.directory_service.access.list"),
    ("Properties", "aws.directory_service.directory.properties"),
    ("ServicePrincipalNames", "aws.directory_service.account.spn"),
)
READS = (*windows.READS, "EventData.Properties", "EventData.ServicePrincipalNames")


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Set the people of the event, and lists of words."""
    windows.transform(record, document, LISTS)
