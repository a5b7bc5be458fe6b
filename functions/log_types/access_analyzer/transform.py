"""Who has access to what under which condition, and how grave that is."""

from typing import Any

from common.errors import Exclude
from common.members import no_findings, object_in, objects_in

Object = dict[str, Any]

PUBLIC, EXTERNAL, OTHER, OVER = (8, "high"), (6, "medium"), (3, "low"), (0, "informational")
# V2 of the API has what V1 and the events have at the top in one of these members
DETAILS = ("externalAccessDetails", "internalAccessDetails")

READS = (
    "accessPreviewId",
    "condition",
    "error",
    "finding",
    "findingDetails",
    "Findings",
    "findings",
    "findingType",
    "id",
    "isDeleted",
    "isPublic",
    "principal",
    "resource",
    "resourceType",
    "status",
)


def transform(record: Object, document: Object) -> Object | None:
    """Fills what the table leaves open. What an answer of the API wraps is unwrapped."""
    delivered = record
    if "finding" in record or "findingDetails" in record:
        record = record | object_in(record, "finding")
        for details in objects_in(record, "findingDetails"):
            for name in DETAILS:
                record = object_in(details, name) | record
    _describe(record, document)
    return record if len(record) > len(delivered) else None


def _describe(record: Object, document: Object) -> None:
    get = record.get
    if "id" not in record and no_findings(record):
        raise Exclude("no_findings")
    if type(principal := get("principal")) is dict:
        principal = {k: v for k, v in principal.items() if type(v) is str}
        document["aws.access_analyzer.principal.type"] = list(principal)
        document["aws.access_analyzer.principal.id"] = list(principal.values())
    if type(condition := get("condition")) is dict:
        document["aws.access_analyzer.condition"] = [f"{k}: {v}" for k, v in condition.items()]
    resource = get("resource")
    if get("resourceType") == "AWS::IAM::User" and type(resource) is str:
        document["user.name"] = document["related.user"] = resource.rpartition("/")[2]
    if get("accessPreviewId"):
        document["event.kind"] = "event"
        document["message"] = "Access preview"
        if (outcome := get("status")) in ("COMPLETED", "FAILED"):
            document["event.outcome"] = "success" if outcome == "COMPLETED" else "failure"
        return
    document["event.kind"] = "alert"
    kind = get("findingType")
    kind = kind if type(kind) is str and kind else "ExternalAccess"
    document["aws.access_analyzer.finding_type"] = document["rule.name"] = kind
    public = get("isPublic") is True
    document["message"] = f"{'Public' if public else kind}: {resource}"
    if get("error"):
        return  # nothing is known of the access
    level = PUBLIC if public else EXTERNAL if kind == "ExternalAccess" else OTHER
    if get("status") in ("ARCHIVED", "RESOLVED") or get("isDeleted") is True:
        level = OVER
    document["event.severity"], document["siem.severity"] = level
