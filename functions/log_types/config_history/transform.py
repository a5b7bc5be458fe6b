"""The resource of a configuration item, and what of it has changed."""

from typing import Any

from common import config_items
from common.members import object_in

Object = dict[str, Any]

READS = (
    "configurationItemDiff.changedProperties",
    "configurationItemStatus",
    *config_items.READS,
    "configurationItem.configurationItemStatus",
    *(f"configurationItem.{path}" for path in config_items.READS),
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open. A history file has an item where a notice wraps it."""
    if "configurationItemDiff" in record:
        changes = object_in(object_in(record, "configurationItemDiff"), "changedProperties")
        document["aws.config_history.changed_property"] = list(changes)
    item = record.get("configurationItem")
    if type(item) is dict:
        record = item
    config_items.describe(record, document, "config_history")
    kind, resource = record.get("resourceType"), record.get("resourceId")
    document["message"] = f"{record.get('configurationItemStatus')}: {kind} {resource}"
