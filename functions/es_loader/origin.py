"""What an envelope says of where and when its records were written."""

from collections.abc import Container
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from es_loader import times

# Milliseconds since 1970, of thirteen digits: from 2001 to 2286.
FIRST_MOMENT, LAST_MOMENT = 10**12, 10**13 - 1


class Origin(NamedTuple):
    """Where a record comes from; None where the envelope does not say.

    moment   when CloudWatch Logs or a container's runtime got the record, or EventBridge the event,
             in milliseconds since 1970; 0: not told
    """

    moment: int = 0
    log_group: str | None = None
    log_stream: str | None = None
    cluster: str | None = None
    task: str | None = None
    definition: str | None = None
    container_id: str | None = None
    container_name: str | None = None


NOWHERE = Origin()
# Our field of each member of an origin but its moment. A log type that itself has one of those of a
# container has them all by itself.
AWS = {
    "aws.cloudwatch.log_group": "log_group",
    "aws.cloudwatch.log_stream": "log_stream",
    "aws.ecs.cluster": "cluster",
    "aws.ecs.task.arn": "task",
    "aws.ecs.task.definition": "definition",
}
CONTAINER = {"container.id": "container_id", "container.name": "container_name"}
FIELDS = AWS | CONTAINER


def fields(own: Container[str]) -> dict[str, str]:
    """The fields that documents get of their origin, where the log type itself has its `own`."""
    return AWS | (CONTAINER if not any(name in own for name in CONTAINER) else {})


def moment(value: Any) -> int:
    """A number or a text as a moment; 0 where it is none."""
    if type(value) is int and FIRST_MOMENT <= value <= LAST_MOMENT:
        return value
    return _moment(value) if type(value) in (float, int, str) else 0


@lru_cache(4096)
def _moment(value: Any) -> int:
    found = times.iso_date(value)
    return found[1] if found and FIRST_MOMENT <= found[1] <= LAST_MOMENT else 0


def members(origin: Origin) -> tuple[bytes, bytes]:
    """JSON of what an origin adds to the objects `aws` and `container` of a document: members, each
    with a comma after it."""
    aws: dict[str, Any] = {}
    for name, member in AWS.items():
        if (value := getattr(origin, member)) is not None:
            node = aws
            _, *parents, leaf = name.split(".")
            for parent in parents:
                node = node.setdefault(parent, {})
            node[leaf] = value
    container = {
        name.partition(".")[2]: value
        for name, member in CONTAINER.items()
        if (value := getattr(origin, member)) is not None
    }
    found = [orjson.dumps(each)[1:-1] if each else b"" for each in (aws, container)]
    return tuple(each and each + b"," for each in found)  # type: ignore[return-value]
