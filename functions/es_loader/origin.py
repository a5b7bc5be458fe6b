"""What an envelope says of where and when its records were written."""

from collections.abc import Container
from typing import NamedTuple


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
