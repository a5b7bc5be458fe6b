"""The WorkSpaces of this account and region, each with its connection's state.

A record is a WorkSpace as DescribeWorkspaces gives it, with `time`, `account` and `region` of the
run, and what DescribeWorkspacesConnectionStatus knows of it (ConnectionState,
ConnectionStateCheckTimestamp, LastKnownUserConnectionTimestamp).
https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaces.html
"""

from collections.abc import Iterator
from typing import Any

from log_puller.pull import Fetched, Pull, Record


def fetch(client: Any, pull: Pull) -> Fetched:
    """The inventory; nothing is asked before the first record is."""
    records = _records(client, pull)
    return Fetched("WorkSpaces/Inventory", "workspaces-inventory", records)


def _records(client: Any, pull: Pull) -> Iterator[Record]:
    states = {
        state["WorkspaceId"]: state
        for page in client.get_paginator("describe_workspaces_connection_status").paginate()
        for state in page["WorkspacesConnectionStatus"]
    }
    for page in client.get_paginator("describe_workspaces").paginate():
        for workspace in page["Workspaces"]:
            yield {**pull.head, **workspace, **states.get(workspace["WorkspaceId"], {})}
