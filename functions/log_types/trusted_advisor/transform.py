"""The resource that a check has flagged, in the words of the check."""

from typing import Any

from common.members import object_in

Object = dict[str, Any]

NONE = ("", "-", None)


def transform(record: Object, document: Object) -> None:
    """Sets the details, region, status and message."""
    check, result = object_in(record, "check"), object_in(record, "result")
    flagged = object_in(result, "flaggedResource")
    details = object_in(record, "check-item-detail")
    titles, values = check.get("metadata"), flagged.get("metadata")
    if type(titles) is list and type(values) is list:
        details = dict(zip(map(str, titles), values, strict=False))
    document["aws.trusted_advisor.detail"] = [
        f"{name}: {value}" for name, value in details.items() if value not in NONE
    ]
    region = flagged.get("region") or details.get("Region") or details.get("Region/AZ")
    if type(region) is str and region not in NONE:
        document["cloud.region"] = region
    else:
        document["cloud.region"] = record.get("region")
    status = record.get("status") or flagged.get("status") or result.get("status")
    document["aws.trusted_advisor.status"] = status
    name = check.get("name") or record.get("check-name") or result.get("checkId")
    document["message"] = f"{name}: {status}" if name else None
