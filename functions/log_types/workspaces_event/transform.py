"""The directory by its id alone."""

from typing import Any


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Takes `domain/` from before the directory's id, which the inventory does not have."""
    directory = record.get("directoryId")
    if type(directory) is str:
        document["aws.workspaces_event.directory_id"] = directory.removeprefix("domain/")
