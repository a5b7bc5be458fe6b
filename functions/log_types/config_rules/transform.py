"""Takes the notice out of what SNS wraps around it, and says it in one sentence."""

import json
from contextlib import suppress
from typing import Any

from common.members import object_in

Object = dict[str, Any]

QUALIFIER = "EvaluationResultIdentifier.EvaluationResultQualifier"
READS = (
    "ComplianceType",
    f"{QUALIFIER}.ConfigRuleName",
    f"{QUALIFIER}.ResourceId",
    f"{QUALIFIER}.ResourceType",
    "Message",
    "configRuleName",
    "newEvaluationResult.complianceType",
    "resourceId",
    "resourceType",
)


def transform(record: Object, document: Object) -> Object | None:
    """Sets the message."""
    unwrapped: Object = {}
    if "Message" in record:
        unwrapped = _unwrapped(record["Message"])
        record = record | unwrapped
    get, qualifier = record.get, {}
    if "EvaluationResultIdentifier" in record:
        identifier = object_in(record, "EvaluationResultIdentifier")
        qualifier = object_in(identifier, "EvaluationResultQualifier")
    result = object_in(record, "newEvaluationResult").get("complianceType")
    words = (
        get("resourceType") or qualifier.get("ResourceType"),
        get("resourceId") or qualifier.get("ResourceId"),
        "is",
        result or get("ComplianceType") or "no longer evaluated",
        "by",
        get("configRuleName") or qualifier.get("ConfigRuleName"),
    )
    document["message"] = " ".join([word for word in words if type(word) is str])
    return record if unwrapped else None


def _unwrapped(message: Any) -> Object:
    if type(message) is str:
        with suppress(ValueError, RecursionError):
            message = json.loads(message)
    return message if isinstance(message, dict) else {}
