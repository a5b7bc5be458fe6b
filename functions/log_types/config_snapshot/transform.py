"""The resource of a configuration item."""

from typing import Any

from common.config_items import describe


def transform(record: dict[str, Any], document: dict[str, Any]) -> None:
    """Fills what the table leaves open."""
    describe(record, document, "config_snapshot")
    document["message"] = f"{record.get('resourceType')} {record.get('resourceId')}"
