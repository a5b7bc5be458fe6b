"""The resource of a configuration item, and what of it has changed."""

from typing import Any

from common.config_items import describe
from common.members import object_in

Object = dict[str, Any]


def transform(record: Object, document: Object) -> Object | None:
    """Fills what the table leaves open. The item of a notice is read like one of a history file."""
    item = object_in(record, "configurationItem")
    record = record | item if item else record
    describe(record, document, "config_history")
    changes = object_in(object_in(record, "configurationItemDiff"), "changedProperties")
    document["aws.config_history.changed_property"] = list(changes)
    kind, resource = record.get("resourceType"), record.get("resourceId")
    document["message"] = f"{record.get('configurationItemStatus')}: {kind} {resource}"
    return record if item else None
