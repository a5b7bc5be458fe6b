"""Takes the notice out of what SNS wraps around it, and says it in one sentence."""

import json
from contextlib import suppress
from typing import Any

from common.members import object_in

Object = dict[str, Any]


def transform(record: Object, document: Object) -> Object | None:
    """Sets the message."""
    message = record.get("Message")
    if type(message) is str:
        with suppress(ValueError, RecursionError):
            message = json.loads(message)
    unwrapped: Object = message if isinstance(message, dict) else {}
    record = record | unwrapped if unwrapped else record
    qualifier = object_in(
        object_in(record, "EvaluationResultIdentifier"), "EvaluationResultQualifier"
    )
    result = object_in(record, "newEvaluationResult").get("complianceType")
    words = (
        record.get("resourceType") or qualifier.get("ResourceType"),
        record.get("resourceId") or qualifier.get("ResourceId"),
        "is",
        result or record.get("ComplianceType") or "no longer evaluated",
        "by",
        record.get("configRuleName") or qualifier.get("ConfigRuleName"),
    )
    document["message"] = " ".join(word for word in words if type(word) is str)
    return record if unwrapped else None
