"""What an answer of OpenSearch to one document means; the only place that decides it."""

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

REJECTS_THE_DOCUMENT = ("mapper_parsing_exception", "strict_dynamic_mapping_exception")
IMMENSE_TERM = "Document contains at least one immense term"
# Blocks that a person, a policy or a warm tier puts on one index. The flood stage block goes away
# by itself when there is room again.
TAKES_NO_WRITES = re.compile(
    r"^index \[[^\]]*\] blocked by: .*/index (?:write|read-only|metadata)(?! / allow delete)"
)
LATE = "-late"


class Verdict(Enum):
    """What becomes of a document."""

    INDEXED = auto()
    DUPLICATE = auto()  # indexed, by an earlier delivery or by another object
    QUARANTINE = auto()
    CLOSED = auto()  # its index is closed: it goes to the late index
    BLOCKED = auto()  # its index takes no writes: to the late index, unless it is in there
    RETRY = auto()


def judge(item: Mapping[str, Any], index: str) -> tuple[Verdict, str, str]:
    """(verdict, error type, error reason) of one entry of a bulk answer's `items`."""
    ((operation, result),) = item.items()
    status = result["status"]
    if status < 300:
        return Verdict.INDEXED, "", ""
    if status == 409 and operation == "create":
        return Verdict.DUPLICATE, "", ""
    error = result.get("error") or {}
    kind, reason = error.get("type", f"status_{status}"), error.get("reason", "")
    if kind in REJECTS_THE_DOCUMENT or (
        kind == "illegal_argument_exception" and reason.startswith(IMMENSE_TERM)
    ):
        cause = error.get("caused_by") or {}
        return Verdict.QUARANTINE, kind, ": ".join(filter(None, (reason, cause.get("reason"))))
    if not index.endswith(LATE):
        if kind == "index_closed_exception":
            return Verdict.CLOSED, kind, reason
        if kind == "cluster_block_exception" and TAKES_NO_WRITES.search(reason):
            return Verdict.BLOCKED, kind, reason
    return Verdict.RETRY, kind, reason
