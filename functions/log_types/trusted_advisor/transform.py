"""The resource that a check has flagged, in the words of the check."""

from typing import Any

from common.members import object_in

Object = dict[str, Any]

NONE = ("", "-", None)

READS = (
    "check-item-detail",
    "check-name",
    "check.metadata",
    "check.name",
    "region",
    "result.checkId",
    "result.flaggedResource.metadata",
    "result.flaggedResource.region",
    "result.flaggedResource.status",
    "result.status",
    "status",
)


def transform(record: Object, document: Object) -> None:
    """Sets the details, region and message."""
    get = record.get
    check, result = object_in(record, "check"), object_in(record, "result")
    flagged = object_in(result, "flaggedResource")
    details = object_in(record, "check-item-detail")
    titles, values = check.get("metadata"), flagged.get("metadata")
    if type(titles) is list and type(values) is list:
        details = dict(zip(map(str, titles), values, strict=False))
    if details:
        document["aws.trusted_advisor.detail"] = [
            f"{name}: {value}" for name, value in details.items() if value not in NONE
        ]
    region = flagged.get("region") or details.get("Region") or details.get("Region/AZ")
    if type(region) is not str or region in NONE:
        region = get("region")
    document["cloud.region"] = region
    if name := check.get("name") or get("check-name") or result.get("checkId"):
        status = get("status") or flagged.get("status") or result.get("status")
        document["message"] = f"{name}: {status}"
