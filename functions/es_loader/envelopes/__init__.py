"""Takes records out of the envelopes that carry them: CloudWatch Logs and what it exports to S3,
EventBridge and SNS, FireLens and agents."""

from es_loader.envelopes.cloudwatch import cloudwatch
from es_loader.envelopes.events import array, eventbridge, notifications
from es_loader.envelopes.exported import exported, is_export
from es_loader.envelopes.firelens import agent, firelens
from es_loader.envelopes.part import VALUES, Part

__all__ = [
    "VALUES",
    "Part",
    "agent",
    "array",
    "cloudwatch",
    "eventbridge",
    "exported",
    "firelens",
    "is_export",
    "notifications",
]
